#include "rtcbot/ipc/codec.hpp"

#include <cstring>
#include <limits>
#include <utility>

#include "archive.hpp"

namespace rtcbot::ipc {
namespace {

template <class M>
constexpr std::size_t following_bytes(const M&) {
  return 0;
}
std::size_t following_bytes(const VideoFrame& frame) { return frame.data.size(); }

template <class Variant>
std::vector<std::uint8_t> encode_any(const Variant& message) {
  std::vector<std::uint8_t> bytes(kLengthBytes);
  Writer writer(bytes);
  writer.put(static_cast<std::uint8_t>(message.index()));
  std::size_t length = 0;
  std::visit(
      [&](const auto& each) {
        writer.put(each);
        length = bytes.size() - kLengthBytes + following_bytes(each);
      },
      message);
  const auto prefix = static_cast<std::uint32_t>(length);
  std::memcpy(bytes.data(), &prefix, sizeof(prefix));
  return bytes;
}

/// The data of a frame is the rest of the bytes. Other messages must leave none.
template <class M>
bool finish(M& message, const Reader& reader) {
  if constexpr (std::is_same_v<M, VideoFrame>) {
    message.data = reader.rest();
    return reader.is_good();
  } else {
    return reader.is_good() && reader.rest().empty();
  }
}

template <class Variant, std::size_t kIndex>
Result<Variant> decode_as(std::span<const std::uint8_t> fields) {
  std::variant_alternative_t<kIndex, Variant> message;
  Reader reader(fields);
  reader.get(message);
  if (!finish(message, reader)) {
    return fail(Errc::bad_message, "a message of kind " + std::to_string(kIndex) + " is malformed");
  }
  return Variant(std::in_place_index<kIndex>, std::move(message));
}

template <class Variant, std::size_t... kIndices>
Result<Variant> decode_any(std::span<const std::uint8_t> bytes, std::index_sequence<kIndices...>) {
  using Decode = Result<Variant> (*)(std::span<const std::uint8_t>);
  constexpr Decode kDecoders[] = {decode_as<Variant, kIndices>...};
  if (bytes.empty() || bytes[0] >= sizeof...(kIndices)) return fail(Errc::bad_message, "a message of an unknown kind");
  return kDecoders[bytes[0]](bytes.subspan(1));
}

template <class Variant>
Result<Variant> decode_any(std::span<const std::uint8_t> bytes) {
  static_assert(std::variant_size_v<Variant> <= std::numeric_limits<std::uint8_t>::max());
  return decode_any<Variant>(bytes, std::make_index_sequence<std::variant_size_v<Variant>>());
}

}  // namespace

std::vector<std::uint8_t> encode(const Command& command) { return encode_any(command); }
std::vector<std::uint8_t> encode(const Event& event) { return encode_any(event); }

Result<Command> decode_command(std::span<const std::uint8_t> bytes) { return decode_any<Command>(bytes); }
Result<Event> decode_event(std::span<const std::uint8_t> bytes) { return decode_any<Event>(bytes); }

}  // namespace rtcbot::ipc
