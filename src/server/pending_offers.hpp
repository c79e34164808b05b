#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "offer_log.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::server {

/// The offers that wait for an answer: the HTTP requests that get it, and the log line that each offer gets in the end.
/// Gets the time; used only on the I/O thread.
class PendingOffers {
 public:
  using HeaderFields = std::vector<std::pair<std::string, std::string>>;

  /// Reports each offer to the program, with the id of its log line.
  struct Events {
    std::function<void(const std::string& id, const signal::RobotName& robot, const std::string& remote)> began{};
    /// `status`: 200 for an answer, otherwise the HTTP status of the refusal; 0: the browser left first.
    std::function<void(const std::string& id, const signal::RobotName& robot, int status, Duration took)> ended{};
  };

  /// @param seed of the ids
  PendingOffers(std::uint64_t seed, LogSink log, Events events)
      : log_(std::move(log)), events_(std::move(events)), offers_(seed) {}

  /// Starts an offer; see `OfferLog::begin`.  Returns its id for the log.
  std::string begin(Timestamp now, broker::RequestId request, const signal::RobotName& robot, const std::string& remote,
                    std::string_view asked);
  /// An HTTP request waits for the answer to this offer. `headers`: fields of the answer.
  void wait(broker::RequestId request, std::shared_ptr<net::HttpResponder> responder, HeaderFields headers);
  [[nodiscard]] bool is_awaited(broker::RequestId request) const { return requests_.contains(request); }

  /// Answers the HTTP request that waits, and ends the offer.  Returns false, and does nothing, if none waits.
  [[nodiscard]] bool answer(Timestamp now, const broker::Respond& respond);
  /// The offer was answered, or refused, in another way.
  void end(Timestamp now, broker::RequestId request, int status);
  /// Its browser has left.
  void abandon(Timestamp now, broker::RequestId request);

  /// Writes the counts of suppressed log lines that are due; call it about once a second.
  void log_counts(Timestamp now);
  [[nodiscard]] std::int64_t log_lines_suppressed() const { return offers_.suppressed(); }
  [[nodiscard]] const DurationHistogram& answer_times() const { return offers_.answer_times(); }

 private:
  struct Waiting {
    std::shared_ptr<net::HttpResponder> responder;
    HeaderFields headers;
  };
  void report(const OfferLog::Ended& ended, int status) const;

  const LogSink log_;
  const Events events_;
  OfferLog offers_;
  std::unordered_map<broker::RequestId, Waiting> requests_;
};

}  // namespace rtcbot::server
