#pragma once

#include <memory>

#include "rtcbot/ipc/codec.hpp"
#include "rtcbot/ipc/messages.hpp"
#include "rtcbot/process/message_socket.hpp"

namespace rtcbot::engine_host {

/// Sends events to the robot. Thread-safe; never waits.
class Outbox {
 public:
  /// Limit for one connection's waiting messages and sound, so that one viewer's flood takes no room from others.
  static constexpr std::size_t kMaxWaitingPerPeer = std::size_t{1} << 20;

  explicit Outbox(std::shared_ptr<process::MessageSocket> socket) : socket_(std::move(socket)) {}

  /// Ends the engine if the event cannot be sent: the robot has stopped reading, or would miss a necessary event.
  void send(const ipc::Event& event) const {
    if (!socket_->send({.head = ipc::encode(event)})) socket_->stop();
  }

  /// Sends an event that may be dropped. False if its connection's limit is reached.
  [[nodiscard]] bool send_within(const std::shared_ptr<std::atomic<std::size_t>>& share,
                                 const ipc::Event& event) const {
    if (*share > kMaxWaitingPerPeer) return false;
    return socket_->send({.head = ipc::encode(event), .account = share});
  }

 private:
  const std::shared_ptr<process::MessageSocket> socket_;
};

}  // namespace rtcbot::engine_host
