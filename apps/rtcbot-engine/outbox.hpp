#pragma once

#include <memory>

#include "rtcbot/ipc/codec.hpp"
#include "rtcbot/ipc/messages.hpp"
#include "rtcbot/process/message_socket.hpp"

namespace rtcbot::engine_host {

/// Events on their way to the robot. Thread-safe; never waits.
class Outbox {
 public:
  /// How much of one connection's messages and sound may wait for the robot: one viewer's flood takes no room of the
  /// others.
  static constexpr std::size_t kMaxWaitingPerPeer = std::size_t{1} << 20;

  explicit Outbox(std::shared_ptr<process::MessageSocket> socket) : socket_(std::move(socket)) {}

  /// One that cannot be sent ends the engine: the robot has stopped reading, or would miss what it must know.
  void send(const ipc::Event& event) const {
    if (!socket_->send({.head = ipc::encode(event)})) socket_->stop();
  }

  /// One that may be dropped: false where the share of its connection is used up.
  [[nodiscard]] bool send_within(const std::shared_ptr<std::atomic<std::size_t>>& share,
                                 const ipc::Event& event) const {
    if (*share > kMaxWaitingPerPeer) return false;
    return socket_->send({.head = ipc::encode(event), .account = share});
  }

 private:
  const std::shared_ptr<process::MessageSocket> socket_;
};

}  // namespace rtcbot::engine_host
