#include "common/toml_config.hpp"

#include <gmock/gmock.h>

#include "common/nearest.hpp"

namespace rtcbot::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Values = std::vector<std::string>;

const std::vector<std::string> kKnown{"server",      "token",    "camera",     "max-viewers",
                                      "least-speed", "insecure", "data-budget"};

/// The values of the only key of `text`.
Values values_of(const std::string& text) {
  const auto keys = read_toml(text, "robot.toml", kKnown);
  EXPECT_TRUE(keys) << text << ": " << keys.error().what();
  EXPECT_EQ(keys ? keys->size() : 0, 1U) << text;
  return keys && keys->size() == 1 ? keys->front().values : Values();
}

std::string fault_of(const std::string& text) {
  const auto keys = read_toml(text, "robot.toml", kKnown);
  return keys ? "it was taken" : keys.error().what();
}

TEST(Toml, KeepsWhatStandsInQuotes) {
  EXPECT_THAT(values_of("token = \"abc#def\" # a comment\n"), ElementsAre("abc#def"));
  EXPECT_THAT(values_of("token = 'a\\b, [c] = \"d\"'"), ElementsAre("a\\b, [c] = \"d\""));
  EXPECT_THAT(values_of("token = \"\"\"\nabc\\\n  def\"\"\""), ElementsAre("abcdef"));
  EXPECT_THAT(values_of("token = \"\\u00e9 \\\"\""), ElementsAre("\u00e9 \""));
}

TEST(Toml, IsReadWhateverTheEditor) {
  EXPECT_THAT(values_of("\xef\xbb\xbftoken = \"abc\"\n"), ElementsAre("abc"));
  EXPECT_THAT(values_of("\xef\xbb\xbf# first\r\ntoken = \"abc\"\r\n"), ElementsAre("abc"));
  EXPECT_THAT(values_of("\"token\"=\"abc\""), ElementsAre("abc"));
}

TEST(Toml, HasListsOnOneLineAndOnSeveral) {
  EXPECT_THAT(values_of("camera = [\"front=/dev/video0\", \"rear=test\"]"),
              ElementsAre("front=/dev/video0", "rear=test"));
  EXPECT_THAT(values_of("camera = [\n  \"a\",  # the first\n  \"b,c\",\n]\n"), ElementsAre("a", "b,c"));
}

TEST(Toml, HasNumbersAndFlags) {
  EXPECT_THAT(values_of("max-viewers = 1_000"), ElementsAre("1000"));
  EXPECT_THAT(values_of("max-viewers = 0x10"), ElementsAre("16"));
  EXPECT_THAT(values_of("least-speed = 0.25"), ElementsAre("0.25"));
  EXPECT_THAT(values_of("insecure = true"), ElementsAre("true"));
}

TEST(Toml, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(read_toml("token = \"\"\ncamera = []\n", "robot.toml", kKnown)->size(), 0U);
  EXPECT_EQ(read_toml("", "robot.toml", kKnown)->size(), 0U);
  EXPECT_EQ(read_toml("# nothing\n", "robot.toml", kKnown)->size(), 0U);
}

TEST(Toml, SaysWhereItIsWrong) {
  EXPECT_THAT(fault_of("token = \"abc"), HasSubstr("robot.toml, line 1, column "));
  EXPECT_THAT(fault_of("\n\nserver = wss://host/ws\n"),
              testing::AllOf(HasSubstr("robot.toml, line 3, column 10"), HasSubstr("write a text in quotes")));
  EXPECT_THAT(fault_of("token = \"a\"\ntoken = \"b\"\n"), HasSubstr("robot.toml, line 2, column "));
  EXPECT_THAT(fault_of("camera = [\"a\"\nserver = \"b\"\n"), HasSubstr("robot.toml, line 2, column "));
  EXPECT_THAT(fault_of("token = \"caf\xe9\"\n"), HasSubstr("robot.toml, line 1, column "));
  EXPECT_THAT(fault_of("max-viewers = [1, [2]]"), HasSubstr("robot.toml, line 1, column 19: a value is"));
  EXPECT_THAT(fault_of("least-speed = nan"), HasSubstr("line 1, column 15: a value is"));
  EXPECT_THAT(fault_of("token = 2026-01-01"), HasSubstr("line 1, column 9: a value is"));
}

TEST(Toml, NamesBothPlacesOfAKeyThatIsSetTwice) {
  EXPECT_EQ(fault_of("token = \"a\"\n  camera = \"x\"\nserver = \"s\"\n camera = \"y\"\n"),
            "robot.toml, line 4, column 2: 'camera' is already set in line 2, column 3; remove one of them, or write "
            "several values as a list: camera = [\"…\", \"…\"]");
  EXPECT_THAT(fault_of("camera = [\n  \"a\",\n]\n\"camera\" = \"b\""),
              HasSubstr("line 4, column 1: 'camera' is already set in line 1, column 1"));
  EXPECT_THAT(fault_of("camera = \"a\"\n[camera]\n"), HasSubstr("line 2"));
}

TEST(Toml, SaysThatThereAreNoSections) {
  EXPECT_THAT(fault_of("token = \"a\"\n[camera]\nserver = \"b\"\n"),
              testing::AllOf(HasSubstr("line 2, column 2"), HasSubstr("'camera' is a section")));
  EXPECT_THAT(fault_of("[[camera]]\na = 1\n"), HasSubstr("'camera' is a section"));
  EXPECT_THAT(fault_of("camera.front = \"test\"\n"), HasSubstr("'camera' is a section"));
  EXPECT_THAT(fault_of("camera = { front = \"test\" }\n"), HasSubstr("'camera' is a section"));
}

TEST(Toml, KnowsWhatAnUnknownKeyMeant) {
  EXPECT_THAT(fault_of("token = \"a\"\n  sevrer = \"b\"\n"), HasSubstr("line 2, column 3: 'sevrer' is not a flag"));
  EXPECT_THAT(fault_of("sevrer = \"b\"\n"), HasSubstr("did you mean server?"));
  EXPECT_THAT(fault_of("max_viewers = 1\n"), HasSubstr("did you mean max-viewers?"));
  EXPECT_THAT(fault_of("MaxViewers = 1\n"), HasSubstr("did you mean max-viewers?"));
  EXPECT_THAT(fault_of("--server = \"b\"\n"), HasSubstr("did you mean server?"));
  EXPECT_THAT(fault_of("colour = \"b\"\n"), HasSubstr("--help lists the flags"));
}

TEST(Nearest, CompletesAnAbbreviation) {
  const std::vector<std::string> flags{"--black-box", "--black-box-size", "--max-viewers", "--max-bitrate",
                                       "--x264enc"};
  EXPECT_EQ(nearest("--black", flags), "--black-box");
  EXPECT_EQ(nearest("x264", flags), "--x264enc");
  EXPECT_EQ(nearest("--max", flags), "") << "it may mean either";
  EXPECT_EQ(nearest("--max-v", flags), "--max-viewers");
  EXPECT_EQ(nearest("--bl", flags), "");
}

TEST(EditDistance, CountsLettersAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("port", "prot"), 1U);
  EXPECT_EQ(edit_distance("server", "serve"), 1U);
  EXPECT_EQ(edit_distance("camera", "cammera"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace rtcbot::app
