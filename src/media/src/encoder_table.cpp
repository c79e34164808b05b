#include "encoder_table.hpp"

#include "rtcbot/media/camera.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace rtcbot::media {
namespace {

constexpr std::string_view kParsed =
    "h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au";
constexpr std::string_view kConstrainedBaseline =
    "video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline";
constexpr std::string_view kConstrainedBaselineParsed =
    "video/x-h264,profile=constrained-baseline ! h264parse config-interval=-1 ! "
    "video/x-h264,stream-format=byte-stream,alignment=au";
constexpr std::string_view kNv12 = "videoconvert ! video/x-raw,format=NV12";
constexpr std::string_view kNvmm = "nvvidconv ! video/x-raw(memory:NVMM),format=NV12";

// Key frames come only on request: on a thin link a regular one takes the time of ten other frames.
// The rate buffer is short, because an encoder may send in a burst what it saved, and a burst is delay. Measurements
// for its length: bench/encoder_steps.cpp.
constexpr std::array<EncoderRow, 13> kRows = {{
    {.name = "v4l2h264enc",
     .codec = VideoCodec::h264,
     .settings = "extra-controls=controls,video_bitrate_mode=1,repeat_sequence_header=1,h264_i_frame_period=2147483647,"
                 "h264_profile=1,video_gop_size=2147483647",
     .after = "video/x-h264,profile=constrained-baseline,level=(string)4 ! h264parse config-interval=-1 ! "
              "video/x-h264,stream-format=byte-stream,alignment=au",
     .rate_property = "extra-controls",
     .rate = RateControl::v4l2_control,
     .depth = 2},
    {.name = "nvv4l2h264enc",
     .codec = VideoCodec::h264,
     .before = kNvmm,
     .settings = "control-rate=1 profile=0 preset-level=1 maxperf-enable=true insert-sps-pps=true insert-vui=true "
                 "iframeinterval=100000 idrinterval=100000 num-B-Frames=0 vbv-size=0 poc-type=2",
     .after = kParsed,
     .rate_property = "bitrate",
     .key_frame = KeyFrameControl::force_idr,
     .depth = 2},
    {.name = "vah264lpenc",
     .codec = VideoCodec::h264,
     .before = kNv12,
     .settings =
         "rate-control=cbr key-int-max=1024 b-frames=0 ref-frames=1 aud=false target-usage=7 cabac=false dct8x8=false",
     .after = kConstrainedBaselineParsed,
     .rate_property = "bitrate",
     .rate = RateControl::kilobits_per_second,
     .depth = 2},
    {.name = "vah264enc",
     .codec = VideoCodec::h264,
     .before = kNv12,
     .settings =
         "rate-control=cbr key-int-max=1024 b-frames=0 ref-frames=1 aud=false target-usage=7 cabac=false dct8x8=false",
     .after = kConstrainedBaselineParsed,
     .rate_property = "bitrate",
     .rate = RateControl::kilobits_per_second,
     .depth = 2},
    {.name = "vaapih264enc",
     .codec = VideoCodec::h264,
     .before = kNv12,
     .settings =
         "rate-control=cbr keyframe-period=0 max-bframes=0 refs=1 aud=false quality-level=7 cabac=false dct8x8=false "
         "cpb-length=300",
     .after = kConstrainedBaselineParsed,
     .rate_property = "bitrate",
     .rate = RateControl::kilobits_per_second,
     .depth = 2},
    {.name = "x264enc",
     .codec = VideoCodec::h264,
     .settings =
         "tune=zerolatency speed-preset=ultrafast key-int-max=1073741823 bframes=0 vbv-buf-capacity=70 aud=false "
         "byte-stream=true sliced-threads=true threads={threads} option-string=scenecut=0",
     .after = kConstrainedBaseline,
     .rate_property = "bitrate",
     .rate = RateControl::kilobits_per_second,
     .gain = 1.1},  // With a buffer of two frames it uses only nine tenths of its rate.
    {.name = "openh264enc",
     .codec = VideoCodec::h264,
     .settings =
         "usage-type=camera complexity=low rate-control=bitrate gop-size=2147483647 scene-change-detection=false "
         "enable-frame-skip=false background-detection=false adaptive-quantization=false multi-thread={threads}",
     .after = kConstrainedBaselineParsed,
     .rate_property = "bitrate"},
    {.name = "v4l2vp8enc",
     .codec = VideoCodec::vp8,
     .settings = "extra-controls=controls,video_bitrate_mode=1,video_gop_size=2147483647",
     .after = "video/x-vp8",
     .rate_property = "extra-controls",
     .rate = RateControl::v4l2_control,
     .depth = 2},
    {.name = "nvv4l2vp8enc",
     .codec = VideoCodec::vp8,
     .before = kNvmm,
     .settings = "control-rate=1 preset-level=1 maxperf-enable=true iframeinterval=100000 idrinterval=100000",
     .after = "video/x-vp8",
     .rate_property = "bitrate",
     .key_frame = KeyFrameControl::force_idr,
     .depth = 2},
    {.name = "vavp8lpenc",
     .codec = VideoCodec::vp8,
     .before = kNv12,
     .settings = "rate-control=cbr key-int-max=1024 target-usage=7",
     .after = "video/x-vp8",
     .rate_property = "bitrate",
     .rate = RateControl::kilobits_per_second,
     .depth = 2},
    {.name = "vavp8enc",
     .codec = VideoCodec::vp8,
     .before = kNv12,
     .settings = "rate-control=cbr key-int-max=1024 target-usage=7",
     .after = "video/x-vp8",
     .rate_property = "bitrate",
     .rate = RateControl::kilobits_per_second,
     .depth = 2},
    {.name = "vaapivp8enc",
     .codec = VideoCodec::vp8,
     .before = kNv12,
     .settings = "rate-control=cbr keyframe-period=0 quality-level=7",
     .after = "video/x-vp8",
     .rate_property = "bitrate",
     .rate = RateControl::kilobits_per_second,
     .depth = 2},
    // Not error-resilient: losses are repaired or answered by a key frame, and resilience costs bits.
    // The buffer size is slightly below its "optimal" size. Above that, the encoder keeps the quantizer near its
    // long-term mean and follows a falling rate only after half a second. A negative `cpu-used` is a fixed effort;
    // others vary with the machine's load.
    {.name = "vp8enc",
     .codec = VideoCodec::vp8,
     .settings =
         "deadline=1 cpu-used=-10 lag-in-frames=0 end-usage=cbr keyframe-mode=disabled keyframe-max-dist=2147483647 "
         "error-resilient=0 buffer-size=98 buffer-initial-size=90 buffer-optimal-size=100 undershoot=100 "
         "overshoot=15 "
         "min-quantizer=2 max-quantizer=63 dropframe-threshold=0 resize-allowed=false max-intra-bitrate=300 "
         "static-threshold=1 noise-sensitivity=0 threads={threads}",
     .after = "video/x-vp8",
     .rate_property = "target-bitrate"},
}};

}  // namespace

std::vector<EncoderRow> encoder_rows(VideoCodec codec) {
  std::vector<EncoderRow> rows;
  std::copy_if(kRows.begin(), kRows.end(), std::back_inserter(rows),
               [codec](const EncoderRow& row) { return row.codec == codec; });
  return rows;
}

bool is_encoder_name(std::string_view name) {
  return std::any_of(kRows.begin(), kRows.end(), [name](const EncoderRow& row) { return row.name == name; });
}

std::vector<std::string> encoder_names() {
  std::vector<std::string> names;
  for (const EncoderRow& row : kRows) names.emplace_back(row.name);
  return names;
}

std::string encoder_needs(std::string_view name) {
  const std::string driver = " and the driver of the graphics processor (mesa-va-drivers or intel-media-va-driver)";
  if (name == "x264enc") return "install gstreamer1.0-plugins-ugly";
  if (name == "vp8enc") return "install gstreamer1.0-plugins-good";
  if (name == "openh264enc") return "install gstreamer1.0-plugins-bad";
  if (name.starts_with("nvv4l2"))
    return "only NVIDIA's Jetson boards have it, by NVIDIA's package nvidia-l4t-gstreamer";
  if (name.starts_with("vaapi")) return "install gstreamer1.0-vaapi, gstreamer1.0-plugins-bad" + driver;
  if (name.starts_with("va")) return "install gstreamer1.0-plugins-bad" + driver;
  return "only boards with such an encoder have it, e.g. the Raspberry Pi 4, by gstreamer1.0-plugins-good and "
         "gstreamer1.0-plugins-bad";
}

std::vector<EncoderRow> encoder_candidates(VideoCodec codec, std::string_view encoder) {
  std::vector<EncoderRow> rows = encoder_rows(codec);
  const auto named = std::find_if(rows.begin(), rows.end(), [encoder](const auto& row) { return row.name == encoder; });
  if (named != rows.end()) return {*named};
  return rows;
}

int encoder_threads(int width, int height, int frame_rate, int processors) {
  const std::int64_t pixels_per_second = std::int64_t{width} * height * frame_rate;
  constexpr std::int64_t kOneThread = std::int64_t{1280} * 720 * 30;
  const std::int64_t wanted = std::clamp<std::int64_t>((pixels_per_second + kOneThread - 1) / kOneThread, 1, 4);
  return static_cast<int>(std::min<std::int64_t>(wanted, std::max(processors, 1)));
}

std::vector<std::pair<std::string, std::string>> encoder_settings(const EncoderRow& row, int threads) {
  std::vector<std::pair<std::string, std::string>> settings;
  std::string_view rest = row.settings;
  while (!rest.empty()) {
    const std::size_t blank = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, blank);
    rest.remove_prefix(std::min(blank + 1, rest.size()));
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    std::string value(word.substr(equals + 1));
    if (value == "{threads}") value = std::to_string(threads);
    settings.emplace_back(word.substr(0, equals), std::move(value));
  }
  return settings;
}

std::int64_t rate_value(const EncoderRow& row, DataRate bitrate) {
  const DataRate rate = std::max(bitrate, kMinBitrate);
  return row.rate == RateControl::kilobits_per_second ? rate.kilobits_per_second() : rate.bits_per_second();
}

std::string rate_text(const EncoderRow& row, DataRate bitrate, bool starting) {
  const std::string value = std::to_string(rate_value(row, bitrate));
  if (row.rate != RateControl::v4l2_control) return value;
  std::string controls = "controls";
  for (const auto& [name, text] : encoder_settings(row, 1)) {
    if (starting && name == row.rate_property) controls = text;
  }
  return controls.append(",video_bitrate=").append(value);
}

}  // namespace rtcbot::media
