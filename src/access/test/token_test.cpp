#include "rtcbot/access/token.hpp"

#include <gtest/gtest.h>

#include "support/tokens.hpp"

namespace rtcbot::access {
namespace {

using namespace testing;

TEST(Token, SaysWhatWasPutIntoIt) {
  for (const auto role : {Role::robot, Role::watch, Role::drive, Role::admin}) {
    auto of = grant(role, "/");
    of.secret = secret().name;
    of.robots.push_back(pattern("rover*"));
    EXPECT_EQ(verify(token(of), Secrets(secret()), {}, kNow), of);
    of.owner.clear();
    of.not_before = of.issued + 10s;
    EXPECT_EQ(verify(token(of), Secrets(secret()), {}, kNow), of);
  }
}

TEST(Token, EndsToTheSecondAndBeginsAMinuteEarly) {
  const auto text = token();
  const Secrets secrets{secret()};
  EXPECT_EQ(fault_of(text, secrets, {}, kNow + 24h - 1s), std::nullopt);
  EXPECT_EQ(fault_of(text, secrets, {}, kNow + 24h), Fault::expired);
  EXPECT_EQ(fault_of(text, secrets, {}, kNow - 60s), std::nullopt);
  EXPECT_EQ(fault_of(text, secrets, {}, kNow - 61s), Fault::not_yet_valid);
  auto later = grant();
  later.not_before = kNow + 1h;
  EXPECT_EQ(fault_of(token(later)), Fault::not_yet_valid);
}

TEST(Token, IsAcceptedByEachSecretUntilThatIsRotatedAway) {
  const auto old_token = token();
  const Secrets both = Secrets(secret()).rotated(secret("second", 'l'), 1);
  EXPECT_EQ(both.signing().name, "second");
  EXPECT_EQ(fault_of(old_token, both), std::nullopt);
  EXPECT_EQ(fault_of(token(grant(), both.signing()), both), std::nullopt);
  const Secrets later = both.rotated(secret("third", 'm'), 1);
  EXPECT_EQ(fault_of(old_token, later), Fault::unknown_secret);
}

TEST(Token, IsRefusedOnceItsIdIsRevoked) {
  Revocations revocations;
  revocations.add("id-2", kNow + 24h);
  EXPECT_EQ(fault_of(token(), Secrets(secret()), revocations), std::nullopt);
  revocations.add("id-1", kNow + 24h);
  EXPECT_EQ(fault_of(token(), Secrets(secret()), revocations), Fault::revoked);
}

TEST(Token, IsNotMadeWhereItWouldBeRefused) {
  const auto fails = [](auto change) {
    auto of = grant();
    change(of);
    const auto made = sign(of, secret());
    return !made && made.error().code() == Errc::bad_config;
  };
  EXPECT_TRUE(fails([](Credential& of) { of.id.clear(); }));
  EXPECT_TRUE(fails([](Credential& of) { of.id = "two words"; }));
  EXPECT_TRUE(fails([](Credential& of) { of.owner = std::string(65, 'a'); }));
  EXPECT_TRUE(fails([](Credential& of) { of.robots.clear(); }));
  EXPECT_TRUE(fails([](Credential& of) { of.robots.resize(33, pattern("a")); }));
  EXPECT_TRUE(fails([](Credential& of) { of.expires = of.issued; }));
  EXPECT_TRUE(fails([](Credential& of) { of.expires = of.issued + kMaxLife + 1s; }));
}

TEST(Token, OfTheLargestGrantIsShortEnough) {
  auto of = grant();
  of.robots.assign(Credential::kMaxPatterns, pattern(std::string(64, 'a')));
  of.id = of.owner = std::string(Credential::kMaxTextBytes, 'a');
  EXPECT_EQ(fault_of(token(of)), std::nullopt);
}

TEST(Token, HasASentenceForEachFault) {
  for (int i = 0; i <= static_cast<int>(Fault::revoked); ++i) {
    EXPECT_GT(sentence_of(static_cast<Fault>(i)).size(), 20u) << i;
    EXPECT_NE(name_of(static_cast<Fault>(i)), "unknown") << i;
  }
}

}  // namespace
}  // namespace rtcbot::access
