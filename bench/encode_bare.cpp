// What a camera and its encoder cost with no WebRTC at all: the figure that the cost of viewers is compared with.
//
//   encode_bare [--width 640] [--height 480] [--fps 30] [--kbps 1000] [--codec h264|vp8] [--seconds 10]
//               [--encoder auto] [--write FILE]
//
// Prints one line of JSON: CPU seconds a minute, resident memory in KiB, threads, frames and bytes, and how long a
// picture takes from its capture to its encoded form. FILE gets each frame from the first on, so that a decoder can be
// measured on the same stream: size in bytes (32 bits), microseconds from capture to encoded form (32 bits, both little
// endian, the highest bit of the second says "key frame"), data.
#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "rtcbot/media/camera.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace {

using rtcbot::DataRate;
using rtcbot::EncodedFrame;

/// A viewer with all the room in the world, that counts, and keeps the stream if a file is given.
class Counter final : public rtcbot::EncodedFrameSink {
 public:
  struct Figures {
    std::int64_t frames = 0;
    std::int64_t bytes = 0;
    std::vector<std::uint32_t> microseconds;  ///< From capture to here, of each frame since `restart`.
  };

  explicit Counter(const std::string& file) {
    if (!file.empty()) file_.open(file, std::ios::binary);
  }
  bool has_room(rtcbot::Timestamp /*now*/) override { return true; }
  void on_frame(const EncodedFrame& frame) override {
    const auto took = static_cast<std::uint32_t>((rtcbot::runtime::now() - frame.captured_at).count());
    const std::lock_guard lock(mutex_);
    ++figures_.frames;
    figures_.bytes += static_cast<std::int64_t>(frame.data.size());
    figures_.microseconds.push_back(took);
    if (file_.is_open()) write(frame, took);
    changed_.notify_all();
  }
  bool wait_for_first() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [this] { return figures_.frames > 0; });
  }
  void wait_for(std::chrono::seconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, std::chrono::steady_clock::now() + time, [] { return false; });
  }
  /// What was counted since the last call.
  Figures restart() {
    const std::lock_guard lock(mutex_);
    return std::exchange(figures_, {});
  }

 private:
  void write(const EncodedFrame& frame, std::uint32_t took) {
    put_number(static_cast<std::uint32_t>(frame.data.size()));
    put_number((took & 0x7fffffffU) | (frame.key_frame ? 0x80000000U : 0U));
    for (const auto byte : frame.data) file_.put(static_cast<char>(byte));
  }
  void put_number(std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) file_.put(static_cast<char>(value >> shift & 0xffU));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Figures figures_;
  std::ofstream file_;
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

/// The value that `share` of the sorted values do not exceed, in ms.
double quantile_ms(const std::vector<std::uint32_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5);
  return 1e-3 * sorted[index];
}

using Flags = std::map<std::string, std::string>;

bool read_flags(int argc, char** argv, Flags& flags) {
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 >= argc || !flags.contains(argv[i])) {
      std::fprintf(stderr, "encode_bare: unknown or incomplete flag %s\n", argv[i]);
      return false;
    }
    flags[argv[i]] = argv[i + 1];
  }
  return true;
}

/// Counts for `time` and prints the line.
void measure(const rtcbot::media::Camera& camera, Counter& counter, std::chrono::seconds time) {
  counter.restart();
  const double before = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  counter.wait_for(time);
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double used = cpu_seconds() - before;
  auto [frames, bytes, took] = counter.restart();
  std::sort(took.begin(), took.end());
  std::printf(
      "{\"encoder\": \"%s\", \"width\": %d, \"height\": %d, \"frames_per_second\": %.2f, \"kbit_per_second\": %.0f, "
      "\"cpu_seconds_per_minute\": %.3f, \"rss_kib\": %ld, \"threads\": %ld, "
      "\"encode_ms\": {\"p50\": %.2f, \"p95\": %.2f, \"max\": %.2f}}\n",
      camera.stats().encoder.c_str(), camera.config().width, camera.config().height,
      static_cast<double>(frames) / elapsed, static_cast<double>(bytes) * 8e-3 / elapsed, used * 60 / elapsed,
      resident_kib(), threads(), quantile_ms(took, 0.5), quantile_ms(took, 0.95), quantile_ms(took, 1));
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags = {{"--width", "640"},  {"--height", "480"}, {"--fps", "30"},       {"--kbps", "1000"},
                 {"--codec", "h264"}, {"--seconds", "10"}, {"--encoder", "auto"}, {"--write", ""}};
  if (!read_flags(argc, argv, flags)) return 2;
  const auto number = [&flags](const char* name) { return std::atoi(flags[name].c_str()); };
  const rtcbot::VideoCodec codec = flags["--codec"] == "vp8" ? rtcbot::VideoCodec::vp8 : rtcbot::VideoCodec::h264;
  const rtcbot::media::CameraConfig config{.source = "test",
                                           .width = number("--width"),
                                           .height = number("--height"),
                                           .frame_rate = number("--fps"),
                                           .encoder = flags["--encoder"]};
  const auto camera = rtcbot::media::Camera::create(config);
  if (!camera || !(*camera)->can_encode(codec)) {
    std::fprintf(stderr, "encode_bare: %s\n", camera ? "no encoder for that codec" : camera.error().what());
    return 1;
  }
  const auto counter = std::make_shared<Counter>(flags["--write"]);
  const auto tap = (*camera)->attach(codec, counter);
  tap->set_target({DataRate::kilobits_per_second(number("--kbps")), static_cast<double>(config.frame_rate)});
  if (!counter->wait_for_first()) {
    std::fprintf(stderr, "encode_bare: no frame within 10 s\n");
    return 1;
  }
  measure(**camera, *counter, std::chrono::seconds(number("--seconds")));
  return 0;
}
