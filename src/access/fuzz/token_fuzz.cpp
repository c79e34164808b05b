#include "fuzz.hpp"
#include "rtcbot/access/token.hpp"

using namespace rtcbot;

/// Verifies tokens from strangers. Checks that signing an accepted token's content again gives the same content.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const access::Secret secret{"first", std::string(43, 'k')};
  static const access::Secrets secrets(secret);
  const access::UnixTime now(std::chrono::seconds(1'790'000'000));
  const auto grant = access::verify(fuzz::text_of(data, size), secrets, {}, now);
  if (!grant) return 0;
  const auto text = access::sign(*grant, secret);
  fuzz::require(text && access::verify(*text, secrets, {}, now) == grant);
  return 0;
}
