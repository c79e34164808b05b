#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>

namespace rtcbot::media {

/// Reads from an H.264 stream how coarse each picture is: the quantizer with which its slices begin, 0 (fine) to 51.
/// An encoder may differ from it within a picture, so it is an estimate of the mean.
///
/// Knows the parameter sets that it has read so far.  Source: ITU-T H.264 (08/2021), sections 7.3.2.1, 7.3.2.2, 7.3.3
/// and 7.4.3.  Pure: no clock, no I/O; safe for any input.  Not thread-safe.
class H264Quantizer {
 public:
  /// @param access_unit one picture in Annex B form, with the parameter sets before it, if any
  /// @return the mean over its slices; empty if it has none that can be read.
  [[nodiscard]] std::optional<double> of(std::span<const std::uint8_t> access_unit);

 private:
  /// The members of a sequence parameter set that a slice header depends on.
  struct Sequence {
    int chroma_format = 1;  ///< 0: no chroma.
    bool separate_planes = false;
    int frame_num_bits = 4;
    int order_type = 0;  ///< pic_order_cnt_type.
    int order_bits = 4;
    bool order_always_zero = false;
    bool frames_only = true;
  };
  /// The members of a picture parameter set that a slice header depends on.
  struct Picture {
    std::uint32_t sequence = 0;
    bool arithmetic_coding = false;
    bool order_in_frame = false;
    std::uint32_t references[2] = {1, 1};
    bool weighted = false;
    std::uint32_t weighted_bipred = 0;
    int initial = 26;
    bool redundant_pictures = false;
  };
  class Bits;

  void read_sequence(Bits bits);
  void read_picture(Bits bits);
  [[nodiscard]] std::optional<int> read_slice(Bits bits, int nal_type, int nal_priority) const;
  static void skip_order(Bits& bits, const Sequence& sequence, const Picture& picture, bool is_field);
  static void skip_references(Bits& bits, std::uint32_t lists);
  static void skip_weights(Bits& bits, const Sequence& sequence, std::span<const std::uint32_t> references);
  static void skip_marking(Bits& bits, bool is_idr);

  std::map<std::uint32_t, Sequence> sequences_;  ///< At most 32.
  std::map<std::uint32_t, Picture> pictures_;    ///< At most 256.
};

}  // namespace rtcbot::media
