// Checks that any bytes from the other process are decoded or rejected, and that decoded messages survive another round
// trip.
#include <cstdlib>

#include "rtcbot/ipc/codec.hpp"

using namespace rtcbot::ipc;

namespace {

template <class Message, class Decode>
void try_one(const Message& message, Decode decode) {
  const auto bytes = encode(message);
  const auto again = decode(std::span(bytes).subspan(kLengthBytes));
  if (!again || again->index() != message.index()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(data, size);
  if (const auto event = decode_event(bytes)) try_one(*event, decode_event);
  if (const auto command = decode_command(bytes)) try_one(*command, decode_command);
  return 0;
}
