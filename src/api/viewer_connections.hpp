#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "context.hpp"
#include "listener.hpp"
#include "rtcbot/rtc_connection.hpp"
#include "rtcbot/session/session.hpp"
#include "send_limits.hpp"

namespace rtcbot {

/// The connections of a robot's viewers: makes, answers and closes them on the callback thread as `session::Session`
/// decides, and reports what happens. Thread-safe.
class ViewerConnections : public std::enable_shared_from_this<ViewerConnections> {
 public:
  using ViewerId = session::ViewerId;

  struct Settings {
    RTCConnection::Options connection{};  ///< Of each viewer.
    /// Returns the start bitrate in place of the configured one; may be empty.
    std::function<DataRate(DataRate configured)> start_bitrate{};
  };

  /// Called on the callback thread.
  struct Events {
    std::function<void(ViewerId, Result<signal::Description>)> on_answer;
    std::function<void(ViewerId, std::vector<signal::Candidate>, bool end)> on_candidates;
    std::function<void(ViewerId)> on_connected;
    std::function<void(ViewerId)> on_end;  ///< From either side, or by failure; not after `drop`.
  };

  ViewerConnections(Settings settings, std::shared_ptr<Context> context, Events events);

  /// Sets the program's callback for each new connection, before it is answered.
  void set_prepare(std::function<void(RTCConnection&)> prepare) { prepare_.set(std::move(prepare)); }

  void make(session::MakeViewer wanted);
  void add_candidates(session::AddCandidates wanted);
  /// Tells the viewer why, if there is a reason for it, and closes its connection.
  void drop(session::DropViewer dropped);

  /// Sets the send limit of all viewers together. Without a call each connection has its own limit only.
  void set_limit(std::optional<DataRate> total);

  /// The present connections.
  [[nodiscard]] std::vector<RTCConnection> list() const;

  /// Waits until all dropped connections are closed.  @return false if `until` has passed first
  bool wait_closed(std::chrono::steady_clock::time_point until);

 private:
  /// The following run on the callback thread.
  void make_now(const session::MakeViewer& wanted);
  void answer(ViewerId viewer, const RTCConnection& connection, const signal::Description& offer);
  /// Passes the connection's candidates to the session.
  void send_candidates(ViewerId viewer, const RTCConnection& connection);
  void add_now(const session::AddCandidates& wanted);
  void drop_now(const session::DropViewer& dropped);
  /// Once for each dropped viewer.
  void close_now(ViewerId viewer);
  void on_closed(ViewerId viewer);

  /// @throws Error bad_config.
  [[nodiscard]] RTCConnection::Options options_for(const session::MakeViewer& wanted) const;
  void run(std::function<void(ViewerConnections&)> task);

  const Settings settings_;
  const std::shared_ptr<Context> context_;
  const Events events_;
  Listener<RTCConnection&> prepare_;

  mutable std::mutex mutex_;
  std::map<ViewerId, std::optional<RTCConnection>> viewers_;  ///< Empty while the connection is being made.
  SendLimits limits_;
  int closing_ = 0;  ///< Dropped viewers whose connections are not closed yet.
  std::condition_variable has_closed_;

  /// A dropped connection, until it is closed: by the viewer, which knows why, or by the timer.
  struct Ending {
    RTCConnection connection;
    std::shared_ptr<void> timer;
  };
  std::map<ViewerId, Ending> ending_;  ///< Used on the callback thread only.
};

}  // namespace rtcbot
