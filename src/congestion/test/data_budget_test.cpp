#include "rtcbot/congestion/data_budget.hpp"

#include <gmock/gmock.h>

namespace rtcbot::congestion {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::int64_t kMegabyte = 1'000'000;

DataBudget::Config config(const char* text) { return {.allowance = parse_data_allowance(text).value()}; }

/// Somebody who always sends as much as the cap allows, in steps of a second.
struct Saturated {
  explicit Saturated(const char* text) : budget(Timestamp{}, config(text)) {}

  std::int64_t run(Duration time) {
    std::int64_t sent = 0;
    for (const Timestamp end = now + time; now < end; now += 1s) {
      const DataSize size = budget.cap(now) * Duration(1s);
      budget.use(now + 1s, size);
      sent += size.bytes();
    }
    return sent;
  }

  DataBudget budget;
  Timestamp now{};
};

TEST(DataBudgetSpec, MayBeOfOneInterface) {
  EXPECT_EQ(parse_data_budget("500MB/h").value(), (DataBudgetSpec{"", parse_data_allowance("500MB/h").value()}));
  EXPECT_EQ(parse_data_budget(" wwan0 = 2GB/day").value(),
            (DataBudgetSpec{"wwan0", parse_data_allowance("2GB/day").value()}));
}

TEST(DataBudgetSpec, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"=500MB/h", "'' in '=500MB/h' is not the name of an interface"},
      {"ww an=500MB/h", "'ww an' in"},
      {"a/b=500MB/h", "'a/b' in"},
      {"sixteen-letters-=5MB/h", "is not the name of an interface"},
      {"..=500MB/h", "'..' in"},
      {"wwan0=", "no '/'"},
      {"wwan0=500MB/hour", "'hour' is"},
      {"wwan0=5MB/h=", "'h=' is"}};
  for (const auto& [text, words] : cases) {
    const auto parsed = parse_data_budget(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code(), Errc::bad_config) << text;
    EXPECT_THAT(parsed.error().what(), HasSubstr(words)) << text;
  }
}

TEST(DataAllowance, TakesEveryForm) {
  const std::vector<std::pair<std::string, DataAllowance>> cases{
      {"500MB/h", {DataSize::bytes(500 * kMegabyte), 1h}},
      {" 2 GB / day ", {DataSize::bytes(2000 * kMegabyte), 24h}},
      {"10GB/month", {DataSize::bytes(10'000 * kMegabyte), 720h}},
      {"1.5GiB/week", {DataSize::bytes(1'610'612'736), 168h}},
      {"2000kB/min", {DataSize::bytes(2 * kMegabyte), 1min}},
      {"1TB/total", {DataSize::bytes(1'000'000 * kMegabyte), std::nullopt}},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parse_data_allowance(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().what();
    EXPECT_EQ(*parsed, expected) << text;
  }
}

TEST(DataAllowance, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases{{"", "no '/'"},
                                                               {"500MB", "no '/'"},
                                                               {"MB/h", "with a number"},
                                                               {"500/h", "'' is not kB"},
                                                               {"500mb/h", "'mb' is"},
                                                               {"500MB/hour", "'hour' is"},
                                                               {"500MB/", "'' is not min"},
                                                               {"-5MB/h", "from 1 MB"},
                                                               {"0MB/h", "from 1 MB"},
                                                               {"10kB/h", "from 1 MB"},
                                                               {"1e9GB/h", "'e9GB'"},
                                                               {"5000TB/h", "to 100 TB"},
                                                               {"nanMB/h", "with a number"},
                                                               {"5MB/h/h", "'h/h' is"}};
  for (const auto& [text, words] : cases) {
    const auto parsed = parse_data_allowance(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code(), Errc::bad_config);
    EXPECT_THAT(parsed.error().what(), HasSubstr(words)) << text;
  }
}

TEST(DataBudget, DoesNotHinderAShortDrive) {
  Saturated driver("10GB/month");
  EXPECT_EQ(driver.run(15min), 900 * kMegabyte) << "8 Mbit/s, as without a budget";
}

TEST(DataBudget, LetsNoPeriodSeeMoreThanTheAllowance) {
  Saturated driver("500MB/h");
  std::vector<std::int64_t> minutes;
  for (int i = 0; i < 300; ++i) minutes.push_back(driver.run(1min));
  std::int64_t hour = 0;
  for (std::size_t i = 0; i < minutes.size(); ++i) {
    hour += minutes[i] - (i >= 60 ? minutes[i - 60] : 0);
    EXPECT_LE(hour, 500 * kMegabyte) << "the hour that ends with minute " << i;
  }
  EXPECT_GT(hour, 240 * kMegabyte) << "what comes back is used";
}

TEST(DataBudget, SinksSmoothlyToTheRateAtWhichItComesBack) {
  Saturated driver("500MB/h");
  double before = static_cast<double>(driver.budget.cap(driver.now).bits_per_second());
  for (int i = 0; i < 3600; ++i) {
    driver.run(1s);
    const auto rate = static_cast<double>(driver.budget.cap(driver.now).bits_per_second());
    ASSERT_GT(rate, before * 0.98) << "second " << i;
    ASSERT_LE(rate, before);
    before = rate;
  }
  EXPECT_NEAR(before, static_cast<double>(driver.budget.refill().bits_per_second()), 0.05 * before);
}

TEST(DataBudget, NeverGoesBelowTheFloorAndPaysBack) {
  Saturated driver("20MB/h");
  driver.run(1h);
  EXPECT_EQ(driver.budget.cap(driver.now), DataRate::kilobits_per_second(150));
  EXPECT_LT(driver.budget.left(driver.now), DataSize()) << "the floor is more than comes back";
  EXPECT_EQ(driver.budget.left(driver.now + 24h), driver.budget.capacity());
}

TEST(DataBudget, GivesATotalOnlyOnce) {
  Saturated driver("100MB/total");
  EXPECT_EQ(driver.budget.capacity(), DataSize::bytes(100 * kMegabyte));
  driver.budget.use(driver.now, DataSize::bytes(100 * kMegabyte));
  EXPECT_EQ(driver.budget.left(driver.now + 1000h), DataSize());
}

TEST(DataBudget, GoesOnFromAFile) {
  DataBudget budget(Timestamp{}, config("500MB/h"));
  budget.restore(Timestamp{}, DataSize::bytes(10 * kMegabyte), 0s);
  EXPECT_EQ(budget.left(Timestamp{}), DataSize::bytes(10 * kMegabyte));
  budget.restore(Timestamp{}, DataSize::bytes(10 * kMegabyte), 12min);
  EXPECT_NEAR(static_cast<double>(budget.left(Timestamp{}).bytes()), 60.0 * kMegabyte, 1e4)
      << "a fifth of 250 MB came back";
  budget.restore(Timestamp{}, DataSize::bytes(10 * kMegabyte), -1h);
  EXPECT_EQ(budget.left(Timestamp{}), DataSize::bytes(10 * kMegabyte)) << "the clock was set back";
  budget.restore(Timestamp{}, DataSize::bytes(900 * kMegabyte), 100000h);
  EXPECT_EQ(budget.left(Timestamp{}), budget.capacity());
}

TEST(DataBudget, TellsEachMarkOnceUntilEnoughHasComeBack) {
  DataBudget budget(Timestamp{}, config("100MB/h"));
  Timestamp now{};
  const auto use = [&](std::int64_t megabytes) {
    budget.use(now, DataSize::bytes(megabytes * kMegabyte));
    return budget.take_mark(now);
  };
  EXPECT_EQ(use(20), std::nullopt);
  EXPECT_EQ(use(6), 50);
  EXPECT_EQ(use(1), std::nullopt);
  EXPECT_EQ(use(23), 100) << "80 is not told on the way";
  EXPECT_EQ(use(5), std::nullopt);
  now += 12min;  // 10 MB of 50 come back.
  EXPECT_EQ(budget.take_mark(now), std::nullopt);
  now += 2min;
  EXPECT_EQ(budget.take_mark(now), std::nullopt);
  EXPECT_EQ(use(10), 100);
}

TEST(DataBudget, ManySmallUsesLoseNoRefill) {
  DataBudget often(Timestamp{}, config("10GB/month"));
  DataBudget once(Timestamp{}, config("10GB/month"));
  often.use(Timestamp{}, DataSize::bytes(1000 * kMegabyte));
  once.use(Timestamp{}, DataSize::bytes(1000 * kMegabyte));
  Timestamp now{};
  for (int i = 0; i < 100'000; ++i) (void)often.left(now += 10ms);
  EXPECT_NEAR(static_cast<double>(often.left(now).bytes()), static_cast<double>(once.left(now).bytes()), 25'000);
}

}  // namespace
}  // namespace rtcbot::congestion
