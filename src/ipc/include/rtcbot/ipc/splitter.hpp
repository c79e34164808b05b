#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "rtcbot/base/result.hpp"
#include "rtcbot/ipc/codec.hpp"

namespace rtcbot::ipc {

/// The bytes of one message without its length. Cheap to copy.
struct MessageBytes {
  std::shared_ptr<const std::uint8_t[]> owner{};
  std::size_t size = 0;

  [[nodiscard]] std::span<const std::uint8_t> view() const { return {owner.get(), size}; }
};

/// Splits a byte stream into messages by their length prefixes. Pure; not thread-safe.
class Splitter {
 public:
  using OnMessage = std::function<void(const MessageBytes&)>;

  explicit Splitter(std::size_t max_message_bytes) : max_(max_message_bytes) {}

  /// Takes the next bytes of the stream, split anywhere, and calls `on_message` for each complete message.
  /// Errors: too_large (a message over the limit, or an empty one; the stream cannot continue).
  [[nodiscard]] Result<void> feed(std::span<const std::uint8_t> bytes, const OnMessage& on_message);

 private:
  [[nodiscard]] Result<void> begin_message();

  const std::size_t max_;
  std::array<std::uint8_t, kLengthBytes> prefix_{};
  std::size_t prefix_bytes_ = 0;
  std::shared_ptr<std::uint8_t[]> body_;
  std::size_t body_bytes_ = 0;  ///< Number of received bytes of `size_`.
  std::size_t size_ = 0;
};

}  // namespace rtcbot::ipc
