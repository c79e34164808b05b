#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/strong_id.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/broker/roster.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::broker {

/// One page's WebSocket. Never used twice in the life of a server.
using PageId = StrongId<struct PageIdTag>;

/// The requests that pages' sockets make are counted from here, those of `POST` from 1.
inline constexpr std::uint64_t kFirstPageRequest = std::uint64_t{1} << 62;

/// What a page's socket is for, and what it may.
struct PageView {
  std::optional<signal::RobotName> robot{};      ///< Nothing: it is told of all robots, and may not connect.
  std::function<bool()> is_valid{};              ///< Asked at each message: false ends it. Without it, always.
  bool may_connect = true;                       ///< Whether offers are passed on; otherwise `forbidden`.
  std::function<signal::Right()> right{};        ///< Asked at each offer. Without it: to drive, without an end.
  std::vector<signal::IceServer> ice_servers{};  ///< Said in `welcome`.
  /// The robots that a list shows; without it, all. Called whenever a robot changes.
  std::function<bool(const signal::RobotName&)> shows{};
};

/// Puts this text frame on that page's socket.
struct SendPage {
  PageId page{};
  std::string text{};
  friend bool operator==(const SendPage&, const SendPage&) = default;
};

/// Sends what is queued, then this close frame. Nothing that this page says counts any more.
struct ClosePage {
  PageId page{};
  int code = 1000;
  std::string reason{};
  friend bool operator==(const ClosePage&, const ClosePage&) = default;
};

/// `Broker::page_offer`; `responded` follows, unless `GiveUp` comes first.
struct PageOffer {
  RequestId request{};
  PageId page{};
  signal::RobotName robot{};
  std::string sdp{};
  bool trickle = false;
  signal::Right right{};
  friend bool operator==(const PageOffer&, const PageOffer&) = default;
};

/// `Broker::page_candidates`.
struct PageCandidates {
  RequestId request{};
  std::vector<signal::Candidate> candidates{};
  bool end = false;
  friend bool operator==(const PageCandidates&, const PageCandidates&) = default;
};

/// `Broker::request_abandoned`.
struct GiveUp {
  RequestId request{};
  friend bool operator==(const GiveUp&, const GiveUp&) = default;
};

using PageAction = std::variant<SendPage, ClosePage, PageOffer, PageCandidates, GiveUp, LogRecord>;

/// The pages that have a socket open: hears their offers, tells them who is there.
///
/// Pure: told the time and what came in; after each call, drain `poll_action` and ask `next_timeout`. Not thread-safe.
/// An id that is not known (any more) is ignored. A robot's page hears of it at once; lists get what changed together,
/// at most once in `list_interval`.
class Pages {
 public:
  struct Config {
    std::size_t max_pages = 10'000;
    std::size_t max_pages_per_address = 50;
    std::size_t max_offers_per_page =
        8;                            ///< Whose answer or candidates are awaited; the oldest answered one gives way.
    double messages_per_second = 20;  ///< Of one page, for ever; over it the page is closed with 1008.
    double message_burst = 200;       ///< And at once.
    std::chrono::milliseconds list_interval{250};
    std::chrono::milliseconds stopping_retry_after{2'000};
    std::string server_version{};
    signal::Limits limits{.local_candidates = signal::LocalCandidates::keep};
  };

  /// Counters since the begin.
  struct Stats {
    std::int64_t connected = 0;
    std::int64_t turned_away = 0;  ///< Too many pages, of that address or in all.
    std::int64_t closed = 0;       ///< For what they sent, or how much.
    std::int64_t offers = 0;
    std::int64_t unknown_messages = 0;
    std::int64_t presence_messages = 0;  ///< Sent.
  };

  /// `roster` must outlive this.
  Pages(Config config, const Roster& roster) : config_(std::move(config)), roster_(roster) {}

  /// Whether another page of this address may open a socket; counts a refusal.
  [[nodiscard]] bool admits(const std::string& address);
  void connected(Timestamp now, PageId page, PageView view, std::string address);
  void message(Timestamp now, PageId page, std::string_view text, bool is_binary);
  void disconnected(PageId page);
  /// Closes the pages whose `is_valid` has come to say no. Linear in the number of pages.
  void close_invalid();

  /// The roster has heard something new of this robot.
  void robot_changed(Timestamp now, const signal::RobotName& robot);
  /// What the broker answered; false if no page asked that.
  bool responded(const Respond& response);
  void robot_candidates(RobotCandidates candidates);
  /// The server ends.
  void stop();

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const { return flush_at_; }
  [[nodiscard]] std::optional<PageAction> poll_action();

  [[nodiscard]] const Stats& stats() const { return stats_; }
  [[nodiscard]] std::size_t size() const { return pages_.size(); }

 private:
  struct Page {
    PageView view;
    std::string address;
    double tokens = 0;  ///< Of the bucket that bounds its messages.
    Timestamp filled_at{};
    std::map<signal::OfferId, RequestId> offers;
  };
  struct Request {
    PageId page;
    signal::OfferId offer;
    bool answered = false;
  };

  [[nodiscard]] bool within_rate(Timestamp now, Page& page) const;
  void handle(PageId id, Page& page, signal::OfferMessage offer);
  void handle(Page& page, signal::Candidates candidates);
  void handle(Page& page, const signal::Cancel& cancel);
  [[nodiscard]] bool make_room(Page& page);
  void refuse(PageId page, signal::OfferId offer, signal::Refusal refusal, std::string_view message = {});
  void forget(RequestId request);
  /// `is_all`: the whole list, which is told also when there is nobody.
  void tell_list(Timestamp now, PageId id, const Page& page, const std::vector<signal::RobotName>& names, bool is_all);
  void send(PageId page, const signal::Message& message);
  void close(PageId page, int code, std::string reason);

  Config config_;
  const Roster& roster_;
  std::unordered_map<PageId, Page> pages_;
  std::map<std::string, std::size_t> addresses_;
  std::map<signal::RobotName, std::set<PageId>> watchers_;  ///< Pages of one robot.
  std::set<PageId> lists_;
  std::set<signal::RobotName> news_;  ///< What lists have not been told.
  Timestamp flush_at_ = kNever;
  std::unordered_map<RequestId, Request> requests_;
  std::uint64_t last_request_ = kFirstPageRequest;
  std::deque<PageAction> actions_;
  bool stopping_ = false;
  Stats stats_;
};

}  // namespace rtcbot::broker
