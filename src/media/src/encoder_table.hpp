#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rtcbot/base/units.hpp"
#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::media {

/// How to change an encoder's rate while it runs.
enum class RateControl {
  bits_per_second,      ///< An integer property in bit/s.
  kilobits_per_second,  ///< An integer property in kbit/s.
  v4l2_control,         ///< The control `video_bitrate` (bit/s) in the property `extra-controls`.
};

/// How to request a key frame from an encoder.
enum class KeyFrameControl {
  event,      ///< GstForceKeyUnit, sent upstream to the encoder, with all headers.
  force_idr,  ///< The action signal "force-IDR" of NVIDIA's encoders.
};

/// One encoder that may be installed. A table, so that a new board needs one row.
struct EncoderRow {
  std::string_view name{};  ///< The GStreamer element, also its name in `CameraConfig::encoder`.
  VideoCodec codec = VideoCodec::h264;
  std::string_view before{};    ///< Elements that convert I420 in main memory to the encoder's input; empty: none.
  std::string_view settings{};  ///< "property=value", separated by blanks. Skips properties that this version lacks.
  std::string_view after{};     ///< Elements that convert its output to the form of `EncodedFrame`.
  std::string_view rate_property{};
  RateControl rate = RateControl::bits_per_second;
  KeyFrameControl key_frame = KeyFrameControl::event;
  double gain = 1.0;  ///< Initial factor for the rate, for an encoder that stays below its setting.
  int depth = 1;      ///< Pictures that must go in before the first comes out, at most.
};

/// All rows for one codec, the best first: hardware of boards that robots use, then software.
[[nodiscard]] std::vector<EncoderRow> encoder_rows(VideoCodec codec);

/// True if a row of any codec has this name.
[[nodiscard]] bool is_encoder_name(std::string_view name);

/// What an encoder of the table needs, as a part of a sentence: the packages of Debian 12 and 13, and the hardware.
[[nodiscard]] std::string encoder_needs(std::string_view name);

/// The rows to try for `codec` if the user wants `encoder` ("auto" or a name). A named encoder is the only candidate
/// for its own codec; the other codec is chosen as for "auto".
[[nodiscard]] std::vector<EncoderRow> encoder_candidates(VideoCodec codec, std::string_view encoder);

/// Threads for a software encoder: one up to 720p at 30 frames/s (a second costs more CPU than it saves time),
/// otherwise two to four, never more than `processors`.
[[nodiscard]] int encoder_threads(int width, int height, int frame_rate, int processors);

/// `EncoderRow::settings` as pairs, with "{threads}" replaced.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> encoder_settings(const EncoderRow& row, int threads);

/// The value for the row's rate property or v4l2 control. At least 50 kbit/s; below that no encoder here keeps its
/// rate.
[[nodiscard]] std::int64_t rate_value(const EncoderRow& row, DataRate bitrate);
/// That value as text for the property. A V4L2 encoder has all controls in one property. At the start (`starting`) the
/// row's other controls are included; while it runs only the rate, because drivers refuse to change the others.
[[nodiscard]] std::string rate_text(const EncoderRow& row, DataRate bitrate, bool starting);
inline constexpr DataRate kMinBitrate = DataRate::kilobits_per_second(50);

}  // namespace rtcbot::media
