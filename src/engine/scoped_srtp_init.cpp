#include "scoped_srtp_init.hpp"

#include <rtc_base/ssl_stream_adapter.h>

#include <array>
#include <cstdint>

namespace rtcbot::engine {

ScopedSrtpInit::ScopedSrtpInit() {
  constexpr std::array<std::uint8_t, 30> kUnusedKey{};  // 16 bytes of key and 14 of salt (RFC 3711 section 8.2).
  session_.SetSend(rtc::kSrtpAes128CmSha1_80, kUnusedKey.data(), kUnusedKey.size(), {});
}

}  // namespace rtcbot::engine
