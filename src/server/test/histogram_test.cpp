#include "histogram.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "process_figures.hpp"

namespace rtcbot::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::size_t bound(double limit) {
  for (std::size_t i = 0; i < DurationHistogram::kBounds.size(); ++i) {
    if (DurationHistogram::kBounds.at(i) == limit) return i;
  }
  ADD_FAILURE() << "no such bound";
  return 0;
}

TEST(DurationHistogram, CountsUpToEachBoundAndTheBoundItself) {
  DurationHistogram times;
  times.observe(milliseconds(5));
  times.observe(milliseconds(6));
  times.observe(milliseconds(200));
  EXPECT_EQ(times.at_most(bound(0.005)), 1);
  EXPECT_EQ(times.at_most(bound(0.01)), 2);
  EXPECT_EQ(times.at_most(bound(0.1)), 2);
  EXPECT_EQ(times.at_most(bound(0.25)), 3);
  EXPECT_EQ(times.count(), 3);
  EXPECT_NEAR(times.sum_seconds(), 0.211, 1e-9);
}

TEST(DurationHistogram, CountsWhatIsBeyondTheLastBoundInTheCountAlone) {
  DurationHistogram times;
  times.observe(seconds(60));
  EXPECT_EQ(times.at_most(DurationHistogram::kBounds.size() - 1), 0);
  EXPECT_EQ(times.count(), 1);
}

TEST(DurationHistogram, TakesAClockThatWentBackForNoTime) {
  DurationHistogram times;
  times.observe(milliseconds(-3));
  EXPECT_EQ(times.at_most(0), 1);
  EXPECT_EQ(times.sum_seconds(), 0);
}

TEST(ProcessFigures, AreThoseOfARunningProgram) {
  const ProcessFigures figures = read_process_figures();
  EXPECT_GT(figures.cpu_seconds, 0);
  EXPECT_GT(figures.resident_bytes, 1'000'000);
  EXPECT_GE(figures.open_descriptors, 3);
  EXPECT_LT(figures.open_descriptors, figures.max_descriptors);
}

}  // namespace
}  // namespace rtcbot::server
