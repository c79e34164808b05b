#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "context.hpp"
#include "data_budget_monitor.hpp"
#include "rtcbot/device/outbound_route.hpp"
#include "rtcbot/net/web_socket.hpp"
#include "rtcbot/robot.hpp"
#include "rtcbot/session/session.hpp"

namespace rtcbot {

/// The I/O around `session::Session`. The I/O thread owns the session, the socket and the timer. The mutex guards the
/// members that users access. The callback thread makes and drops connections.
struct Robot::Impl : std::enable_shared_from_this<Robot::Impl> {
  using ViewerId = session::ViewerId;

  Impl(const std::string& server, Options wanted);

  void start();
  void close();
  void set_camera_state(std::string text);
  void send_snapshot(std::string jpeg);

  const Options options;
  const std::shared_ptr<Context> context;

  mutable std::mutex mutex;
  std::function<void(RTCConnection&)> on_connection;
  std::function<void(State, std::string)> on_state;
  std::map<ViewerId, std::optional<RTCConnection>> viewers;  ///< Empty while the connection is being made.
  Stats stats;
  std::atomic<bool> wants_snapshots{false};

 private:
  /// Applies an input to the session on the I/O thread, then carries out the resulting actions.
  void input(std::function<void(session::Session&, Timestamp)> apply);
  void pump();
  void carry_out(session::Action action);
  void watch_network();
  void on_network_change();
  void tell_way() const;
  /// Reads the byte counters, once a second, on the I/O thread.
  void watch_data();
  /// Divides the send limit among the viewers.
  void share_data();
  /// The send limit of each of `viewers` viewers.
  [[nodiscard]] DataRate share_of(std::size_t viewers) const;
  void dial();
  void on_dialed(Result<std::shared_ptr<net::WebSocket>> dialed);
  void close_socket(int code, const std::string& reason);
  void make_viewer(session::MakeViewer wanted);
  void fail_viewer(ViewerId viewer, const Error& why);
  void answer(ViewerId viewer, const RTCConnection& connection, const signal::Offer& offer);
  /// Passes the connection's candidates to the session, and the browser's to the connection.
  void send_candidates(ViewerId viewer, const RTCConnection& connection);
  void add_candidates(session::AddCandidates wanted);
  void drop_viewer(ViewerId viewer);
  /// On the callback thread.
  void end_viewer(ViewerId viewer);
  void publish();

  net::WebSocketClientConfig client_;
  int declined_with_ = 0;  ///< The HTTP status that the server refused the handshake with; 0: none.
  session::Session session_;
  std::shared_ptr<void> dialing_;
  std::shared_ptr<void> timer_;
  const std::string server_host_;
  device::OutboundRoute outbound_route_;
  std::shared_ptr<void> network_;
  std::unique_ptr<DataBudgetMonitor> data_;
  std::shared_ptr<void> data_timer_;
  std::map<ViewerId, DataRate> shares_;  ///< The limits that were sent to the viewers' connections.
  std::shared_ptr<net::WebSocket> socket_;
  std::map<std::uint64_t, std::shared_ptr<net::WebSocket>> closing_;  ///< Until they report that they are closed.
  std::uint64_t socket_number_ = 0;  ///< Tells a new socket's events from those of an old one.
  std::string last_reason_;
  bool started_ = false;
  std::condition_variable has_closed_;
  int sockets_open_ = 0;    ///< Under the mutex.
  int viewers_ending_ = 0;  ///< Under the mutex: connections that the callback thread still has to close.
};

}  // namespace rtcbot
