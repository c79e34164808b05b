// What picture an encoder makes of its bits: natural pictures through several encoders side by side, picture by
// picture, decoded and compared with what went in.
//
//   encoder_quality [--pictures drive:FILE|still:FILE|video:FILE] [--width 1280] [--height 720] [--scaled 1280x720]
//                   [--fps 30] [--kbps 500] [--seconds 10] [--wobble 0] ENCODER...
//
// ENCODER is "NAME|ELEMENT[:FACTOR] [property=value ...]": a name for the output, a row of the encoder table, the
// factor that replaces the row's own for its rate ("x264enc:1.0") and the correction of what the encoder spends, and
// settings after those of the row; "profile=main" replaces the row's profile. `--scaled` encodes a smaller picture,
// which is enlarged before it is compared. `--wobble` moves the rate by up to this share every two pictures, as a link
// does.
//
// Prints a line of JSON for each encoder, without the first second: "ssim" and "psnr" of luma (means over pictures;
// "ssim_p5": a twentieth of the pictures is worse), "spent" bits of those asked for, "cpu_ms" CPU time a picture with
// scaling, and the sizes of frames ("p95", "max") and of the first key frame ("key") in frames of the rate asked for.
#include <time.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "encoder_pipeline.hpp"
#include "natural_pictures.hpp"
#include "picture_quality.hpp"
#include "stream_decoder.hpp"

namespace {

using namespace rtcbot;
using namespace rtcbot::media;

double cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

/// One encoder of the command line. Keeps the texts that its row refers to.
struct Variant {
  std::string name, settings, after;
  bool correct_rate = true;
  EncoderRow row;
};

void use_profile(Variant& variant, const std::string& profile) {
  const std::string was = "profile=constrained-baseline";
  variant.after = std::string(variant.row.after);
  const std::size_t at = variant.after.find(was);
  if (at != std::string::npos) variant.after.replace(at, was.size(), "profile=" + profile);
  variant.row.after = variant.after;
}

/// @pre `variant` stays where it is.
bool read_variant(const std::string& text, Variant& variant) {
  const std::size_t bar = text.find('|');
  variant.name = text.substr(0, bar);
  std::istringstream words(bar == std::string::npos ? "" : text.substr(bar + 1));
  std::string element;
  if (!(words >> element)) return false;
  const std::size_t colon = element.find(':');
  const std::string factor = colon == std::string::npos ? "" : element.substr(colon + 1);
  element.resize(std::min(colon, element.size()));
  if (!is_encoder_name(element)) return false;
  const VideoCodec codec = element.find("vp8") == std::string::npos ? VideoCodec::h264 : VideoCodec::vp8;
  variant.row = encoder_candidates(codec, element).front();
  variant.correct_rate = factor.empty();
  if (!factor.empty()) variant.row.gain = std::strtod(factor.c_str(), nullptr);
  variant.settings = std::string(variant.row.settings);
  for (std::string word; words >> word;) {
    if (word.starts_with("profile=")) {
      use_profile(variant, word.substr(8));
    } else {
      variant.settings += " " + word;
    }
  }
  variant.row.settings = variant.settings;
  return true;
}

/// Everything measured of one encoder.
struct Figures {
  std::vector<double> ssim, error, sizes;  ///< Of each picture; sizes as a share of the rate's.
  double bytes = 0, budget = 0, cpu_ms = 0, key = 0;
  int pictures = 0, keys = 0;
};

/// An encoder, and the decoder behind it.
class Chain {
 public:
  Chain(const Variant& variant, EncoderSettings settings) : settings_(settings) {
    settings.correct_rate = variant.correct_rate;
    EncoderPipeline::Events events{
        .on_output = [this](const EncoderOutput& output) { on_output(output); },
        .on_failure = [](const std::string& reason) { std::fprintf(stderr, "%s\n", reason.c_str()); }};
    auto encoder = EncoderPipeline::start(variant.row, settings, std::move(events), {});
    auto decoder = bench::StreamDecoder::open(variant.row.codec);
    if (!encoder || !decoder) return;
    pipeline_ = std::move(*encoder);
    decoder_ = std::move(*decoder);
  }
  [[nodiscard]] bool is_running() const { return pipeline_ != nullptr; }

  /// @param counts false in the first second
  bool run(const RawFrame& frame, const bench::Luma& source, DataRate rate, bool counts) {
    std::unique_lock lock(mutex_);
    output_.clear();
    lock.unlock();
    const double before = cpu_ms();
    pipeline_->set_bitrate(rate);
    if (!pipeline_->submit(frame, false)) return false;
    lock.lock();
    if (!changed_.wait_for(lock, std::chrono::seconds(5), [this] { return !output_.empty(); })) return false;
    const double used = cpu_ms() - before;
    const double budget = static_cast<double>(rate.bits_per_second()) / 8 / settings_.frame_rate;
    const double size = static_cast<double>(output_.size());
    const auto decoded = decoder_->decode(output_);
    if (!decoded) return false;
    if (figures_.key == 0) figures_.key = size / budget;
    if (counts) count(bench::enlarged(*decoded, source.width, source.height), source, {size, budget, used});
    return true;
  }
  [[nodiscard]] const Figures& figures() const { return figures_; }

 private:
  struct Frame {
    double size, budget, cpu_ms;
  };
  void count(const bench::Luma& shown, const bench::Luma& source, const Frame& frame) {
    ++figures_.pictures;
    figures_.keys += key_ ? 1 : 0;
    figures_.bytes += frame.size;
    figures_.budget += frame.budget;
    figures_.cpu_ms += frame.cpu_ms;
    figures_.sizes.push_back(frame.size / frame.budget);
    if (figures_.pictures % 2 == 0) return;
    figures_.ssim.push_back(bench::ssim(shown, source));
    figures_.error.push_back(bench::mean_squared_error(shown, source));
  }
  void on_output(const EncoderOutput& output) {
    const std::lock_guard lock(mutex_);
    output_.assign(output.data.begin(), output.data.end());
    key_ = output.key_frame;
    changed_.notify_all();
  }

  EncoderSettings settings_;
  Figures figures_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint8_t> output_;  // guarded by mutex_
  bool key_ = false;                  // guarded by mutex_
  std::unique_ptr<bench::StreamDecoder> decoder_;
  std::unique_ptr<EncoderPipeline> pipeline_;  // last: its thread uses all of the above
};

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

double mean(const std::vector<double>& values) {
  return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void print(const std::string& name, const Figures& figures) {
  std::printf(
      "{\"name\": \"%s\", \"ssim\": %.4f, \"ssim_p5\": %.4f, \"psnr\": %.2f, \"spent\": %.3f, \"cpu_ms\": %.3f, "
      "\"p95\": %.2f, \"max\": %.2f, \"key\": %.2f, \"unasked_keys\": %d}\n",
      name.c_str(), mean(figures.ssim), quantile(figures.ssim, 0.05), bench::psnr_of(mean(figures.error)),
      figures.bytes / figures.budget, figures.cpu_ms / figures.pictures, quantile(figures.sizes, 0.95),
      quantile(figures.sizes, 1), figures.key, figures.keys);
}

using Flags = std::map<std::string, std::string>;

bool read_arguments(int argc, char** argv, Flags& flags, std::vector<Variant>& variants) {
  variants.reserve(static_cast<std::size_t>(argc));  // rows refer to their variants' texts
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (flags.contains(word) && i + 1 < argc) {
      flags[word] = argv[++i];
    } else if (!read_variant(word, variants.emplace_back())) {
      std::fprintf(stderr, "encoder_quality: neither a flag nor an encoder: %s\n", word.c_str());
      return false;
    }
  }
  return !variants.empty();
}

bench::Luma luma_of(const RawFrame& frame) {
  bench::Luma luma{frame.width, frame.height, {}};
  luma.samples.assign(frame.y.begin(), frame.y.begin() + std::ptrdiff_t{frame.width} * frame.height);
  return luma;
}

/// How long, and at which rate.
struct Extent {
  int seconds;
  double wobble;  ///< The rate moves by up to this share.
};

bool measure(bench::NaturalPictures& pictures, std::vector<std::unique_ptr<Chain>>& chains,
             const EncoderSettings& settings, Extent extent) {
  PicturePool pool(settings.width, settings.height);
  std::mt19937 random(11);  // NOLINT(cert-msc51-cpp): the same rates in each run
  DataRate rate = settings.bitrate;
  for (int number = 0; number < extent.seconds * settings.frame_rate; ++number) {
    I420Planes planes;
    RawFrame frame = pool.take(planes);
    pictures.next(planes);
    frame.captured_at = Timestamp(std::chrono::milliseconds(1'000 + number * 1'000 / settings.frame_rate));
    const bench::Luma source = luma_of(frame);
    if (number % 2 == 0) {
      const double share = static_cast<double>(random() % 2001) / 1000.0 - 1.0;
      rate = settings.bitrate * (1 + extent.wobble * share);
    }
    for (const auto& chain : chains) {
      if (!chain->run(frame, source, rate, number >= settings.frame_rate)) return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags = {{"--pictures", ""}, {"--width", "1280"}, {"--height", "720"}, {"--scaled", ""},
                 {"--fps", "30"},    {"--kbps", "500"},   {"--seconds", "10"}, {"--wobble", "0"}};
  std::vector<Variant> variants;
  if (!read_arguments(argc, argv, flags, variants)) return 2;
  const auto number = [&flags](const char* name) { return std::atoi(flags[name].c_str()); };
  EncoderSettings settings{.width = number("--width"),
                           .height = number("--height"),
                           .frame_rate = number("--fps"),
                           .bitrate = DataRate::kilobits_per_second(number("--kbps"))};
  PictureSize scaled;
  if (std::sscanf(flags["--scaled"].c_str(), "%dx%d", &scaled.width, &scaled.height) == 2 &&
      scaled != PictureSize{settings.width, settings.height}) {
    settings.scaled_to = scaled;
  }
  auto pictures = bench::NaturalPictures::open(flags["--pictures"], settings.width, settings.height);
  if (!pictures) {
    std::fprintf(stderr, "encoder_quality: %s\n", pictures.error().what());
    return 1;
  }
  std::vector<std::unique_ptr<Chain>> chains;
  for (const Variant& variant : variants) {
    chains.push_back(std::make_unique<Chain>(variant, settings));
    if (!chains.back()->is_running()) {
      std::fprintf(stderr, "encoder_quality: %s does not start\n", variant.name.c_str());
      return 1;
    }
  }
  if (!measure(**pictures, chains, settings, {number("--seconds"), std::atof(flags["--wobble"].c_str())})) {
    std::fprintf(stderr, "encoder_quality: an encoder gave no frame, or one that cannot be decoded\n");
    return 1;
  }
  for (std::size_t i = 0; i < chains.size(); ++i) print(variants[i].name, chains[i]->figures());
  return 0;
}
