#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "rtcbot/actuator/output_line.hpp"
#include "rtcbot/actuator/output_record.hpp"

namespace rtcbot::actuator {
namespace {

using ::testing::HasSubstr;

safety::Output driving(double turn, double forward, std::uint32_t buttons = 0) {
  safety::Output output{.why = safety::StopReason::none, .speed = 1};
  output.controls.axis[0] = turn;
  output.controls.axis[1] = forward;
  output.controls.buttons = buttons;
  return output;
}

std::string packed(std::string_view format, const safety::Output& output, std::string_view fields = "",
                   std::optional<double> scale = std::nullopt, std::string begin = "") {
  const auto record = OutputRecord::make(format, fields, scale, std::move(begin));
  return record ? record->pack(output) : std::string("refused: ") + record.error().what();
}

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text.push_back(static_cast<char>(value));
  return text;
}

constexpr Timestamp kNow{std::chrono::hours(2)};

TEST(OutputLine, SaysAllThereIsToKnowInOneLine) {
  EXPECT_EQ(
      output_line(driving(0.2, 1), kNow),
      "{\"moving\":true,\"why\":\"\",\"axes\":[0.2,1.0],\"buttons\":0,\"mode\":\"\",\"speed\":1.0,\"ms\":7200000}\n");
}

TEST(OutputLine, SaysWhyTheRobotStands) {
  const auto line = nlohmann::json::parse(output_line({.why = safety::StopReason::dead_man}, kNow));
  EXPECT_EQ(line["moving"], false);
  EXPECT_EQ(line["why"], "dead_man");
  EXPECT_EQ(line["axes"], nlohmann::json::parse("[0.0,0.0]"));
}

TEST(OutputLine, HasTwoAxesAtLeast) {
  auto output = driving(0.5, 0);
  output.controls.axes = 1;
  EXPECT_EQ(nlohmann::json::parse(output_line(output, kNow))["axes"], nlohmann::json::parse("[0.5,0.0]"));
  output.controls.axes = 8;
  EXPECT_EQ(nlohmann::json::parse(output_line(output, kNow))["axes"].size(), 8u);
}

TEST(OutputLine, StaysOneLineOfJsonWhateverTheModeIs) {
  auto output = driving(0, 0);
  output.controls.mode = "a\n\"\xff";
  const auto line = output_line(output, kNow);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_FALSE(nlohmann::json::parse(line, nullptr, false).is_discarded());
}

TEST(OutputRecord, PutsTheAxesInOrderIntoNumbersWithASign) {
  EXPECT_EQ(packed("<hh", driving(-1, 0.5)), bytes({0x01, 0x80, 0x00, 0x40}));
  EXPECT_EQ(packed(">hh", driving(-1, 0.5)), bytes({0x80, 0x01, 0x40, 0x00}));
  EXPECT_EQ(packed("<bb", driving(1, -1), "", 100), bytes({100, 156}));
}

TEST(OutputRecord, PutsButtonsIntoNumbersWithoutOneAndMovingIntoABool) {
  EXPECT_EQ(packed("<bBx?", driving(0, 0, 0x105)), bytes({0, 5, 0, 1}));
  EXPECT_EQ(packed("<bBx?", {.why = safety::StopReason::stale_video}), bytes({0, 0, 0, 0}));
  EXPECT_EQ(packed("<I", driving(0, 0, 0xffffffffU)), bytes({255, 255, 255, 255}));
}

TEST(OutputRecord, TakesFractionsAsTheyAre) {
  EXPECT_EQ(packed("<ff", driving(1, -0.5)), bytes({0, 0, 0x80, 0x3f, 0, 0, 0, 0xbf}));
  EXPECT_EQ(packed(">d", driving(-1, 0)), bytes({0xbf, 0xf0, 0, 0, 0, 0, 0, 0}));
}

TEST(OutputRecord, DrivesTwoMotorsFromTwoAxes) {
  EXPECT_EQ(packed("<bb", driving(0, 1), "left,right", 100), bytes({100, 100}));
  EXPECT_EQ(packed("<bb", driving(1, 0), "left,right", 100), bytes({100, 156}));
  EXPECT_EQ(packed("<bb", driving(1, 1), "left,right", 100), bytes({100, 0})) << "no more than full speed";
  EXPECT_EQ(packed("<BB", driving(0, 0), "left,right"), bytes({128, 128})) << "the middle stands";
  EXPECT_EQ(packed("<BB", driving(0, -1), "left,right"), bytes({0, 0}));
}

TEST(OutputRecord, HasNamesForWhatElseThereIs) {
  auto output = driving(0, 0, 0x80000002U);
  output.speed = 0.5;
  output.controls.axis[7] = 1;
  EXPECT_EQ(packed("<BBBBB", output, "button0,button1,button31,speed,moving"), bytes({0, 1, 1, 128, 1}));
  EXPECT_EQ(packed("<bB", output, "axis7,why"), bytes({127, 0}));
  EXPECT_EQ(packed("<B", {.why = safety::StopReason::dead_man}, "why"),
            bytes({static_cast<int>(safety::StopReason::dead_man)}));
}

TEST(OutputRecord, BeginsWithWhatTheBoardLooksFor) {
  EXPECT_EQ(packed("<b", driving(1, 0), "", std::nullopt, bytes({0xc0, 0x69})), bytes({0xc0, 0x69, 127}));
}

TEST(OutputRecord, NeverLeavesTheRangeOfANumber) {
  EXPECT_EQ(packed("<b", driving(1, 0), "axis0", 1000), bytes({127}));
  EXPECT_EQ(packed("<b", driving(-1, 0), "axis0", 1000), bytes({0x80}));
  EXPECT_EQ(packed("<q", driving(-1, 0)).back(), static_cast<char>(0x80));
}

TEST(OutputRecord, SaysWhatIsWrongWithAFormat) {
  EXPECT_THAT(packed("hh", driving(0, 0)), HasSubstr("begins with <"));
  EXPECT_THAT(packed("", driving(0, 0)), HasSubstr("begins with <"));
  EXPECT_THAT(packed("<4s", driving(0, 0)), HasSubstr("not 's'"));
  EXPECT_THAT(packed("<", driving(0, 0)), HasSubstr("contains no number"));
  EXPECT_THAT(packed("<0h", driving(0, 0)), HasSubstr("contains no number"));
  EXPECT_THAT(packed("<h2", driving(0, 0)), HasSubstr("no type follows"));
  EXPECT_THAT(packed("<999999999999999999999h", driving(0, 0)), HasSubstr("at most 64 bytes"));
  EXPECT_THAT(packed("<hh", driving(0, 0), "left"), HasSubstr("has 2 numbers, but fields= names 1"));
  EXPECT_THAT(packed("<h", driving(0, 0), "axis8"), HasSubstr("fields= takes axis0"));
  EXPECT_THAT(packed("<hh", driving(0, 0), "left,"), HasSubstr("fields= takes axis0"));
}

TEST(StructFormat, ReadsBackWhatItWrote) {
  for (const std::string order : {"<", ">"}) {
    for (const char type : std::string("bBhHiIlLqQfd")) {
      SCOPED_TRACE(order + type);
      const auto format = StructFormat::parse(order + "x" + type).value();
      std::vector<std::uint8_t> record(format.size());
      const auto& item = format.items()[0];
      for (const double value : {item.least, item.most, 0.0, 1.0}) {
        format.put(record, item, value);
        EXPECT_EQ(format.get(record, item), value);
      }
    }
  }
}

}  // namespace
}  // namespace rtcbot::actuator
