// What a camera and its encoder cost with no WebRTC at all: the figure that the cost of viewers is compared with.
//
//   encode_bare [--width 640] [--height 480] [--fps 30] [--kbps 1000] [--codec h264|vp8] [--seconds 10] [--encoder
//   auto]
//
// Prints one line of JSON: CPU seconds a minute, resident memory in KiB, threads, frames and bytes.
#include <sys/resource.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>

#include "rtcbot/media/camera.hpp"

namespace {

using rtcbot::DataRate;
using rtcbot::EncodedFrame;

/// A viewer with all the room in the world, that counts.
class Counter final : public rtcbot::EncodedFrameSink {
 public:
  bool has_room(rtcbot::Timestamp /*now*/) override { return true; }
  void on_frame(const EncodedFrame& frame) override {
    const std::lock_guard lock(mutex_);
    ++frames_;
    bytes_ += static_cast<std::int64_t>(frame.data.size());
    changed_.notify_all();
  }
  bool wait_for_first() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [this] { return frames_ > 0; });
  }
  void wait_for(std::chrono::seconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, std::chrono::steady_clock::now() + time, [] { return false; });
  }
  std::pair<std::int64_t, std::int64_t> frames_and_bytes() {
    const std::lock_guard lock(mutex_);
    return {frames_, bytes_};
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t frames_ = 0;
  std::int64_t bytes_ = 0;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

long threads() {
  long count = 0;
  for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator("/proc/self/task")) ++count;
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> flags = {{"--width", "640"},   {"--height", "480"}, {"--fps", "30"},
                                              {"--kbps", "1000"},   {"--codec", "h264"}, {"--seconds", "10"},
                                              {"--encoder", "auto"}};
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 >= argc || !flags.contains(argv[i])) {
      std::fprintf(stderr, "encode_bare: unknown or incomplete flag %s\n", argv[i]);
      return 2;
    }
    flags[argv[i]] = argv[i + 1];
  }
  const auto number = [&flags](const char* name) { return std::atoi(flags[name].c_str()); };
  const rtcbot::VideoCodec codec = flags["--codec"] == "vp8" ? rtcbot::VideoCodec::vp8 : rtcbot::VideoCodec::h264;
  rtcbot::media::CameraConfig config{.source = "test",
                                     .width = number("--width"),
                                     .height = number("--height"),
                                     .frame_rate = number("--fps"),
                                     .encoder = flags["--encoder"]};
  const auto camera = rtcbot::media::Camera::create(config);
  if (!camera || !(*camera)->can_encode(codec)) {
    std::fprintf(stderr, "encode_bare: %s\n", camera ? "no encoder for that codec" : camera.error().what());
    return 1;
  }
  const auto counter = std::make_shared<Counter>();
  const auto tap = (*camera)->attach(codec, counter);
  const auto fps = static_cast<double>(config.frame_rate);
  tap->set_target({DataRate::kilobits_per_second(number("--kbps")), fps});
  if (!counter->wait_for_first()) {
    std::fprintf(stderr, "encode_bare: no frame within 10 s\n");
    return 1;
  }
  const double before = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  const auto [first_frames, first_bytes] = counter->frames_and_bytes();
  counter->wait_for(std::chrono::seconds(number("--seconds")));
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double used = cpu_seconds() - before;
  const auto [frames, bytes] = counter->frames_and_bytes();
  std::printf(
      "{\"encoder\": \"%s\", \"width\": %d, \"height\": %d, \"frames_per_second\": %.2f, \"kbit_per_second\": %.0f, "
      "\"cpu_seconds_per_minute\": %.3f, \"rss_kib\": %ld, \"threads\": %ld}\n",
      (*camera)->stats().encoder.c_str(), config.width, config.height,
      static_cast<double>(frames - first_frames) / elapsed, static_cast<double>(bytes - first_bytes) * 8e-3 / elapsed,
      used * 60 / elapsed, resident_kib(), threads());
  return 0;
}
