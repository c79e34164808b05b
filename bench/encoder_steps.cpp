// How exactly an encoder keeps to a rate that moves: sizes of frames and of key frames at a constant target, and how
// many frames pass after a step of the target until sizes fit. The encoder alone, as fast as it goes, in the time of
// the pictures.
//
//   encoder_steps [--encoder x264enc] [--picture busy|test] [--width 1280] [--height 720] [--fps 30]
//                 [--high 3000] [--low 600] [--with "property=value ..."]
//
// `--with` tries settings after those of the encoder's row. Prints one line of JSON. Sizes are relative to the frame
// that the target pays for, target / fps: "mean", "p95" and "max" of delta frames, "key" the mean and greatest of key
// frames asked for once a second, "key_to_delta" the same beside the mean delta frame. "fits_after" counts the frames
// after a step until one is within 1.5 of the new budget (down) or above 0.7 of it (up); "excess_ms" is how long what
// the first ten frames had too much takes at the new rate. "wobble" is three
// seconds in which each frame has another rate. "cpu_ms" is CPU time a frame, drawing not counted; "draw_ms"
// that of drawing.
#include <time.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "encoder_pipeline.hpp"
#include "planes.hpp"
#include "test_picture.hpp"

namespace {

using namespace rtcbot;
using namespace rtcbot::media;

double cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

struct Sample {
  double bytes = 0;
  double budget = 0;  ///< Bytes.
  bool key = false;
};

/// Encodes picture after picture, each when the one before is out.
class Encoder {
 public:
  Encoder(const EncoderRow& row, const EncoderSettings& settings, TestBackground background)
      : settings_(settings),
        picture_(settings.width, settings.height, background),
        pool_(settings.width, settings.height) {
    EncoderPipeline::Events events{
        .on_output = [this](const EncoderOutput& output) { on_output(output); },
        .on_failure = [](const std::string& reason) { std::fprintf(stderr, "%s\n", reason.c_str()); }};
    auto started = EncoderPipeline::start(row, settings, std::move(events), {});
    if (started) pipeline_ = std::move(*started);
  }
  [[nodiscard]] bool is_running() const { return pipeline_ != nullptr; }

  /// @param key whether to ask for a key frame
  [[nodiscard]] std::optional<Sample> encode(DataRate rate, bool key) {
    const double before_drawing = cpu_ms();
    I420Planes planes;
    RawFrame frame = pool_.take(planes);
    const std::int64_t ms = number_ * 1000 / settings_.frame_rate;
    picture_.draw(planes, number_++, ms);
    frame.captured_at = Timestamp(std::chrono::milliseconds(1'000 + ms));
    draw_ms_ += cpu_ms() - before_drawing;
    pipeline_->set_bitrate(rate);
    std::unique_lock lock(mutex_);
    output_.reset();
    lock.unlock();
    if (!pipeline_->submit(frame, key)) return std::nullopt;
    lock.lock();
    if (!changed_.wait_for(lock, std::chrono::seconds(5), [this] { return output_.has_value(); })) return std::nullopt;
    output_->budget = static_cast<double>(rate.bits_per_second()) / 8 / settings_.frame_rate;
    return output_;
  }
  [[nodiscard]] double draw_ms() const { return draw_ms_; }

 private:
  void on_output(const EncoderOutput& output) {
    const std::lock_guard lock(mutex_);
    output_ = Sample{.bytes = static_cast<double>(output.data.size()), .budget = 0, .key = output.key_frame};
    changed_.notify_all();
  }

  EncoderSettings settings_;
  TestPicture picture_;
  PicturePool pool_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Sample> output_;  // guarded by mutex_
  std::int64_t number_ = 0;
  double draw_ms_ = 0;
  std::unique_ptr<EncoderPipeline> pipeline_;  // last: its thread uses all of the above
};

using Samples = std::vector<Sample>;

/// What one stretch of frames at one target looks like.
struct Figures {
  double mean = 0, p95 = 0, max = 0, key_mean = 0, key_max = 0;
  int unasked_keys = 0;
};

Figures figures_of(const Samples& samples) {
  std::vector<double> delta;
  std::vector<double> keys;
  for (const Sample& sample : samples) (sample.key ? keys : delta).push_back(sample.bytes / sample.budget);
  const auto mean = [](const std::vector<double>& values) {
    return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  };
  std::sort(delta.begin(), delta.end());
  Figures figures{.mean = mean(delta), .key_mean = mean(keys)};
  if (!delta.empty()) figures.p95 = delta[delta.size() * 95 / 100];
  if (!delta.empty()) figures.max = delta.back();
  if (!keys.empty()) figures.key_max = *std::max_element(keys.begin(), keys.end());
  return figures;
}

void print_constant(const char* name, const Samples& plain, const Samples& with_keys) {
  const Figures constant = figures_of(plain);
  const Figures keys = figures_of(with_keys);
  std::printf(
      "\"%s\": {\"mean\": %.2f, \"p95\": %.2f, \"p95_to_mean\": %.2f, \"max\": %.2f, \"key\": [%.2f, %.2f], "
      "\"key_to_delta\": %.2f, \"unasked_keys\": %td}, ",
      name, constant.mean, constant.p95, constant.p95 / constant.mean, constant.max, keys.key_mean, keys.key_max,
      keys.key_max / constant.mean,
      std::count_if(plain.begin(), plain.end(), [](const Sample& sample) { return sample.key; }));
}

void print_step(const char* name, const Samples& samples, bool down) {
  std::size_t fits = 0;
  while (fits < samples.size()) {
    const double share = samples[fits].bytes / samples[fits].budget;
    if (down ? share <= 1.5 : share >= 0.7) break;
    ++fits;
  }
  double excess = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(10, samples.size()); ++i) {
    excess = std::max(0.0, excess + samples[i].bytes / samples[i].budget - 1);
  }
  std::printf("\"%s\": {\"fits_after\": %zu, \"excess_ms\": %.0f, \"first\": [%.2f, %.2f, %.2f]}, ", name, fits,
              1000 * excess / 30, samples[0].bytes / samples[0].budget, samples[1].bytes / samples[1].budget,
              samples[2].bytes / samples[2].budget);
}

/// `count` frames at one rate.
Samples stretch(Encoder& encoder, DataRate rate, int count, int key_every = 0) {
  Samples samples;
  for (int i = 0; i < count; ++i) {
    const auto sample = encoder.encode(rate, key_every > 0 && i % key_every == 0);
    if (!sample) {
      std::fprintf(stderr, "encoder_steps: the encoder gave no frame\n");
      std::exit(1);
    }
    samples.push_back(*sample);
  }
  return samples;
}

void measure(Encoder& encoder, const std::string& name, DataRate high, DataRate low, int fps) {
  std::printf("{\"encoder\": \"%s\", ", name.c_str());
  stretch(encoder, high, 3 * fps);
  const Samples at_high = stretch(encoder, high, 10 * fps);
  const Samples keys_at_high = stretch(encoder, high, 5 * fps, fps);
  const double cpu_before = cpu_ms() - encoder.draw_ms();
  stretch(encoder, high, 3 * fps);
  const double cpu = cpu_ms() - encoder.draw_ms() - cpu_before;
  const double wobble_before = cpu_ms() - encoder.draw_ms();
  std::ptrdiff_t wobble_keys = 0;
  for (int i = 0; i < 3 * fps; ++i) wobble_keys += stretch(encoder, high * (i % 2 == 0 ? 1.0 : 0.5), 1)[0].key ? 1 : 0;
  const double wobble_cpu = cpu_ms() - encoder.draw_ms() - wobble_before;
  stretch(encoder, high, fps);
  const Samples down = stretch(encoder, low, 3 * fps);
  const Samples at_low = stretch(encoder, low, 10 * fps);
  const Samples keys_at_low = stretch(encoder, low, 5 * fps, fps);
  stretch(encoder, low, 3 * fps);
  const Samples up = stretch(encoder, high, 3 * fps);
  print_constant("high", at_high, keys_at_high);
  print_constant("low", at_low, keys_at_low);
  print_step("down", down, true);
  print_step("up", up, false);
  std::printf("\"wobble\": {\"unasked_keys\": %td, \"cpu_ms\": %.2f}, ", wobble_keys, wobble_cpu / (3 * fps));
  std::printf("\"cpu_ms\": %.2f, \"draw_ms\": %.2f}\n", cpu / (3 * fps), encoder.draw_ms() / (49.0 * fps));
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> flags = {{"--encoder", "x264enc"}, {"--picture", "busy"}, {"--width", "1280"},
                                              {"--height", "720"},      {"--fps", "30"},       {"--high", "3000"},
                                              {"--low", "600"},         {"--with", ""}};
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 >= argc || !flags.contains(argv[i])) {
      std::fprintf(stderr, "encoder_steps: unknown or incomplete flag %s\n", argv[i]);
      return 2;
    }
    flags[argv[i]] = argv[i + 1];
  }
  const auto number = [&flags](const char* name) { return std::atoi(flags[name].c_str()); };
  const std::string name = flags["--encoder"];
  const VideoCodec codec = name.find("vp8") == std::string::npos ? VideoCodec::h264 : VideoCodec::vp8;
  EncoderRow row = encoder_candidates(codec, name).front();
  const std::string settings_text = std::string(row.settings) + " " + flags["--with"];
  row.settings = settings_text;
  const DataRate high = DataRate::kilobits_per_second(number("--high"));
  const EncoderSettings settings{
      .width = number("--width"), .height = number("--height"), .frame_rate = number("--fps"), .bitrate = high};
  Encoder encoder(row, settings, flags["--picture"] == "busy" ? TestBackground::busy : TestBackground::bars);
  if (!encoder.is_running()) {
    std::fprintf(stderr, "encoder_steps: %s does not start\n", name.c_str());
    return 1;
  }
  measure(encoder, name, high, DataRate::kilobits_per_second(number("--low")), settings.frame_rate);
  return 0;
}
