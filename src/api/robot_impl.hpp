#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "context.hpp"
#include "data_budget_monitor.hpp"
#include "listener.hpp"
#include "route_watch.hpp"
#include "rtcbot/net/core_loop.hpp"
#include "rtcbot/robot.hpp"
#include "rtcbot/session/session.hpp"
#include "server_link.hpp"
#include "viewer_connections.hpp"

namespace rtcbot {

/// Runs `session::Session` on the I/O thread, and passes its decisions to the link to the server and to the viewers'
/// connections. The mutex guards the members that users access.
struct Robot::Impl : std::enable_shared_from_this<Robot::Impl> {
  using ViewerId = session::ViewerId;

  /// @throws Error bad_address, bad_config.
  [[nodiscard]] static std::shared_ptr<Impl> make(const std::string& server, Options options);

  void start();
  void close();
  void set_camera_state(std::string text);
  void send_snapshot(std::string jpeg);
  [[nodiscard]] Stats stats() const;

  const std::shared_ptr<Context> context;
  std::shared_ptr<ViewerConnections> viewers;
  Listener<State, std::string> on_state;
  std::atomic<bool> wants_snapshots{false};

 private:
  Impl(const std::string& server, const Options& options);
  [[nodiscard]] ServerLink::Events link_events();
  [[nodiscard]] ViewerConnections::Events viewer_events();
  [[nodiscard]] RouteWatch::Parts route_parts(const std::string& server);

  /// Applies an input to the session on the I/O thread, then carries out the resulting actions.
  void input(std::function<void(session::Session&, Timestamp)> apply);
  /// The following run on the I/O thread.
  void pump() { loop_.pump(weak_from_this()); }
  void drain();
  void carry_out(session::Action action);
  /// Counts the machine's bytes, and limits the viewers to the data budget. Once a second.
  void watch_data();
  void publish();

  session::Session session_;
  net::CoreLoop loop_;
  std::shared_ptr<ServerLink> link_;
  std::shared_ptr<RouteWatch> route_;
  std::unique_ptr<DataBudgetMonitor> data_;
  std::shared_ptr<void> data_timer_;
  std::string last_reason_;
  bool started_ = false;

  mutable std::mutex mutex_;
  std::condition_variable has_stopped_;
  Stats stats_;
};

}  // namespace rtcbot
