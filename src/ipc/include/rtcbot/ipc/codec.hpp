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
///    |            length of what follows, in bytes                   |
///    +---------------+-----------------------------------------------+
///    |     kind      |   fields, in order of declaration ...
///    +---------------+------------------------------ - - -
///
/// Numbers have the machine's byte order: both ends are on one machine. Text and lists begin with their length.
inline constexpr std::size_t kLengthBytes = 4;
/// A key frame of the largest picture that a camera gives, with room to spare.
inline constexpr std::size_t kMaxCommandBytes = std::size_t{8} << 20;
/// A data-channel message of 256 KiB, which is the most that libwebrtc takes, with room to spare.
inline constexpr std::size_t kMaxEventBytes = std::size_t{1} << 20;

/// The bytes of a message, with its length in front. Of a `VideoFrame` all but `data`, which the caller sends next.
[[nodiscard]] std::vector<std::uint8_t> encode(const Command& command);
[[nodiscard]] std::vector<std::uint8_t> encode(const Event& event);

/// A message from what follows its length. The `data` of a `VideoFrame` is a view of `bytes`.
///
/// Never trusts: each length is checked against what is there, each enumerator and range against its type, and nothing
/// may be left over.  Errors: bad_message.
[[nodiscard]] Result<Command> decode_command(std::span<const std::uint8_t> bytes);
[[nodiscard]] Result<Event> decode_event(std::span<const std::uint8_t> bytes);

}  // namespace rtcbot::ipc
