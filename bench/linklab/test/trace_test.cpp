#include "rtcbot/linklab/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtcbot/linklab/trace_maker.hpp"

namespace rtcbot::linklab {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

std::string error_of(std::string_view text) {
  const auto trace = parse_trace(text);
  return trace ? "none" : trace.error().what();
}

/// The lengths of the times without any opportunity that are longer than `limit_ms`.
std::vector<std::int64_t> gaps_above(const Trace& trace, std::int64_t limit_ms) {
  std::vector<std::int64_t> gaps;
  const auto& times = trace.opportunities_ms();
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (times[i] - times[i - 1] > limit_ms) gaps.push_back(times[i] - times[i - 1]);
  }
  return gaps;
}

Trace made(std::string_view name, std::uint64_t seed = 1) {
  return value_or_throw(generate_trace(value_or_throw(made_trace_spec(name)), seed));
}

TEST(ParseTrace, ReadsALineForEachOpportunity) {
  const auto trace = value_or_throw(parse_trace("0\r\n7\n 7\n\n12 \n"));
  EXPECT_THAT(trace.opportunities_ms(), ElementsAre(0, 7, 7, 12));
  EXPECT_EQ(trace.period(), milliseconds(12));
  EXPECT_EQ(trace, value_or_throw(parse_trace(format_trace(trace))));
}

TEST(ParseTrace, SaysWhichLineIsWrongAndWhy) {
  EXPECT_THAT(error_of(""), HasSubstr("no line"));
  EXPECT_THAT(error_of("1\n2\nx3\n"), AllOf(HasSubstr("line 3"), HasSubstr("'x3'"), HasSubstr("not a number")));
  EXPECT_THAT(error_of("1\n5\n4\n"), AllOf(HasSubstr("line 3"), HasSubstr("ascend")));
  EXPECT_THAT(error_of("1.5\n"), HasSubstr("not a number"));
  EXPECT_THAT(error_of("-1\n"), HasSubstr("below zero"));
  EXPECT_THAT(error_of("0\n0\n"), HasSubstr("last time is its length"));
  EXPECT_THAT(error_of("99999999999\n"), HasSubstr("a week"));
  EXPECT_THAT(error_of("99999999999999999999999\n"), HasSubstr("not a number"));
}

TEST(Trace, CountsOverLaps) {
  const auto trace = value_or_throw(parse_trace("0\n4\n4\n10\n"));
  EXPECT_EQ(trace.count_until(milliseconds(0)), 0);
  EXPECT_EQ(trace.count_until(Duration(3999)), 0);
  EXPECT_EQ(trace.count_until(milliseconds(4)), 2);
  EXPECT_EQ(trace.count_until(milliseconds(10)), 4) << "its last, and the first of the next lap";
  EXPECT_EQ(trace.count_until(milliseconds(104)), 42);
  EXPECT_EQ(trace.mean_rate(), DataRate::bits_per_second(4 * 1504 * 8 * 100));
}

TEST(Trace, TellsTheNextOpportunity) {
  const auto trace = value_or_throw(parse_trace("0\n4\n4\n10\n"));
  EXPECT_EQ(trace.next_after(milliseconds(0)), milliseconds(4));
  EXPECT_EQ(trace.next_after(Duration(3999)), milliseconds(4));
  EXPECT_EQ(trace.next_after(milliseconds(4)), milliseconds(10));
  EXPECT_EQ(trace.next_after(milliseconds(10)), milliseconds(14));
}

TEST(MadeTrace, HasTheMeanThatItsNamePromises) {
  EXPECT_NEAR(static_cast<double>(made("city").mean_rate().bits_per_second()), 6e6, 0.05e6);
  EXPECT_NEAR(static_cast<double>(made("drive").mean_rate().bits_per_second()), 2e6, 0.02e6);
  EXPECT_NEAR(static_cast<double>(made("fast").mean_rate().bits_per_second()), 13e6, 0.1e6);
  EXPECT_EQ(made("city").period(), std::chrono::seconds(120));
}

TEST(MadeTrace, DrivesThroughGaps) {
  const auto gaps = gaps_above(made("drive"), 500);
  EXPECT_THAT(gaps.size(), AllOf(Ge(6U), Le(12U)));
  EXPECT_LE(*std::max_element(gaps.begin(), gaps.end()), 4700) << "the gap, and a rare opportunity on either side";
  EXPECT_TRUE(gaps_above(made("fast"), 500).empty());
}

TEST(MadeTrace, FadesAndWanders) {
  const auto trace = made("city");
  std::vector<std::int64_t> half_seconds(240);
  for (const auto time : trace.opportunities_ms())
    ++half_seconds[static_cast<std::size_t>(std::min<std::int64_t>(time, 119'999) / 500)];
  std::sort(half_seconds.begin(), half_seconds.end());
  EXPECT_LT(half_seconds[12] * 4, half_seconds[120]) << "in one of twenty half seconds a quarter of the median or less";
  EXPECT_GT(half_seconds[228], half_seconds[120] * 3 / 2);
}

TEST(MadeTrace, IsTheSameForTheSameSeed) {
  EXPECT_EQ(made("city", 3), made("city", 3));
  EXPECT_NE(made("city", 3), made("city", 4));
}

TEST(MadeTrace, RefusesWhatMakesNoSense) {
  TraceSpec spec;
  spec.length = milliseconds(10);
  EXPECT_FALSE(generate_trace(spec, 1));
  spec = {};
  spec.gap_length = {milliseconds(5), milliseconds(1)};
  EXPECT_FALSE(generate_trace(spec, 1));
  EXPECT_FALSE(made_trace_spec("moon"));
}

}  // namespace
}  // namespace rtcbot::linklab
