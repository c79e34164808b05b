#include "rtcbot/robot.hpp"

#include "robot_impl.hpp"
#include "rtcbot/run.hpp"

namespace rtcbot {

Robot::Robot(const std::string& server) : Robot(server, Options{}) {}

Robot::Robot(const std::string& server, Options options) : impl_(Impl::make(server, std::move(options))) {}

Robot::~Robot() { close(); }

void Robot::on_connection(std::function<void(RTCConnection&)> callback) {
  impl_->viewers->set_prepare(std::move(callback));
}

void Robot::on_state(std::function<void(State, std::string)> callback) { impl_->on_state.set(std::move(callback)); }

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

Robot::Stats Robot::stats() const { return impl_->stats(); }

std::vector<RTCConnection> Robot::viewers() const { return impl_->viewers->list(); }

void Robot::put_nowait(const Json& message) const {
  for (const auto& viewer : viewers()) (void)viewer.try_put(message);
}

}  // namespace rtcbot
