#include <algorithm>

#include "rtcbot/control/control_session.hpp"

namespace rtcbot::control {
namespace {

using safety::Outcome;

Ack ack_of(std::uint64_t id, Outcome outcome) {
  switch (outcome) {
    case Outcome::done: return {.id = id};
    case Outcome::asked: return {.id = id, .asked = true};
    case Outcome::not_driver:
      return {.id = id, .error = "not_driver", .message = "Only the driver can do this. Start driving first."};
    case Outcome::no_request:
      return {.id = id, .error = "nobody_asks", .message = "No one is asking to drive any longer."};
    case Outcome::already_requested:
      return {.id = id,
              .error = "already_asked",
              .message = "Someone else has already asked the driver. Wait for the answer."};
    case Outcome::may_not_drive:
      return {.id = id,
              .error = "may_not_drive",
              .message =
                  "Your link lets you watch and stop the robot, but not drive it. Ask for a link that lets you drive."};
  }
  return {.id = id};
}

Ack bad_request(std::uint64_t id) {
  return {.id = id, .error = "bad_request", .message = "The robot does not understand this request."};
}

}  // namespace

Ack ControlSession::answer(Timestamp now, ViewerId id, Viewer& viewer, const Request& request) {
  using What = Request::What;
  switch (request.what) {
    case What::take: return ack_of(request.id, safety_.request(now, id));
    case What::give: return ack_of(request.id, safety_.release_lease(now, id));
    case What::grant: return ack_of(request.id, safety_.hand_over(now, id));
    case What::refuse: return ack_of(request.id, safety_.deny(now, id));
    case What::release: return ack_of(request.id, safety_.release_stop(now, id));
    case What::limit: return ack_of(request.id, safety_.limit(now, id, request.limit));
    case What::stop: safety_.stop(now, id); return {.id = request.id};
    case What::camera: return viewer.camera == request.camera ? Ack{.id = request.id} : choose_camera(id, request);
    case What::listen:
    case What::talk: return switch_audio(id, viewer, request);
    case What::bad: break;
  }
  return bad_request(request.id);
}

Ack ControlSession::choose_camera(ViewerId id, const Request& request) {
  const bool is_there =
      std::any_of(cameras_.begin(), cameras_.end(), [&](const auto& each) { return each.name == request.camera; });
  if (!is_there) {
    Ack ack = bad_request(request.id);
    ack.message = "The robot has no camera of this name.";
    return ack;
  }
  std::erase_if(camera_requests_, [&](const auto& each) { return each.viewer == id; });
  camera_requests_.push_back({id, request.camera});
  return {.id = request.id};
}

AudioWays ControlSession::audio_for(const Viewer& viewer) const {
  return {.listen = config_.audio.listen, .talk = config_.audio.talk && viewer.may_drive};
}

Ack ControlSession::switch_audio(ViewerId id, Viewer& viewer, const Request& request) {
  const bool is_talk = request.what == Request::What::talk;
  const AudioWays ways = audio_for(viewer);
  if (request.on && !(is_talk ? ways.talk : ways.listen)) {
    if (is_talk && config_.audio.talk) {
      return {.id = request.id,
              .error = "may_not_drive",
              .message = "Your link lets you watch and listen, but not talk. Ask for a link that lets you drive."};
    }
    Ack ack = bad_request(request.id);
    ack.message = is_talk ? "The robot has no speaker." : "The robot has no microphone.";
    return ack;
  }
  const AudioWays before = viewer.audio;
  (is_talk ? viewer.audio.talk : viewer.audio.listen) = request.on;
  if (viewer.audio == before) return {.id = request.id};
  // Keeps only the viewer's newest request.
  std::erase_if(audio_requests_, [&](const auto& each) { return each.viewer == id; });
  audio_requests_.push_back({id, viewer.audio});
  return {.id = request.id};
}

}  // namespace rtcbot::control
