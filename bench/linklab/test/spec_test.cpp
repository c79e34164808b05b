#include "rtcbot/linklab/spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::linklab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

TEST(Spec, ReadsRates) {
  EXPECT_EQ(value_or_throw(parse_rate("5M")), DataRate::bits_per_second(5'000'000));
  EXPECT_EQ(value_or_throw(parse_rate("1.5M")), DataRate::bits_per_second(1'500'000));
  EXPECT_EQ(value_or_throw(parse_rate("800k")), DataRate::bits_per_second(800'000));
  EXPECT_EQ(value_or_throw(parse_rate("64000")), DataRate::bits_per_second(64'000));
  for (const auto* bad : {"", "M", "5m", "-1", "5 M", "1e99", "nan", "inf"}) EXPECT_FALSE(parse_rate(bad)) << bad;
}

TEST(Spec, ReadsLosses) {
  EXPECT_EQ(value_or_throw(parse_loss("0.01")), (GilbertElliott{0, 1, 0.01, 1}));
  EXPECT_EQ(value_or_throw(parse_loss("p=0.005,r=0.3,bad=0.8")), (GilbertElliott{0.005, 0.3, 0, 0.8}));
  for (const auto* bad : {"", "2", "p=1.5", "q=0.1", "p=0.1,", "p"}) EXPECT_FALSE(parse_loss(bad)) << bad;
}

TEST(Spec, ReadsReorderings) {
  EXPECT_EQ(value_or_throw(parse_reordering("0.02+15")), (Reordering{0.02, milliseconds(15)}));
  for (const auto* bad : {"", "0.02", "2+15", "0.1+-1"}) EXPECT_FALSE(parse_reordering(bad)) << bad;
}

TEST(Spec, ReadsOutages) {
  EXPECT_EQ(value_or_throw(parse_outage("20+2.5")), (Outage{seconds(20), milliseconds(2500), OutageQueue::hold}));
  EXPECT_EQ(value_or_throw(parse_outage("0+1:drop")), (Outage{seconds(0), seconds(1), OutageQueue::drop}));
  for (const auto* bad : {"", "20", "20+0", "20+1:keep", "-1+2"}) EXPECT_FALSE(parse_outage(bad)) << bad;
}

TEST(Spec, ReadsSteps) {
  LinkConfig config;
  ASSERT_TRUE(apply_source(config, "steps:0=5M,20=1M,40.5=800k"));
  EXPECT_EQ(config.rate, DataRate::kilobits_per_second(5000));
  EXPECT_THAT(config.steps, ElementsAre(RateStep{seconds(0), DataRate::kilobits_per_second(5000)},
                                        RateStep{seconds(20), DataRate::kilobits_per_second(1000)},
                                        RateStep{milliseconds(40'500), DataRate::kilobits_per_second(800)}));
  for (const auto* bad : {"steps:", "steps:1M", "steps:20=1M,10=2M", "steps:0=", "trace:/tmp/x", "walk", ""}) {
    EXPECT_FALSE(apply_source(config, bad)) << bad;
  }
}

TEST(Spec, MakesTracesByName) {
  LinkConfig config;
  ASSERT_TRUE(apply_source(config, "trace:drive"));
  ASSERT_TRUE(config.trace);
  EXPECT_NEAR(static_cast<double>(config.trace->mean_rate().bits_per_second()), 2e6, 0.02e6);
  ASSERT_TRUE(apply_source(config, "800k"));
  EXPECT_FALSE(config.trace);
}

TEST(Validate, RefusesWhatIsOutOfRange) {
  LinkConfig config;
  EXPECT_TRUE(validate(config));
  config.rate_scale = 0;
  EXPECT_FALSE(validate(config));
  config = {};
  config.steps = {{seconds(2), config.rate}, {seconds(1), config.rate}};
  EXPECT_FALSE(validate(config));
  config = {};
  config.queue_limit = DataSize();
  EXPECT_FALSE(validate(config));
  config = {};
  config.outages = {{seconds(1), seconds(0), OutageQueue::hold}};
  EXPECT_FALSE(validate(config));
  config = {};
  config.loss.good_to_bad = 1.1;
  EXPECT_FALSE(validate(config));
}

}  // namespace
}  // namespace rtcbot::linklab
