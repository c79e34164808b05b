#include "rtcbot/ipc/splitter.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace rtcbot::ipc {

Result<void> Splitter::feed(std::span<const std::uint8_t> bytes, const OnMessage& on_message) {
  while (!bytes.empty()) {
    if (prefix_bytes_ < kLengthBytes) {
      const std::size_t count = std::min(kLengthBytes - prefix_bytes_, bytes.size());
      std::memcpy(prefix_.data() + prefix_bytes_, bytes.data(), count);
      prefix_bytes_ += count;
      bytes = bytes.subspan(count);
      if (prefix_bytes_ < kLengthBytes) return {};
      if (auto begun = begin_message(); !begun) return begun;
    }
    const std::size_t count = std::min(size_ - body_bytes_, bytes.size());
    if (count > 0) std::memcpy(body_.get() + body_bytes_, bytes.data(), count);
    body_bytes_ += count;
    bytes = bytes.subspan(count);
    if (body_bytes_ < size_) return {};
    prefix_bytes_ = 0;
    on_message({std::move(body_), size_});
  }
  return {};
}

Result<void> Splitter::begin_message() {
  std::uint32_t length = 0;
  std::memcpy(&length, prefix_.data(), sizeof(length));
  if (length == 0 || length > max_) {
    return fail(Errc::too_large, "a message claims a length of " + std::to_string(length) + " bytes");
  }
  size_ = length;
  body_bytes_ = 0;
  body_ = std::make_shared_for_overwrite<std::uint8_t[]>(length);
  return {};
}

}  // namespace rtcbot::ipc
