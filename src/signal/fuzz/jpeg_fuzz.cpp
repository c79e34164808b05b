#include "fuzz.hpp"
#include "rtcbot/signal/jpeg.hpp"

using namespace rtcbot;

/// Checks that every accepted picture declares a size that a browser can hold.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto picture = signal::jpeg_size(fuzz::text_of(data, size));
  if (!picture) {
    fuzz::require(picture.error().what()[0] != '\0');
    return 0;
  }
  for (const int side : {picture->width, picture->height}) {
    fuzz::require(side > 0 && side <= signal::kMaxPictureSide);
  }
  return 0;
}
