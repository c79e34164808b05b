#include "rtcbot/control/control_session.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::control {

ControlSession::ControlSession(Config config) : config_(std::move(config)), safety_(config_.safety) {
  sent_.stopped = safety_.is_stopped();
  sent_.why = safety_.output().why;
}

void ControlSession::join(Timestamp now, ViewerId viewer, bool may_drive) {
  if (!viewers_.try_emplace(viewer, Viewer{.may_drive = may_drive}).second) return;
  if (!cameras_.empty()) viewers_[viewer].camera = cameras_.front().name;
  safety_.join(now, viewer, may_drive);
  settle(now);
}

void ControlSession::leave(Timestamp now, ViewerId viewer) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return;
  const bool was_known = found->second.control_open;
  viewers_.erase(found);
  std::erase_if(audio_requests_, [&](const auto& request) { return request.viewer == viewer; });
  safety_.leave(now, viewer);
  if (was_known) {
    for (auto& [id, other] : viewers_) other.state_told = false;
  }
  check_camera(now);
  settle(now);
}

void ControlSession::channel_open(Timestamp now, ViewerId viewer, Channel channel) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return;
  if (channel == Channel::drive) {
    if (!std::exchange(found->second.drive_open, true)) found->second.status_due = now;
  } else if (!std::exchange(found->second.control_open, true)) {
    const auto& limits = config_.safety;
    send(viewer, Channel::control,
         write(Welcome{.viewer = viewer,
                       .may_drive = found->second.may_drive,
                       .dead_man = limits.dead_man,
                       .stale_command = limits.stale_command,
                       .stale_picture = limits.stale_picture,
                       .modes = config_.modes,
                       .audio = audio_for(found->second)}));
    for (auto& [id, other] : viewers_) other.state_told = false;
  }
  settle(now);
}

void ControlSession::message(Timestamp now, ViewerId viewer, const Result<PageMessage>& message) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return;
  if (message) {
    std::visit([&](const auto& each) { handle(now, viewer, found->second, each); }, *message);
  } else {
    ++stats_.bad_messages;
  }
  check_camera(now);
  settle(now);
}

void ControlSession::handle(Timestamp now, ViewerId id, Viewer&, const StopMessage& stop) {
  // Not rate-limited.
  safety_.stop_message(now, id, stop.number);
}

void ControlSession::handle(Timestamp now, ViewerId id, Viewer& viewer, const safety::Command& command) {
  if (!viewer.commands.take(now)) {
    ++stats_.too_many;
    return;
  }
  safety_.command(now, id, command);
}

void ControlSession::handle(Timestamp now, ViewerId id, Viewer& viewer, const Request& request) {
  if (!viewer.requests.take(now) && request.what != Request::What::stop) {
    ++stats_.too_many;
    return send(id, Channel::control,
                write(Ack{.id = request.id, .error = "too_many", .message = "Too many requests; wait a second."}));
  }
  send(id, Channel::control, write(answer(now, id, viewer, request)));
}

void ControlSession::handle(Timestamp now, ViewerId, Viewer& viewer, const Hello& hello) {
  if (!viewer.requests.take(now)) {
    ++stats_.too_many;
    return;
  }
  viewer.name = hello.name;
  for (auto& [id, other] : viewers_) other.state_told = false;
}

void ControlSession::stop(Timestamp now) {
  safety_.stop(now, std::nullopt);
  settle(now);
}

void ControlSession::release(Timestamp now) {
  (void)safety_.release_stop(now, std::nullopt);
  settle(now);
}

void ControlSession::set_local_stop(Timestamp now, bool stopped) {
  safety_.set_local_stop(now, stopped);
  settle(now);
}

void ControlSession::set_actuators_work(Timestamp now, bool work) {
  safety_.set_actuators_work(now, work);
  settle(now);
}

void ControlSession::set_cameras(Timestamp now, std::vector<CameraStatus> cameras) {
  if (cameras == cameras_) return;
  cameras_ = std::move(cameras);
  for (auto& [id, viewer] : viewers_) {
    const bool is_there = std::any_of(cameras_.begin(), cameras_.end(),
                                      [&camera = viewer.camera](const auto& each) { return each.name == camera; });
    if (!is_there) viewer.camera = cameras_.empty() ? "" : cameras_.front().name;
    viewer.state_told = false;
  }
  check_camera(now);
  settle(now);
}

void ControlSession::show_camera(Timestamp now, ViewerId viewer, const std::string& camera) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end() || found->second.camera == camera) return;
  found->second.camera = camera;
  found->second.state_told = false;
  check_camera(now);
  settle(now);
}

void ControlSession::check_camera(Timestamp now) {
  const auto driver = safety_.driver();
  bool works = true;
  if (driver) {
    const auto viewer = viewers_.find(*driver);
    const auto camera = std::find_if(cameras_.begin(), cameras_.end(), [&](const auto& each) {
      return viewer != viewers_.end() && each.name == viewer->second.camera;
    });
    works = camera == cameras_.end() ||
            (camera->state != "frozen" && camera->state != "failed" && camera->state != "missing");
  }
  safety_.set_camera_works(now, works);
}

void ControlSession::handle_timeout(Timestamp now) {
  safety_.handle_timeout(now);
  settle(now);
}

std::optional<Message> ControlSession::poll_message() {
  if (messages_.empty()) return std::nullopt;
  Message message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

std::optional<CameraRequest> ControlSession::poll_camera_request() {
  if (camera_requests_.empty()) return std::nullopt;
  CameraRequest request = std::move(camera_requests_.front());
  camera_requests_.pop_front();
  return request;
}

std::optional<AudioRequest> ControlSession::poll_audio_request() {
  if (audio_requests_.empty()) return std::nullopt;
  AudioRequest request = audio_requests_.front();
  audio_requests_.pop_front();
  return request;
}

}  // namespace rtcbot::control
