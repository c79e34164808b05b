#include "rtcbot/signal/jpeg.hpp"

#include <optional>
#include <string>

namespace rtcbot::signal {
namespace {

constexpr unsigned kStartOfScan = 0xda;
constexpr std::string_view kBegin = "\xff\xd8\xff";
constexpr std::string_view kEnd = "\xff\xd9";

unsigned byte_of(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
int number_at(std::string_view bytes, std::size_t at) {
  return static_cast<int>(byte_of(bytes, at) << 8U | byte_of(bytes, at + 1));
}

/// True for SOF0 to SOF15. That range also contains the markers DHT (C4), JPG, which is reserved (C8), and DAC (CC).
bool is_frame(unsigned marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/// A segment's marker, and its content after the length.
struct Segment {
  unsigned marker = 0;
  std::string_view content{};
};

/// Removes and returns the first segment; returns nothing if there is none or it is truncated.
std::optional<Segment> take_segment(std::string_view& bytes) {
  if (bytes.empty() || byte_of(bytes, 0) != 0xff) return std::nullopt;
  const auto at = bytes.find_first_not_of('\xff');  // a marker may follow any number of these fill bytes
  if (at == std::string_view::npos || bytes.size() - at < 3) return std::nullopt;
  const auto length = static_cast<std::size_t>(number_at(bytes, at + 1));
  if (length < 2 || bytes.size() - at - 1 < length) return std::nullopt;
  const Segment segment{byte_of(bytes, at), bytes.substr(at + 3, length - 2)};
  bytes.remove_prefix(at + 1 + length);
  return segment;
}

}  // namespace

Result<PictureSize> jpeg_size(std::string_view bytes) {
  if (!bytes.starts_with(kBegin) || !bytes.ends_with(kEnd)) {
    return fail(Errc::bad_message, "it does not begin and end as a JPEG");
  }
  bytes.remove_prefix(kBegin.size() - 1);
  bytes.remove_suffix(kEnd.size());
  std::optional<PictureSize> size;
  while (const auto segment = take_segment(bytes)) {
    if (segment->marker == kStartOfScan) {
      if (size) return *size;
      return fail(Errc::bad_message, "its scan begins before its size is given");
    }
    if (!is_frame(segment->marker)) continue;
    if (size || segment->content.size() < 6) return fail(Errc::bad_message, "its frame's header is wrong");
    size = PictureSize{number_at(segment->content, 3), number_at(segment->content, 1)};
    const auto is_sane = [](int side) { return side > 0 && side <= kMaxPictureSide; };
    if (!is_sane(size->width) || !is_sane(size->height)) {
      return fail(Errc::bad_message, "its width or height is not 1 to " + std::to_string(kMaxPictureSide) + " pixels");
    }
  }
  return fail(Errc::bad_message, "its segments are cut off");
}

}  // namespace rtcbot::signal
