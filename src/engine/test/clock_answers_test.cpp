#include "../clock_answers.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rtcbot::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(100)};
constexpr double kUnix = 1'795'357'824'525.25;

TEST(ClockAnswers, RepeatsTheQuestionAndAddsTheTime) {
  ClockAnswers answers;
  EXPECT_EQ(answers.on_message(kStart, "clock 1842.9", kUnix), "clock 1842.9 1795357824525.250");
  EXPECT_EQ(answers.on_message(kStart, "clock -3", kUnix), "clock -3 1795357824525.250");
  EXPECT_EQ(answers.refused(), 0);
}

TEST(ClockAnswers, KeepsWhatTheDriverSees) {
  ClockAnswers answers;
  EXPECT_FALSE(answers.seen());
  EXPECT_EQ(answers.on_message(kStart, "seen 240 2 61.5 108", kUnix), std::nullopt);
  EXPECT_EQ(answers.seen(), (SeenByViewer{.frames = 240, .freezes = 2, .delay_p50_ms = 61.5, .delay_p95_ms = 108}));
  (void)answers.on_message(kStart, "seen 270 2 - -", kUnix);
  EXPECT_EQ(answers.seen(), (SeenByViewer{.frames = 270, .freezes = 2}));
  EXPECT_EQ(answers.refused(), 0);
}

TEST(ClockAnswers, CountsWhatItDoesNotUnderstandAndKeepsWhatItKnew) {
  ClockAnswers answers;
  (void)answers.on_message(kStart, "seen 1 0 50 60", kUnix);
  const auto known = answers.seen();
  const std::string long_time = "clock " + std::string(200, '1');
  const std::string_view wrong[] = {"",
                                    " ",
                                    "clock",
                                    "clock ",
                                    "clock x",
                                    "clock nan",
                                    "clock inf",
                                    "clock 1e300",
                                    "clock 1 2",
                                    "clock  1",
                                    "clock 1 ",
                                    "Clock 1",
                                    "seen",
                                    "seen 1 0 50",
                                    "seen 1 0 50 60 70",
                                    "seen -1 0 50 60",
                                    "seen 1.5 0 50 60",
                                    "seen 1 0 nan 60",
                                    "seen 1 0 50 -60",
                                    "seen 1 0 50 9e9",
                                    "seen 99999999999999999999 0 5 6",
                                    long_time};
  Timestamp now = kStart;
  for (const auto text : wrong) {
    SCOPED_TRACE(text);
    now += seconds(1);
    const auto before = answers.refused();
    EXPECT_EQ(answers.on_message(now, text, kUnix), std::nullopt);
    EXPECT_EQ(answers.refused(), before + 1);
  }
  EXPECT_EQ(answers.seen(), known);
}

TEST(ClockAnswers, RefusesAFloodAndAnswersAgainAfterIt) {
  ClockAnswers answers;
  int answered = 0;
  for (int i = 0; i < 1'000; ++i) answered += answers.on_message(kStart, "clock 1", kUnix) ? 1 : 0;
  EXPECT_EQ(answered, ClockAnswers::kBurst);
  EXPECT_EQ(answers.refused(), 1'000 - ClockAnswers::kBurst);
  EXPECT_FALSE(answers.on_message(kStart + milliseconds(100), "clock 1", kUnix));
  EXPECT_TRUE(answers.on_message(kStart + milliseconds(300), "clock 1", kUnix));
}

}  // namespace
}  // namespace rtcbot::engine
