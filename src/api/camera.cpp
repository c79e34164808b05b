#include "rtcbot/camera.hpp"

#include "context.hpp"
#include "rtcbot/flow/callback_subscription.hpp"
#include "rtcbot/media/jpeg.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot {
namespace {

std::shared_ptr<media::Camera> open(Camera::Options options) {
  auto camera = value_or_throw(media::Camera::create(std::move(options), current_log()));
  // Trying which encoders work takes some tens of milliseconds. Do it now, not while the first viewer waits for its
  // answer.
  Context::get()->executor()([weak = std::weak_ptr(camera)] {
    for (const VideoCodec codec : {VideoCodec::h264, VideoCodec::vp8}) {
      if (const auto alive = weak.lock()) (void)alive->can_encode(codec);
    }
  });
  return camera;
}

/// Keeps a user's subscription alive: the camera's part, the consumer and the callback thread.
struct FrameSubscription {
  std::shared_ptr<Context> context;
  std::shared_ptr<CallbackSubscription<VideoFrame>> consumer;
  std::shared_ptr<void> frames;

  ~FrameSubscription() {
    frames.reset();
    consumer->cancel();
  }
};

}  // namespace

Camera::Camera() : Camera(Options{}) {}

Camera::Camera(Options options) : Camera(open(std::move(options))) {}

std::shared_ptr<MostRecentSubscription<VideoFrame>> Camera::subscribe() const {
  struct OwningSubscription : MostRecentSubscription<VideoFrame> {
    std::shared_ptr<void> frames;
  };
  auto held = std::make_shared<OwningSubscription>();
  // Weak: the subscription ends with the returned pointer, so the camera must not keep that alive.
  held->frames =
      camera_->subscribe([weak = std::weak_ptr<MostRecentSubscription<VideoFrame>>(held)](const VideoFrame& frame) {
        if (const auto newest = weak.lock()) newest->put_nowait(frame);
      });
  return held;
}

std::shared_ptr<void> Camera::subscribe(std::function<void(VideoFrame)> callback) const {
  auto subscription = std::make_shared<FrameSubscription>();
  subscription->context = Context::get();
  subscription->consumer =
      CallbackSubscription<VideoFrame>::make(std::move(callback), subscription->context->executor(), 1);
  subscription->frames =
      camera_->subscribe([consumer = subscription->consumer](const VideoFrame& frame) { consumer->put_nowait(frame); });
  return subscription;
}

Result<std::string> Camera::try_snapshot(std::chrono::milliseconds limit) const {
  // The subscription ends before the picture is encoded, so that no further picture is taken meanwhile.
  auto frame = subscribe()->try_get(limit);
  if (!frame) return fail(frame.error());
  return media::to_jpeg(*frame);
}

void Camera::on_state(std::function<void(CameraState, std::optional<Error>)> callback) const {
  camera_->on_state([callback = std::move(callback), context = Context::get()](CameraState state, const Error* reason) {
    auto why = reason != nullptr ? std::optional<Error>(*reason) : std::nullopt;
    context->executor()([callback, state, why = std::move(why)] { callback(state, why); });
  });
}

Camera::Stats Camera::stats() const { return camera_->stats(); }

CameraSwitch::CameraSwitch(const std::vector<Camera>& cameras) {
  if (cameras.empty()) throw Error(Errc::bad_config, "a choice among cameras needs at least one");
  std::vector<std::shared_ptr<EncodedVideoSource>> sources;
  for (const auto& camera : cameras) sources.push_back(camera.source());
  source_ = std::make_shared<SwitchedVideo>(std::move(sources));
}

void CameraSwitch::show(std::size_t index) const { source_->show(index); }

PushCamera::PushCamera(int width, int height, int frame_rate)
    : Camera(open(Options{.source = "push", .width = width, .height = height, .frame_rate = frame_rate})) {}

void PushCamera::put_nowait(std::span<const std::uint8_t> i420) {
  value_or_throw(source()->push(i420, runtime::now()));
}

}  // namespace rtcbot
