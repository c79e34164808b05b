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

/// How an encoder is told its rate while it runs.
enum class RateControl {
  bits_per_second,      ///< An integer property in bit/s.
  kilobits_per_second,  ///< An integer property in kbit/s.
  v4l2_control,         ///< The control `video_bitrate` (bit/s) inside the property `extra-controls`.
};

/// How an encoder is told to make a key frame.
enum class KeyFrameControl {
  event,      ///< GstForceKeyUnit, sent upstream to the encoder, asking for all headers.
  force_idr,  ///< The action signal "force-IDR" of NVIDIA's encoders.
};

/// One encoder that may be installed. Data, so that a new board is one row.
struct EncoderRow {
  std::string_view name{};  ///< The GStreamer element, and what `CameraConfig::encoder` calls it.
  VideoCodec codec = VideoCodec::h264;
  std::string_view before{};    ///< What brings I420 in main memory into the form it takes; empty: nothing.
  std::string_view settings{};  ///< "property=value" separated by blanks. One that this version lacks is left out.
  std::string_view after{};     ///< What makes its output what `EncodedFrame` promises.
  std::string_view rate_property{};
  RateControl rate = RateControl::bits_per_second;
  KeyFrameControl key_frame = KeyFrameControl::event;
  double gain = 1.0;  ///< What the rate is multiplied by, for an encoder that always stays below what it is told.
  int depth = 1;      ///< Pictures that must go in before the first comes out, at most.
};

/// All rows for one codec, the best first: hardware of the boards robots have, then software.
[[nodiscard]] std::vector<EncoderRow> encoder_rows(VideoCodec codec);

/// Whether some row, for any codec, has this name.
[[nodiscard]] bool is_encoder_name(std::string_view name);

/// The rows to try for `codec` when the user wants `encoder` ("auto" or a name). A named encoder is the only one tried
/// for its own codec; the other codec is chosen as by "auto".
[[nodiscard]] std::vector<EncoderRow> encoder_candidates(VideoCodec codec, std::string_view encoder);

/// Threads for a software encoder: one up to 720p at 30 (a second one costs more CPU than it saves time), else two to
/// four, never more than `processors`.
[[nodiscard]] int encoder_threads(int width, int height, int frame_rate, int processors);

/// `EncoderRow::settings` as pairs, with "{threads}" filled in.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> encoder_settings(const EncoderRow& row, int threads);

/// The value of the row's rate property, or of its v4l2 control, the row's gain included. At least 50 kbit/s, below
/// which no encoder here keeps its promise.
[[nodiscard]] std::int64_t rate_value(const EncoderRow& row, DataRate bitrate);
/// That value as text for the property. An encoder with V4L2 controls keeps all of them in one property, so that at the
/// start
/// (`starting`) the row's other controls go along; while it runs, the rate alone, since drivers refuse to have others
/// set.
[[nodiscard]] std::string rate_text(const EncoderRow& row, DataRate bitrate, bool starting);
inline constexpr DataRate kLeastBitrate = DataRate::kilobits_per_second(50);

}  // namespace rtcbot::media
