#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "rtcbot/http_server.hpp"
#include "rtcbot/log.hpp"
#include "rtcbot/robot.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "support/eventually.hpp"

namespace rtcbot {
namespace {

using test::eventually;

constexpr std::int64_t kMegabyte = 1'000'000;

/// A robot on the loopback interface, whose server is only there to be dialled.
class DataUseTest : public testing::Test {
 protected:
  DataUseTest()
      : folder_(std::filesystem::temp_directory_path() / ("rtcbot-data-" + std::to_string(::getpid()))),
        server_(HttpServer::Options{.address = "127.0.0.1", .port = 0}) {
    std::filesystem::create_directories(folder_);
    server_.start();
  }
  ~DataUseTest() override { std::filesystem::remove_all(folder_); }

  void SetUp() override { set_log({}); }

  [[nodiscard]] std::string file() const { return folder_ / "budget.json"; }

  [[nodiscard]] std::unique_ptr<Robot> robot(const std::string& budget) const {
    Robot::Options options;
    options.data_budget = budget;
    options.data_budget_file = file();
    return std::make_unique<Robot>("ws://127.0.0.1:" + std::to_string(server_.port()) + "/ws", options);
  }

  static Robot::DataUse use_of(Robot& robot) {
    robot.start();
    std::optional<Robot::DataUse> seen;
    EXPECT_TRUE(eventually([&] {
      seen = robot.stats().data;
      return seen && seen->bytes_used > 0;
    }));
    return seen.value_or(Robot::DataUse{});
  }

 private:
  std::filesystem::path folder_;
  HttpServer server_;
};

TEST_F(DataUseTest, IsCountedWithoutABudget) {
  const auto one = robot("");
  const auto use = use_of(*one);
  EXPECT_EQ(use.interface, "lo");
  EXPECT_EQ(use.interfaces.at("lo"), use.bytes_used);
  EXPECT_FALSE(use.bytes_left);
  EXPECT_FALSE(use.limit);
  one->close();
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(DataUseTest, GoesOnFromTheFileOfAnEarlierRun) {
  std::int64_t used = 0, since = 0;
  {
    const auto one = robot("500MB/h");
    const auto use = use_of(*one);
    used = use.bytes_used;
    since = use.since_ms;
    EXPECT_LT(*use.bytes_left, 250 * kMegabyte);
    one->close();
  }
  const auto again = robot("500MB/h");
  const auto use = use_of(*again);
  EXPECT_GE(use.bytes_used, used);
  EXPECT_EQ(use.since_ms, since);
  EXPECT_TRUE(use.limit);
}

TEST_F(DataUseTest, ReadsAFileThatKnowsOneInterface) {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  std::ofstream(file()) << Json{{"budget", "5GB/total"}, {"left", 1000}, {"at_ms", runtime::unix_time_ms()},
                                {"interface", "lo"},     {"counter", 0}, {"boot", boot}};
  const auto one = robot("5GB/total");
  const auto use = use_of(*one);
  EXPECT_GT(use.interfaces.at("lo"), 1000) << "all that passed since, with what the server and the robot said";
  EXPECT_EQ(*use.bytes_left, 1000 - use.bytes_used);
}

TEST_F(DataUseTest, LimitsNothingWhereTheBudgetIsOfAnotherInterface) {
  const auto one = robot("nowhere0=500MB/h");
  const auto use = use_of(*one);
  EXPECT_EQ(use.bytes_left, 250 * kMegabyte);
  EXPECT_EQ(use.interfaces.at("nowhere0"), 0);
  EXPECT_FALSE(use.limit);
}

TEST_F(DataUseTest, LimitsWhereTheBudgetIsOfThatInterface) {
  const auto one = robot("lo=500MB/h");
  const auto use = use_of(*one);
  EXPECT_LT(*use.bytes_left, 250 * kMegabyte);
  EXPECT_TRUE(use.limit);
}

}  // namespace
}  // namespace rtcbot
