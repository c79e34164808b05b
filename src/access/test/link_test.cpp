#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "rtcbot/access/link_uses.hpp"
#include "support/tokens.hpp"

namespace rtcbot::access {
namespace {

using namespace testing;
using ::testing::HasSubstr;

LinkCode code(int uses = 1) { return {.grant = grant(), .uses = uses, .until = kNow + 1h}; }

std::string code_text(const LinkCode& of = code()) { return value_or_throw(sign_link(of, secret())); }

std::optional<Fault> link_fault(std::string_view text, UnixTime now = kNow, const Revocations& revocations = {}) {
  const auto verified = verify_link(text, Secrets(secret()), revocations, now);
  return verified ? std::nullopt : std::optional(verified.error());
}

TEST(LinkCode, SaysWhatItsTokenWillGrantAndHowOftenItMayBeExchanged) {
  const auto read = verify_link(code_text(code(3)), Secrets(secret()), {}, kNow);
  ASSERT_TRUE(read);
  auto expected = code(3);
  expected.grant.secret = "first";
  EXPECT_EQ(*read, expected);
}

TEST(LinkCode, IsNoCredentialAndACredentialIsNoCode) {
  EXPECT_EQ(fault_of(code_text()), Fault::bad_claims);
  EXPECT_EQ(link_fault(token()), Fault::bad_claims);
  EXPECT_TRUE(is_link_code(code_text()));
  EXPECT_FALSE(is_link_code(token()));
  EXPECT_FALSE(is_link_code("x.y.z"));
}

TEST(LinkCode, EndsBeforeItsTokenAndWithIt) {
  EXPECT_EQ(link_fault(code_text(), kNow + 59min), std::nullopt);
  EXPECT_EQ(link_fault(code_text(), kNow + 1h), Fault::expired);
  auto longer = code();
  longer.until = kNow + 48h;
  EXPECT_EQ(link_fault(code_text(longer), kNow + 24h), Fault::expired);
  Revocations revocations;
  revocations.add("id-1", kNow + 100h);
  EXPECT_EQ(link_fault(code_text(), kNow, revocations), Fault::revoked);
}

TEST(LinkCode, ThatIsAlteredOrOddIsRefused) {
  auto altered = code_text();
  altered[altered.size() - 3] = altered[altered.size() - 3] == 'a' ? 'b' : 'a';
  EXPECT_EQ(link_fault(altered), Fault::bad_signature);
  const auto odd = [](const std::string& link) {
    return link_fault(forged(
        kHeader, R"({"jti":"a","role":"drive","robots":["*"],"iat":1790000000,"exp":1790003600,"link":)" + link + "}"));
  };
  EXPECT_EQ(odd(R"({"uses":1,"until":1790003600})"), std::nullopt);
  for (const char* link : {"1", "null", "{}", R"({"uses":0,"until":1790003600})", R"({"uses":1001,"until":1790003600})",
                           R"({"uses":1.5,"until":1790003600})", R"({"uses":1})", R"({"uses":1,"until":"x"})"}) {
    EXPECT_EQ(odd(link), Fault::bad_claims) << link;
  }
  EXPECT_FALSE(sign_link(code(0), secret()));
  EXPECT_FALSE(sign_link(code(1001), secret()));
}

TEST(LinkUses, CountEachLinkByItself) {
  LinkUses uses;
  auto other = code();
  other.grant.id = "other";
  EXPECT_TRUE(uses.take(code(2)));
  EXPECT_TRUE(uses.take(other));
  EXPECT_TRUE(uses.take(code(2)));
  EXPECT_FALSE(uses.take(code(2)));
  EXPECT_FALSE(uses.take(other));
  auto again = value_or_throw(LinkUses::parse(uses.text()));
  EXPECT_FALSE(again.take(code(2)));
  again.prune(kNow + 2h);
  EXPECT_EQ(again.size(), 0u);
}

TEST(LinkUses, OfAFileThatIsNoneAreRefusedWithTheLine) {
  for (const char* text : {"a 1", "a b 1790000000", "a 1 x", "a -1 1790000000", "ä 1 1790000000", "a 1 1790000000 x"}) {
    const auto uses = LinkUses::parse(std::string("# so\n").append(text).append("\n"));
    ASSERT_FALSE(uses) << text;
    EXPECT_THAT(uses.error().what(), HasSubstr("line 2"));
  }
}

class Ledger : public ::testing::Test {
 protected:
  Ledger() {
    std::string name = (std::filesystem::temp_directory_path() / "rtcbot-links-XXXXXX").string();
    directory = ::mkdtemp(name.data());
  }
  ~Ledger() override { std::filesystem::remove_all(directory); }
  [[nodiscard]] std::string path() const { return directory + "/links"; }
  std::string directory;
};

TEST_F(Ledger, RemembersAcrossARestartAndAmongServers) {
  LinkLedger first(path()), second(path());
  EXPECT_TRUE(value_or_throw(first.take(code(2), kNow)));
  EXPECT_TRUE(value_or_throw(second.take(code(2), kNow)));
  EXPECT_FALSE(value_or_throw(first.take(code(2), kNow)));
  EXPECT_FALSE(value_or_throw(LinkLedger(path()).take(code(2), kNow)));
}

TEST_F(Ledger, RefusesRatherThanForgetsWhereItCannotWrite) {
  std::filesystem::create_directory(path());  // Not even root can write a file in its place.
  EXPECT_FALSE(LinkLedger(path()).take(code(), kNow));
  EXPECT_FALSE(LinkLedger(directory + "/missing/links").take(code(), kNow));
}

TEST_F(Ledger, WithoutAFileCountsInMemory) {
  LinkLedger ledger;
  EXPECT_TRUE(value_or_throw(ledger.take(code(), kNow)));
  EXPECT_FALSE(value_or_throw(ledger.take(code(), kNow)));
}

}  // namespace
}  // namespace rtcbot::access
