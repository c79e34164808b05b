#include "sdp.hpp"

#include <gtest/gtest.h>

namespace rtcbot::engine {
namespace {

TEST(Sdp, LosesCandidatesThatAreNamesAndKeepsAddresses) {
  const std::string kept =
      "v=0\r\n"
      "a=candidate:1 1 udp 2113937151 192.168.1.7 55335 typ host\r\n"
      "a=candidate:2 1 udp 2113937151 fe80::1 55335 typ host\r\n"
      "a=mid:0\r\n";
  const std::string named =
      "a=candidate:3 1 udp 2113937151 ba4e77df-649a-4dc9-9eaa-fcbe6e829c78.local 55335 typ host\r\n"
      "a=candidate:4 1 udp 2113937151 secrets.example.com 53 typ host\r\n";
  EXPECT_EQ(without_named_candidates(kept + named), kept);
}

TEST(Sdp, IsOtherwiseKeptByteForByte) {
  for (const char* text : {"", "\n", "a", "x\r\n\r\ny", "a=fingerprint:sha-256 AA\n"}) {
    EXPECT_EQ(without_named_candidates(text), text);
  }
}

TEST(Sdp, SaysWhichLineIsWrong) {
  const auto parsed = parse_description({Description::Type::offer, "v=0\r\nhello\r\n"}, Errc::bad_offer);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code(), Errc::bad_offer);
  EXPECT_NE(std::string(parsed.error().what()).find("hello"), std::string::npos);
}

}  // namespace
}  // namespace rtcbot::engine
