#include "rtcbot/actuator/telemetry.hpp"

#include <gmock/gmock.h>

namespace rtcbot::actuator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::json;
using std::chrono::seconds;

constexpr Timestamp kBegin{seconds(100)};

TEST(TelemetryLines, JoinsWhatComesInPieces) {
  TelemetryLines lines;
  EXPECT_THAT(lines.feed(kBegin, "{\"a\":"), IsEmpty());
  EXPECT_THAT(lines.feed(kBegin, "1}\n[2]\n\n  \r\n3"), ElementsAre(Json{{"a", 1}}, Json::array({2})));
  EXPECT_THAT(lines.feed(kBegin, "\n"), ElementsAre(Json(3)));
  EXPECT_EQ(lines.counts(), (TelemetryCounts{.taken = 3}));
}

TEST(TelemetryLines, CountsWhatIsNotJsonAndGoesOn) {
  TelemetryLines lines;
  EXPECT_THAT(lines.feed(kBegin, "starting motors\n{\"a\":}\n1\n"), ElementsAre(Json(1)));
  EXPECT_EQ(lines.counts(), (TelemetryCounts{.taken = 1, .not_json = 2}));
}

TEST(TelemetryLines, KeepsTheRestOfALineWithAValueThatJsonCannotSay) {
  TelemetryLines lines;
  EXPECT_THAT(
      lines.feed(kBegin, "{\"current\":NaN,\"battery\":11.5}\n{\"name\":\"caf\xe9\",\"x\":1e999,\"battery\":11}\n"),
      ElementsAre(Json{{"current", nullptr}, {"battery", 11.5}},
                  Json{{"name", "caf\xEF\xBF\xBD"}, {"x", nullptr}, {"battery", 11}}));
  EXPECT_EQ(lines.counts(), (TelemetryCounts{.taken = 2, .mended = 2}));
  EXPECT_EQ(lines.samples().mended, "{\"name\":\"caf?\",\"x\":1e999,\"battery\":11}");
  EXPECT_THAT(lines.feed(kBegin, "nan\nhello\n"), IsEmpty()) << "a word is no telemetry";
}

TEST(TelemetryFaults, TellsEachKindOnce) {
  TelemetryFaults faults;
  EXPECT_THAT(faults.news({.taken = 7}, {}), IsEmpty());
  EXPECT_THAT(faults.news({.mended = 1}, {.mended = "{NaN}"}), ElementsAre(HasSubstr("as null: {NaN} (logged once")));
  EXPECT_THAT(faults.news({.mended = 9}, {.mended = "{NaN}"}), IsEmpty());
  EXPECT_THAT(faults.news({.mended = 9, .not_json = 2, .too_long = 1, .too_many = 1}, {.not_json = "x"}), SizeIs(3));
  EXPECT_THAT(faults.news({.mended = 10, .not_json = 3, .too_long = 2, .too_many = 2}, {.not_json = "x"}), IsEmpty());
}

TEST(TelemetryLines, PassesOverALineThatIsTooLongAndOnlyThat) {
  TelemetryLines lines;
  const std::string half(TelemetryLines::kMaxBytes / 2 + 1, '1');
  EXPECT_THAT(lines.feed(kBegin, half), IsEmpty());
  EXPECT_THAT(lines.feed(kBegin, half), IsEmpty());
  EXPECT_THAT(lines.feed(kBegin, "1\n2\n"), ElementsAre(Json(2)));
  EXPECT_EQ(lines.counts(), (TelemetryCounts{.taken = 1, .too_long = 1}));
}

TEST(TelemetryLines, TakesALineOfExactlyTheLimit) {
  TelemetryLines lines;
  const std::string text = "\"" + std::string(TelemetryLines::kMaxBytes - 2, 'x') + "\"\n";
  EXPECT_THAT(lines.feed(kBegin, text), SizeIs(1));
}

TEST(TelemetryLines, RefusesWhatIsNestedSoDeeplyThatWritingItNeedsADeepStack) {
  TelemetryLines lines;
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']') + "\n";
  };
  EXPECT_THAT(lines.feed(kBegin, nested(TelemetryLines::kDeepest)), SizeIs(1));
  EXPECT_THAT(lines.feed(kBegin, nested(TelemetryLines::kDeepest + 1)), IsEmpty());
  EXPECT_THAT(lines.feed(kBegin, "\"[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"\n"), SizeIs(1))
      << "brackets in a text are no nesting";
}

TEST(TelemetryLines, TakesFiftyASecondHoweverManyCome) {
  TelemetryLines lines;
  std::string flood;
  for (int i = 0; i < 1000; ++i) flood += "1\n";
  EXPECT_THAT(lines.feed(kBegin, flood), SizeIs(50));
  EXPECT_THAT(lines.feed(kBegin + std::chrono::milliseconds(100), flood), SizeIs(5));
  EXPECT_THAT(lines.feed(kBegin + seconds(1000), flood), SizeIs(50));
  EXPECT_EQ(lines.counts(), (TelemetryCounts{.taken = 105, .too_many = 2895}));
}

TelemetryRecords records(std::string begin) {
  return {StructFormat::parse("<hB").value(), {"turn", "battery"}, std::move(begin)};
}

TEST(TelemetryRecords, NamesTheNumbersOfARecord) {
  auto reader = records("");
  EXPECT_THAT(reader.feed(kBegin, std::string_view("\xfe\xff", 2)), IsEmpty());
  EXPECT_THAT(reader.feed(kBegin, std::string_view("\x0c\x01\x00\x0b", 4)),
              ElementsAre(Json{{"turn", -2}, {"battery", 12}}, Json{{"turn", 1}, {"battery", 11}}));
}

TEST(TelemetryRecords, FindsTheBeginAmongOtherBytes) {
  auto reader = records("\xc0i");
  EXPECT_THAT(reader.feed(kBegin, std::string_view("noise\xc0\xc0i\x01\x00", 10)), IsEmpty());
  EXPECT_THAT(reader.feed(kBegin, std::string_view("\x0b\xc0", 2)), ElementsAre(Json{{"turn", 1}, {"battery", 11}}));
  EXPECT_THAT(reader.feed(kBegin, std::string_view("i\x02\x00\x0a", 4)),
              ElementsAre(Json{{"turn", 2}, {"battery", 10}}));
}

TEST(TelemetryRecords, SaysNothingForWhatIsNoNumber) {
  TelemetryRecords reader(StructFormat::parse("<f?").value(), {"x", "on"}, "");
  EXPECT_THAT(reader.feed(kBegin, std::string_view("\x00\x00\xc0\x7f\x02", 5)),
              ElementsAre(Json{{"x", nullptr}, {"on", true}}));
  EXPECT_EQ(reader.counts(), (TelemetryCounts{.taken = 1, .mended = 1}));
}

}  // namespace
}  // namespace rtcbot::actuator
