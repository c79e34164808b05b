#include "common/checks.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace rtcbot::app {
namespace {

/// The sentence for a value; empty if it is accepted.
std::string refusal(const CLI::Validator& check, std::string text) { return check(text); }

TEST(WholeFrom, NamesTheValueAndWhatIsAllowedWithItsUnit) {
  const auto check = whole_from(1, 120, "frames per second");
  for (const char* good : {"1", "30", "120"}) EXPECT_EQ(refusal(check, good), "");
  EXPECT_EQ(refusal(check, "0"), "'0' is out of range; allowed are 1 to 120 frames per second");
  EXPECT_EQ(refusal(check, "-5"), "'-5' is out of range; allowed are 1 to 120 frames per second");
  EXPECT_EQ(refusal(check, "99999999999999999999"),
            "'99999999999999999999' is out of range; allowed are 1 to 120 frames per second");
  for (const char* bad : {"", "thirty", "30x", "30.5", " 30", "0x10"}) {
    EXPECT_THAT(refusal(check, bad), testing::StartsWith("'" + std::string(bad) + "' is not a whole number; allowed"));
  }
}

TEST(NumberFrom, NamesTheValueAndWhatIsAllowedWithItsUnit) {
  const auto check = number_from(0.01, 1e6, "connections per second");
  for (const char* good : {"0.01", "5", "1e6"}) EXPECT_EQ(refusal(check, good), "");
  for (const char* bad : {"0", "-1", "1e7", "inf", "nan", "-nan"}) {
    EXPECT_EQ(refusal(check, bad),
              "'" + std::string(bad) + "' is out of range; allowed are 0.01 to 1000000 connections per second");
  }
  EXPECT_THAT(refusal(check, "fast"), testing::StartsWith("'fast' is not a number; allowed are 0.01"));
}

TEST(OneOf, ListsTheWordsAndProposesOne) {
  const auto check = one_of(std::vector<std::string>{"robot", "watch", "drive"});
  EXPECT_EQ(refusal(check, "watch"), "");
  EXPECT_EQ(refusal(check, "wathc"), "'wathc' is not possible; use robot, watch or drive; did you mean watch?");
  EXPECT_EQ(refusal(check, "everything"), "'everything' is not possible; use robot, watch or drive");
  EXPECT_EQ(refusal(check, "Drive"), "'Drive' is not possible; use robot, watch or drive; did you mean drive?");
}

TEST(NumberOf, TurnsWordsIntoTheirNumbers) {
  const auto check = number_of(std::map<std::string, int>{{"auto", 7}, {"never", 9}});
  std::string text = "never";
  EXPECT_EQ(check(text), "");
  EXPECT_EQ(text, "9");
  EXPECT_EQ(refusal(check, "9"), "'9' is not possible; use auto or never");
}

TEST(SizeInBytes, TakesUsualForms) {
  const auto check = size_in_bytes();
  for (const auto& [given, bytes] : std::map<std::string, std::string>{
           {"100MB", "100000000"}, {"2 GB", "2000000000"}, {"1GiB", "1073741824"}, {"10kB", "10000"}}) {
    std::string text = given;
    EXPECT_EQ(check(text), "") << given;
    EXPECT_EQ(text, bytes) << given;
  }
  for (const char* bad : {"", "much", "100XB", "MB", "-1MB"}) {
    EXPECT_EQ(refusal(check, bad), "'" + std::string(bad) + "' is not a size; write it as 100MB or 2GB");
  }
}

TEST(ReadableFile, SaysWhatIsWrong) {
  const std::string path = testing::TempDir() + "rtcbot-checks-" + std::to_string(::getpid());
  const auto check = readable_file();
  EXPECT_EQ(refusal(check, path), "'" + path + "' does not exist");
  std::ofstream(path) << "text";
  EXPECT_EQ(refusal(check, path), "");
  std::remove(path.c_str());
  EXPECT_EQ(refusal(check, "/tmp"), "'/tmp' is a folder, not a file");
}

}  // namespace
}  // namespace rtcbot::app
