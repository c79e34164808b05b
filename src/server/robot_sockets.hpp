#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "rtcbot/access/credential.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/base/token_bucket.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/net/web_socket.hpp"

namespace rtcbot::server {

/// The websockets of robots: receives their messages at a bounded rate, sends the broker's, and closes robots whose
/// credential is no longer valid. Used only on the I/O thread.
class RobotSockets {
 public:
  struct Options {
    TokenBucket::Rate rate{.per_second = 100, .burst = 500};  ///< Messages of one robot; above it: closed with 1008.
    std::function<Timestamp()> clock{};
    std::function<void(broker::SocketId, const std::string& message, bool binary)> on_message{};
    /// The socket has closed; call `remove`.
    std::function<void(broker::SocketId)> on_closed{};
    /// The robot has responded to `check_alive`; call `end_check`.
    std::function<void(broker::SocketId)> on_alive{};
  };
  using Grant = std::shared_ptr<const access::Credential>;

  explicit RobotSockets(Options options) : options_(std::make_shared<const Options>(std::move(options))) {}

  /// A robot's open socket.
  struct Robot {
    std::shared_ptr<net::WebSocket> socket;
    Grant grant{};            ///< Its credential; null if none was required.
    std::string address{};    ///< `net::HttpRequest::remote_address`
    bool is_checked = false;  ///< It has not responded to `check_alive` yet.
  };
  void add(broker::SocketId id, Robot robot) { robots_[id] = std::move(robot); }
  /// Starts to receive. The functions of `Options` may be called after this object is gone.
  void listen(broker::SocketId id);
  void remove(broker::SocketId id) { robots_.erase(id); }

  // These ignore ids that do not exist.

  /// Closes a robot that does not read its messages, which answers everybody who waits for it.
  void send(broker::SocketId id, std::string text);
  void close(broker::SocketId id, int code, const std::string& reason);
  /// Pings the robot. One response answers for all checks since the last one.
  void check_alive(broker::SocketId id);
  /// Returns false if no check waits for this response.
  [[nodiscard]] bool end_check(broker::SocketId id);
  /// The socket is a robot's, so it no longer counts as a pending connection.
  void settle(broker::SocketId id);

  /// Empty if the robot has left.
  [[nodiscard]] std::string address(broker::SocketId id) const;
  /// When the robot's credential ends; never, if it has none.
  [[nodiscard]] access::UnixTime expires(broker::SocketId id) const;
  /// Closes each robot for whose credential `why_ended` returns a reason.
  void close_ended(const std::function<std::optional<std::string>(const access::Credential&)>& why_ended);

 private:
  const std::shared_ptr<const Options> options_;
  std::unordered_map<broker::SocketId, Robot> robots_;
};

}  // namespace rtcbot::server
