#include "rtcbot/robot.hpp"

#include "robot_impl.hpp"
#include "rtcbot/run.hpp"

namespace rtcbot {

Robot::Robot(const std::string& server) : Robot(server, Options{}) {}

Robot::Robot(const std::string& server, Options options) : impl_(std::make_shared<Impl>(server, std::move(options))) {}

Robot::~Robot() { close(); }

void Robot::on_connection(std::function<void(RTCConnection&)> callback) {
  const std::lock_guard lock(impl_->mutex);
  impl_->on_connection = std::move(callback);
}

void Robot::on_state(std::function<void(State, std::string)> callback) {
  const std::lock_guard lock(impl_->mutex);
  impl_->on_state = std::move(callback);
}

void Robot::start() {
  (void)impl_->context->engine();  // starts it now, so that the first viewer does not wait for it
  impl_->start();
}

void Robot::run() {
  start();
  rtcbot::run();
  close();
}

void Robot::close() { impl_->close(); }

void Robot::set_camera_state(std::string text) { impl_->set_camera_state(std::move(text)); }

bool Robot::wants_snapshots() const { return impl_->wants_snapshots; }

void Robot::send_snapshot(std::string jpeg) { impl_->send_snapshot(std::move(jpeg)); }

Robot::Stats Robot::stats() const {
  auto engine = impl_->context->engine()->engine_stats();
  const std::lock_guard lock(impl_->mutex);
  Stats stats = impl_->stats;
  stats.engine = engine;
  return stats;
}

std::vector<RTCConnection> Robot::viewers() const {
  const std::lock_guard lock(impl_->mutex);
  std::vector<RTCConnection> connections;
  for (const auto& [id, connection] : impl_->viewers) {
    if (connection) connections.push_back(*connection);
  }
  return connections;
}

void Robot::put_nowait(const Json& message) const {
  for (const auto& viewer : viewers()) (void)viewer.try_put(message);
}

}  // namespace rtcbot
