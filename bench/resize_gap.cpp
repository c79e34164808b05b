// What a change of the picture's size costs a viewer: a camera with the busy picture in real time, whose viewer is
// granted a rate that falls and comes back.
//
//   resize_gap [--codec h264|vp8] [--width 1280] [--height 720] [--high 3000] [--low 250] [--seconds 8]
//
// Prints a line of JSON for each change of size: how long after the step of the rate it came, how much time lies
// between the captures, and between the arrivals, of the last frame before and the first after it (an undisturbed
// camera at 30: 33 ms), that frame's bytes, and whether it is a key frame.
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "rtcbot/media/camera.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace {

using rtcbot::EncodedFrame;
using rtcbot::Timestamp;

double ms(rtcbot::Duration time) { return 1e-3 * static_cast<double>(time.count()); }

/// A viewer with room for everything that tells of changes of size.
class Viewer final : public rtcbot::EncodedFrameSink {
 public:
  bool has_room(Timestamp /*now*/) override { return true; }
  void on_frame(const EncodedFrame& frame) override {
    const Timestamp now = rtcbot::runtime::now();
    const std::lock_guard lock(mutex_);
    if (last_.width != 0 && last_.width != frame.width) tell(frame, now);
    last_ = frame;
    last_.owner = nullptr;
    last_.data = {};
    arrived_at_ = now;
  }
  /// Lets `time` pass; steps are counted from here.
  void watch(std::chrono::seconds time) {
    std::unique_lock lock(mutex_);
    step_at_ = rtcbot::runtime::now();
    ended_.wait_until(lock, std::chrono::steady_clock::now() + time, [] { return false; });
  }

 private:
  void tell(const EncodedFrame& frame, Timestamp now) const {
    std::printf(
        "{\"from\": \"%dx%d\", \"to\": \"%dx%d\", \"after_step_ms\": %.0f, \"capture_gap_ms\": %.0f, "
        "\"arrival_gap_ms\": %.0f, "
        "\"bytes\": %zu, \"key_frame\": %s}\n",
        last_.width, last_.height, frame.width, frame.height, ms(now - step_at_),
        ms(frame.captured_at - last_.captured_at), ms(now - arrived_at_), frame.data.size(),
        frame.key_frame ? "true" : "false");
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  EncodedFrame last_;
  Timestamp arrived_at_{};
  Timestamp step_at_{};
};

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> flags = {{"--codec", "h264"}, {"--width", "1280"}, {"--height", "720"},
                                              {"--high", "3000"},  {"--low", "250"},    {"--seconds", "8"}};
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 >= argc || !flags.contains(argv[i])) {
      std::fprintf(stderr, "resize_gap: unknown or incomplete flag %s\n", argv[i]);
      return 2;
    }
    flags[argv[i]] = argv[i + 1];
  }
  const auto number = [&flags](const char* name) { return std::atoi(flags[name].c_str()); };
  const rtcbot::VideoCodec codec = flags["--codec"] == "vp8" ? rtcbot::VideoCodec::vp8 : rtcbot::VideoCodec::h264;
  const auto camera =
      rtcbot::media::Camera::create({.source = "test:busy", .width = number("--width"), .height = number("--height")});
  if (!camera || !(*camera)->can_encode(codec)) {
    std::fprintf(stderr, "resize_gap: %s\n", camera ? "no encoder for that codec" : camera.error().what());
    return 1;
  }
  const auto viewer = std::make_shared<Viewer>();
  const auto tap = (*camera)->attach(codec, viewer);
  for (const char* rate : {"--high", "--low", "--high"}) {
    tap->set_target({rtcbot::DataRate::kilobits_per_second(number(rate)), 30});
    viewer->watch(std::chrono::seconds(number("--seconds")));
  }
  return 0;
}
