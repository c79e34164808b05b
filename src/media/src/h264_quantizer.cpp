#include "h264_quantizer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace rtcbot::media {
namespace {

constexpr int kSlice = 1, kIdrSlice = 5, kSequenceSet = 7, kPictureSet = 8;
/// A slice's header is far shorter, and so is a parameter set as encoders of cameras write it.
constexpr std::size_t kMaxHeader = 512;
constexpr std::uint32_t kMaxSequenceId = 31, kMaxPictureId = 255, kMaxReferences = 32;
/// profile_idc of the profiles whose sequence parameter sets describe the chroma format.
constexpr std::array kHighProfiles = {100U, 110U, 122U, 244U, 44U, 83U, 86U, 118U, 128U, 138U, 139U, 134U, 135U};

}  // namespace

/// Bits of a NAL unit without its emulation prevention bytes. After the end it reads zeros and is not `ok`.
class H264Quantizer::Bits {
 public:
  explicit Bits(std::span<const std::uint8_t> unit) {
    int zeros = 0;
    for (const std::uint8_t byte : unit) {
      if (length_ == bytes_.size()) break;
      const bool prevents = zeros >= 2 && byte == 3;
      zeros = byte == 0 ? zeros + 1 : 0;
      if (!prevents) bytes_[length_++] = byte;
    }
  }
  [[nodiscard]] bool ok() const { return ok_; }
  void reject() { ok_ = false; }

  std::uint32_t bit() {
    if (at_ / 8 >= length_) {
      ok_ = false;
      return 0;
    }
    const std::uint32_t value = bytes_[at_ / 8] >> (7 - at_ % 8) & 1U;
    ++at_;
    return value;
  }
  bool flag() { return bit() != 0; }
  std::uint32_t number(int bits) {
    std::uint32_t value = 0;
    for (int i = 0; i < bits; ++i) value = value << 1 | bit();
    return value;
  }
  /// ue(v), section 9.1.
  std::uint32_t unsigned_golomb() {
    int zeros = 0;
    while (ok_ && !flag()) ++zeros;
    if (zeros > 31) ok_ = false;
    return ok_ ? (1U << zeros) - 1 + number(zeros) : 0;
  }
  /// se(v), section 9.1.1.
  int signed_golomb() {
    const std::uint32_t code = unsigned_golomb();
    const auto half = static_cast<int>(code / 2 + code % 2);
    return code % 2 == 1 ? half : -half;
  }
  /// A value that is at most `most`; others make it not `ok`.
  std::uint32_t at_most(std::uint32_t most) {
    const std::uint32_t value = unsigned_golomb();
    if (value > most) ok_ = false;
    return ok_ ? value : 0;
  }

 private:
  std::array<std::uint8_t, kMaxHeader> bytes_{};
  std::size_t length_ = 0;
  std::size_t at_ = 0;  ///< In bits.
  bool ok_ = true;
};

namespace {

/// scaling_list(), section 7.3.2.1.1.1.
template <class Bits>
void skip_scaling_list(Bits& bits, int size) {
  int last = 8;
  int next = 8;
  for (int i = 0; i < size && bits.ok(); ++i) {
    if (next != 0) next = (last + bits.signed_golomb()) & 0xff;
    last = next == 0 ? last : next;
  }
}

template <class Bits>
void skip_scaling_matrix(Bits& bits, int chroma_format) {
  if (!bits.flag()) return;
  for (int i = 0; i < (chroma_format == 3 ? 12 : 8); ++i) {
    if (bits.flag()) skip_scaling_list(bits, i < 6 ? 16 : 64);
  }
}

}  // namespace

void H264Quantizer::read_sequence(Bits bits) {
  Sequence sequence;
  const std::uint32_t profile = bits.number(8);
  bits.number(16);  // constraints and level
  const std::uint32_t id = bits.at_most(kMaxSequenceId);
  if (std::find(kHighProfiles.begin(), kHighProfiles.end(), profile) != kHighProfiles.end()) {
    sequence.chroma_format = static_cast<int>(bits.at_most(3));
    if (sequence.chroma_format == 3) sequence.separate_planes = bits.flag();
    bits.unsigned_golomb();  // bit depths
    bits.unsigned_golomb();
    bits.flag();
    skip_scaling_matrix(bits, sequence.chroma_format);
  }
  sequence.frame_num_bits = static_cast<int>(bits.at_most(12)) + 4;
  sequence.order_type = static_cast<int>(bits.at_most(2));
  if (sequence.order_type == 0) sequence.order_bits = static_cast<int>(bits.at_most(12)) + 4;
  if (sequence.order_type == 1) {
    sequence.order_always_zero = bits.flag();
    bits.signed_golomb();
    bits.signed_golomb();
    for (std::uint32_t i = bits.at_most(255); i > 0 && bits.ok(); --i) bits.signed_golomb();
  }
  bits.unsigned_golomb();  // references
  bits.flag();
  bits.unsigned_golomb();  // width and height
  bits.unsigned_golomb();
  sequence.frames_only = bits.flag();
  if (bits.ok()) sequences_[id] = sequence;
}

void H264Quantizer::read_picture(Bits bits) {
  Picture picture;
  const std::uint32_t id = bits.at_most(kMaxPictureId);
  picture.sequence = bits.at_most(kMaxSequenceId);
  picture.arithmetic_coding = bits.flag();
  picture.order_in_frame = bits.flag();
  if (bits.unsigned_golomb() != 0) bits.reject();  // Slice groups: no encoder of a camera uses them.
  for (std::uint32_t& count : picture.references) count = bits.at_most(kMaxReferences - 1) + 1;
  picture.weighted = bits.flag();
  picture.weighted_bipred = bits.number(2);
  picture.initial = 26 + bits.signed_golomb();
  bits.signed_golomb();
  bits.signed_golomb();
  bits.number(2);
  picture.redundant_pictures = bits.flag();
  if (bits.ok()) pictures_[id] = picture;
}

void H264Quantizer::skip_order(Bits& bits, const Sequence& sequence, const Picture& picture, bool is_field) {
  const bool has_second = picture.order_in_frame && !is_field;
  if (sequence.order_type == 0) {
    bits.number(sequence.order_bits);
    if (has_second) bits.signed_golomb();
  }
  if (sequence.order_type == 1 && !sequence.order_always_zero) {
    bits.signed_golomb();
    if (has_second) bits.signed_golomb();
  }
}

/// ref_pic_list_modification(), section 7.3.3.1.
void H264Quantizer::skip_references(Bits& bits, std::uint32_t lists) {
  constexpr std::uint32_t kEnd = 3;
  for (std::uint32_t list = 0; list < lists; ++list) {
    if (!bits.flag()) continue;
    for (std::uint32_t i = 0; bits.ok(); ++i) {
      if (bits.at_most(5) == kEnd) break;
      bits.unsigned_golomb();
      if (i > 2 * kMaxReferences) bits.reject();
    }
  }
}

/// pred_weight_table(), section 7.3.3.2.
void H264Quantizer::skip_weights(Bits& bits, const Sequence& sequence, std::span<const std::uint32_t> references) {
  const bool has_chroma = sequence.chroma_format != 0 && !sequence.separate_planes;
  bits.unsigned_golomb();
  if (has_chroma) bits.unsigned_golomb();
  const auto skip = [&bits](int values) {
    if (!bits.flag()) return;
    for (int i = 0; i < values; ++i) bits.signed_golomb();
  };
  for (const std::uint32_t count : references) {
    for (std::uint32_t i = 0; i < count && bits.ok(); ++i) {
      skip(2);
      if (has_chroma) skip(4);
    }
  }
}

/// dec_ref_pic_marking(), section 7.3.3.3.
void H264Quantizer::skip_marking(Bits& bits, bool is_idr) {
  if (is_idr) {
    bits.number(2);
    return;
  }
  if (!bits.flag()) return;
  for (std::uint32_t i = 0; bits.ok(); ++i) {
    const std::uint32_t operation = bits.at_most(6);
    if (operation == 0) return;
    if (operation != 5) bits.unsigned_golomb();
    if (operation == 3) bits.unsigned_golomb();
    if (i > 2 * kMaxReferences) bits.reject();
  }
}

std::optional<int> H264Quantizer::read_slice(Bits bits, int nal_type, int nal_priority) const {
  bits.unsigned_golomb();  // first macroblock
  const std::uint32_t type = bits.at_most(9) % 5;
  const bool is_p = type == 0 || type == 3, is_b = type == 1, is_idr = nal_type == kIdrSlice;
  const auto picture = pictures_.find(bits.at_most(kMaxPictureId));
  if (picture == pictures_.end()) return std::nullopt;
  const auto found = sequences_.find(picture->second.sequence);
  if (found == sequences_.end()) return std::nullopt;
  const Sequence& sequence = found->second;
  if (sequence.separate_planes) bits.number(2);
  bits.number(sequence.frame_num_bits);
  const bool is_field = !sequence.frames_only && bits.flag();
  if (is_field) bits.flag();
  if (is_idr) bits.unsigned_golomb();
  skip_order(bits, sequence, picture->second, is_field);
  if (picture->second.redundant_pictures) bits.unsigned_golomb();
  if (is_b) bits.flag();
  std::array<std::uint32_t, 2> references = {picture->second.references[0], picture->second.references[1]};
  const std::uint32_t lists = is_b ? 2 : is_p ? 1 : 0;
  if (lists > 0 && bits.flag()) {
    for (std::uint32_t i = 0; i < lists; ++i) references[i] = bits.at_most(kMaxReferences - 1) + 1;
  }
  skip_references(bits, lists);
  if ((picture->second.weighted && is_p) || (picture->second.weighted_bipred == 1 && is_b)) {
    skip_weights(bits, sequence, std::span(references).first(lists));
  }
  if (nal_priority != 0) skip_marking(bits, is_idr);
  if (picture->second.arithmetic_coding && lists > 0) bits.at_most(2);
  const int quantizer = picture->second.initial + bits.signed_golomb();
  if (!bits.ok() || quantizer < 0 || quantizer > 51) return std::nullopt;
  return quantizer;
}

std::optional<double> H264Quantizer::of(std::span<const std::uint8_t> access_unit) {
  int sum = 0;
  int slices = 0;
  for (std::size_t i = 0; i + 3 < access_unit.size(); ++i) {
    if (access_unit[i] != 0 || access_unit[i + 1] != 0 || access_unit[i + 2] != 1) continue;
    const int type = access_unit[i + 3] & 0x1f;
    const auto unit = access_unit.subspan(i + 4);
    if (type == kSequenceSet) read_sequence(Bits(unit));
    if (type == kPictureSet) read_picture(Bits(unit));
    if (type != kSlice && type != kIdrSlice) continue;
    if (const auto quantizer = read_slice(Bits(unit), type, access_unit[i + 3] >> 5 & 3)) {
      sum += *quantizer;
      ++slices;
    }
  }
  return slices > 0 ? std::optional(static_cast<double>(sum) / slices) : std::nullopt;
}

}  // namespace rtcbot::media
