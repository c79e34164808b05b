#include "rtcbot/access/secrets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/tokens.hpp"

namespace rtcbot::access {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Secrets, AreReadAsTheyWereWritten) {
  const auto secrets = Secrets(make_secret()).rotated(make_secret(), 1);
  EXPECT_EQ(Secrets::parse(secrets.text()), secrets);
  EXPECT_EQ(secrets.size(), 2u);
}

TEST(Secrets, AreNeverTheSameTwice) {
  const auto a = make_secret(), b = make_secret();
  EXPECT_NE(a.name, b.name);
  EXPECT_NE(a.key, b.key);
  EXPECT_EQ(a.key.size(), 43u);
}

/// A line of a file of secrets.
std::string line(const std::string& name, const std::string& key = std::string(43, 'k'), const char* rest = "\n") {
  return std::string(name).append(" ").append(key).append(rest);
}

TEST(Secrets, TakeCommentsAndBlanksAndNoNonsense) {
  EXPECT_EQ(Secrets::parse(line("# mine\n\n  a\t", std::string(43, 'k'), " \r\n"))->signing().name, "a");
  EXPECT_EQ(Secrets::parse(line("a") + line("b"))->size(), 2u);
  for (const std::string& bad : {std::string(), std::string("# none\n"), line("a", std::string(42, 'k')),
                                 line("a", std::string(43, 'k'), " more"), line("a", std::string(129, 'k')),
                                 line("a", "b/" + std::string(43, 'k')), std::string(43, 'k'), line("a") + line("a")}) {
    SCOPED_TRACE(bad);
    EXPECT_FALSE(Secrets::parse(bad));
  }
}

TEST(Secrets, ThatAreWrongAreNotQuoted) {
  const auto parsed = Secrets::parse("# mine\na k$y-that-nobody-must-see\n");
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().what(), HasSubstr("line 2"));
  EXPECT_THAT(parsed.error().what(), Not(HasSubstr("nobody")));
}

TEST(Secrets, KeepAsManyOldOnesAsAreAskedFor) {
  auto secrets = Secrets(secret("0"));
  for (int i = 1; i < 40; ++i) secrets = secrets.rotated(secret(std::to_string(i)), 100);
  EXPECT_EQ(secrets.size(), Secrets::kMax);
  EXPECT_EQ(secrets.signing().name, "39");
  const auto alone = secrets.rotated(secret("last"), 0);
  EXPECT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone.signing().name, "last");
}

TEST(Revocations, AreReadAsTheyWereWrittenAndForgottenWhenDue) {
  Revocations revocations;
  revocations.add("a", kNow);
  revocations.add("b", kNow + 1h);
  auto again = Revocations::parse(revocations.text());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->contains("a") && again->contains("b") && !again->contains("c"));
  again->prune(kNow + 1s);
  EXPECT_FALSE(again->contains("a"));
  EXPECT_TRUE(again->contains("b"));
  for (const auto* bad : {"a", "a b", "a 1 2", "a\"b 1", "a 99999999999999999999"})
    EXPECT_FALSE(Revocations::parse(bad)) << bad;
}

TEST(RandomName, IsNoFlag) {
  for (int i = 0; i < 2'000; ++i) {
    EXPECT_FALSE(random_name(9).starts_with('-'));
    EXPECT_FALSE(make_secret().name.starts_with('-'));
  }
}

}  // namespace
}  // namespace rtcbot::access
