#include "sdp.hpp"

#include <gtest/gtest.h>
#include <pc/session_description.h>

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

/// An offer of two sections, of which the second leaves its transport to the group, as RFC 9429 section 5.2.1 writes
/// it.
std::string offer_with_bundle_only(const std::string& group) {
  return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + group +
         "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n"
         "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\n"
         "a=fingerprint:sha-256 "
         "AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA\r\n"
         "a=rtpmap:111 opus/48000/2\r\n"
         "m=video 0 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=sendrecv\r\na=bundle-only\r\n"
         "a=rtpmap:96 VP8/90000\r\n";
}

TEST(Sdp, GivesABundleOnlySectionTheTransportOfItsGroup) {
  const auto parsed = value_or_throw(
      parse_description({Description::Type::offer, offer_with_bundle_only("a=group:BUNDLE 0 1\r\n")}, Errc::bad_offer));
  const auto& session = *parsed->description();
  const auto& video = session.GetTransportInfoByName("1")->description;
  EXPECT_EQ(video.ice_ufrag, "abcd");
  ASSERT_NE(video.identity_fingerprint, nullptr);
  EXPECT_TRUE(session.GetContentByName("1")->media_description()->rtcp_mux());
  EXPECT_FALSE(session.GetContentByName("1")->rejected);
}

TEST(Sdp, GivesASectionWithoutAGroupNobodysTransport) {
  const auto parsed =
      value_or_throw(parse_description({Description::Type::offer, offer_with_bundle_only("")}, Errc::bad_offer));
  EXPECT_EQ(parsed->description()->GetTransportInfoByName("1")->description.ice_ufrag, "");
}

TEST(Sdp, SaysWhichLineIsWrong) {
  const auto parsed = parse_description({Description::Type::offer, "v=0\r\nhello\r\n"}, Errc::bad_offer);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code(), Errc::bad_offer);
  EXPECT_NE(std::string(parsed.error().what()).find("hello"), std::string::npos);
}

}  // namespace
}  // namespace rtcbot::engine
