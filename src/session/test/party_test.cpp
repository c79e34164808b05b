#include "party.hpp"

#include <gtest/gtest.h>

namespace rtcbot::session {
namespace {

TEST(PartyOf, IsTheCredentialWhereThereIsOne) {
  EXPECT_EQ(party_of({.grant = "ann"}, "v=0\r\na=fingerprint:sha-256 AA:BB\r\n"), "credential ann");
}

TEST(PartyOf, IsTheCertificateOtherwise) {
  EXPECT_EQ(party_of({}, "v=0\r\na=fingerprint:sha-256 AA:BB\r\nm=video 9 x 1\r\na=fingerprint:SHA-256 aa:bb\r\n"),
            "certificate sha-256 aa:bb");
  EXPECT_EQ(party_of({}, "v=0\na=fingerprint:sha-256 AA:BB"), "certificate sha-256 aa:bb");
}

TEST(PartyOf, IsSomebodyNewWithAnothersFingerprintBesideItsOwn) {
  EXPECT_EQ(party_of({}, "a=fingerprint:sha-256 AA\r\na=fingerprint:sha-256 BB\r\n"),
            "certificate sha-256 aa,sha-256 bb");
}

TEST(PartyOf, IsBoundedAndMayBeUnknown) {
  std::string sdp;
  for (int i = 0; i < 1'000; ++i)
    sdp += "a=fingerprint:sha-256 " + std::to_string(i) + std::string(1'000, 'A') + "\r\n";
  EXPECT_LT(party_of({}, sdp).size(), 1'100U);
  EXPECT_EQ(party_of({}, "v=0\r\n"), "");
  EXPECT_EQ(party_of({}, ""), "");
}

}  // namespace
}  // namespace rtcbot::session
