#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/ipc/messages.hpp"

namespace rtcbot::ipc {

/// A message on the wire:
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------------------------------+-------------------------------+
///    |            number of bytes that follow                        |
///    +---------------+-----------------------------------------------+
///    |     kind      |   fields, in order of declaration ...
///    +---------------+------------------------------ - - -
///
/// Numbers have the machine's byte order, because both ends are on one machine. Strings and lists start with their
/// length.
inline constexpr std::size_t kLengthBytes = 4;
/// Room for a key frame of the largest camera picture.
inline constexpr std::size_t kMaxCommandBytes = std::size_t{8} << 20;
/// Room for a data channel message of 256 KiB, libwebrtc's maximum.
inline constexpr std::size_t kMaxEventBytes = std::size_t{1} << 20;

/// Encodes a message with its length in front. For a `VideoFrame` without `data`, which the caller sends next.
[[nodiscard]] std::vector<std::uint8_t> encode(const Command& command);
[[nodiscard]] std::vector<std::uint8_t> encode(const Event& event);

/// Decodes a message from the bytes after its length. The `data` of a `VideoFrame` is a view of `bytes`.
///
/// Safe for untrusted input: checks each length against the available bytes and each enumerator and range against its
/// type, and rejects remaining bytes.  Errors: bad_message.
[[nodiscard]] Result<Command> decode_command(std::span<const std::uint8_t> bytes);
[[nodiscard]] Result<Event> decode_event(std::span<const std::uint8_t> bytes);

}  // namespace rtcbot::ipc
