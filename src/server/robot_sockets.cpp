#include "robot_sockets.hpp"

#include <utility>
#include <vector>

#include "rtcbot/signal/message.hpp"

namespace rtcbot::server {
namespace {

constexpr std::size_t kMaxCloseReason = 123;  // RFC 6455 section 5.5

}  // namespace

void RobotSockets::listen(broker::SocketId id) {
  const auto found = robots_.find(id);
  if (found == robots_.end()) return;
  const auto& socket = found->second.socket;
  socket->set_observer({
      .on_message =
          [options = options_, id, weak = std::weak_ptr(socket), allowed = TokenBucket(options_->rate)](
              const std::string& message, bool binary) mutable {
            if (allowed.take(options->clock())) return options->on_message(id, message, binary);
            if (const auto self = weak.lock()) self->close(1008, "too many messages from this robot (--robot-rate)");
          },
      .on_closed = [options = options_, id](const net::WebSocketClosed&) { options->on_closed(id); },
  });
}

void RobotSockets::send(broker::SocketId id, std::string text) {
  const auto found = robots_.find(id);
  if (found == robots_.end()) return;
  const auto& socket = found->second.socket;
  if (!socket->send(std::move(text))) socket->close(1013, "messages were not read in time");
}

void RobotSockets::close(broker::SocketId id, int code, const std::string& reason) {
  const auto found = robots_.find(id);
  if (found != robots_.end()) found->second.socket->close(code, reason);
}

void RobotSockets::settle(broker::SocketId id) {
  const auto found = robots_.find(id);
  if (found != robots_.end()) found->second.socket->settle();
}

void RobotSockets::check_alive(broker::SocketId id) {
  const auto found = robots_.find(id);
  if (found == robots_.end() || std::exchange(found->second.is_checked, true)) return;
  found->second.socket->check_alive([options = options_, id] { options->on_alive(id); });
}

bool RobotSockets::end_check(broker::SocketId id) {
  const auto found = robots_.find(id);
  return found != robots_.end() && std::exchange(found->second.is_checked, false);
}

std::string RobotSockets::address(broker::SocketId id) const {
  const auto found = robots_.find(id);
  return found == robots_.end() ? std::string() : found->second.address;
}

access::UnixTime RobotSockets::expires(broker::SocketId id) const {
  const auto found = robots_.find(id);
  return found == robots_.end() || !found->second.grant ? access::UnixTime::max() : found->second.grant->expires;
}

void RobotSockets::close_ended(const std::function<std::optional<std::string>(const access::Credential&)>& why_ended) {
  std::vector<std::pair<std::shared_ptr<net::WebSocket>, std::string>> ended;
  for (const auto& [id, robot] : robots_) {
    if (!robot.grant) continue;
    if (auto why = why_ended(*robot.grant)) ended.emplace_back(robot.socket, std::move(*why));
  }
  for (const auto& [socket, reason] : ended) socket->close(signal::kCloseForbidden, reason.substr(0, kMaxCloseReason));
}

}  // namespace rtcbot::server
