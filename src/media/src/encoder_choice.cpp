#include "encoder_choice.hpp"

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <optional>

#include "gst.hpp"
#include "planes.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {
namespace {

constexpr std::chrono::milliseconds kProbeLimit{2'000};

/// Result of the encoder under test: one frame, or a reason.
class Verdict {
 public:
  void give(Result<void> result) {
    {
      const std::lock_guard lock(mutex_);
      if (result_) return;
      result_ = std::move(result);
    }
    given_.notify_all();
  }
  [[nodiscard]] std::optional<Result<void>> wait(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    given_.wait_for(lock, limit, [this] { return result_.has_value(); });
    return result_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable given_;
  std::optional<Result<void>> result_;
};

Result<void> judge(const EncoderRow& row, const EncoderOutput& output) {
  if (!output.key_frame) return fail(Errc::no_encoder, "its first frame is not a key frame");
  if (row.codec == VideoCodec::h264 && !is_complete_key_frame(output.data)) {
    return fail(Errc::no_encoder, "its key frame lacks SPS or PPS");
  }
  return {};
}

RawFrame grey_picture(const EncoderSettings& settings) {
  PicturePool pool(settings.width, settings.height);
  I420Planes planes;
  RawFrame frame = pool.take(planes);
  std::memset(planes.y, 128, i420_size(settings.width, settings.height));
  return frame;
}

}  // namespace

std::string missing_parser(const EncoderRow& row, const std::function<bool(const std::string&)>& is_installed) {
  if (row.after.find("h264parse") == std::string_view::npos) return {};
  if (!is_installed(std::string(row.name)) || is_installed("h264parse")) return {};
  return "it is installed, but it also needs GStreamer's h264parse; install gstreamer1.0-plugins-bad";
}

bool is_complete_key_frame(std::span<const std::uint8_t> annex_b) {
  bool sps = false;
  bool pps = false;
  for (std::size_t i = 0; i + 3 < annex_b.size(); ++i) {
    if (annex_b[i] != 0 || annex_b[i + 1] != 0 || annex_b[i + 2] != 1) continue;
    const int type = annex_b[i + 3] & 0x1f;
    if (type == 7) sps = true;
    if (type == 8) pps = true;
    if (type == 5) return sps && pps;
  }
  return false;
}

Result<void> try_encoder(const EncoderRow& row, const EncoderSettings& settings) {
  auto verdict = std::make_shared<Verdict>();
  EncoderPipeline::Events events{
      .on_output = [verdict, row](const EncoderOutput& output) { verdict->give(judge(row, output)); },
      .on_failure = [verdict](const std::string& reason) { verdict->give(fail(Errc::no_encoder, reason)); }};
  auto encoder = EncoderPipeline::start(row, settings, std::move(events), {});
  if (!encoder) return fail(encoder.error());
  RawFrame picture = grey_picture(settings);
  for (int i = 0; i < row.depth; ++i) {
    picture.captured_at += std::chrono::milliseconds(33);
    if (!(*encoder)->submit(picture, i == 0)) break;  // The reason arrives as a failure.
  }
  const auto result = verdict->wait(kProbeLimit);
  if (!result) return fail(Errc::no_encoder, "it produces no frame within 2 s");
  return *result;
}

Result<void> check_encoder(const CameraConfig& config) {
  if (config.encoder == "auto") return {};
  if (auto started = start_gstreamer(); !started) return started;
  const EncoderSettings settings{.width = config.width,
                                 .height = config.height,
                                 .frame_rate = config.frame_rate,
                                 .bitrate = DataRate::kilobits_per_second(1'000)};
  for (const VideoCodec codec : {VideoCodec::h264, VideoCodec::vp8}) {
    for (const EncoderRow& row : encoder_rows(codec)) {
      if (row.name != config.encoder) continue;
      const std::string needs = ": " + encoder_needs(row.name);
      if (!has_element(config.encoder)) return fail(Errc::no_encoder, config.encoder + " does not exist here" + needs);
      if (const auto why = missing_parser(row, has_element); !why.empty()) {
        return fail(Errc::no_encoder, config.encoder + " does not work here: " + why);
      }
      if (const auto tried = try_encoder(row, settings); !tried) {
        return fail(Errc::no_encoder, config.encoder + " does not work here (" + tried.error().what() + ")" + needs);
      }
      return {};
    }
  }
  return fail(Errc::bad_config, "\"" + config.encoder + "\" is not an encoder");
}

std::vector<EncoderRow> EncoderChoice::working(VideoCodec codec) {
  const std::lock_guard lock(mutex_);
  const auto known = found_.find(codec);
  if (known != found_.end()) return known->second;
  return found_[codec] = probe(codec);
}

std::vector<EncoderRow> EncoderChoice::probe(VideoCodec codec) const {
  std::vector<EncoderRow> rows = encoder_candidates(codec, encoder_);
  while (!rows.empty()) {
    const std::string name(rows.front().name);
    if (const auto why = start_gstreamer() ? missing_parser(rows.front(), has_element) : std::string(); !why.empty()) {
      say(LogLevel::warning, "encoder " + name + " is skipped: " + why);
      rows.erase(rows.begin());
      continue;
    }
    const Result<void> tried = try_encoder(rows.front(), settings_);
    if (tried) {
      say(LogLevel::info, "encoder for " + std::string(name_of(codec)) + ": " + name);
      return rows;
    }
    // At debug level: a board has few of the table's encoders, and only the chosen one matters.
    const bool is_named = name == encoder_;
    say(is_named ? LogLevel::warning : LogLevel::debug,
        "encoder " + name + " is skipped: " + tried.error().what() + (is_named ? "; " + encoder_needs(name) : ""));
    rows.erase(rows.begin());
  }
  say(LogLevel::warning,
      "no encoder for " + std::string(name_of(codec)) +
          " works here; install gstreamer1.0-plugins-ugly (H264) or gstreamer1.0-plugins-good (VP8)");
  return rows;
}

void EncoderChoice::say(LogLevel level, const std::string& message) const {
  if (log_) log_({level, "media", message});
}

}  // namespace rtcbot::media
