#include "rtcbot/device/data_ledger.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rtcbot::device {
namespace {

using Passed = std::map<std::string, std::int64_t>;

constexpr const char* kTable =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier "
    "compressed\n"
    "    lo: 1000      10    0    0    0     0          0         0     1000      10    0    0    0     0       0      "
    "    0\n"
    " wwan0: 5000000000   1    2    3    4     5          6         7 6000000000      11    0    0    0     0       0  "
    "        0\n"
    "  eth0:7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0\n"
    " short: 1 2 3\n";

/// The kernel's table, with so many bytes received by each.
std::string table(const Passed& counters) {
  std::string text = "Inter-|   Receive\n face |bytes\n";
  for (const auto& [name, bytes] : counters) {
    text += name + ": " + std::to_string(bytes) + " 1 0 0 0 0 0 0 0 1 0 0 0 0 0 0\n";
  }
  return text;
}

TEST(BytesByInterface, AddsBothDirections) {
  const auto all = bytes_by_interface(kTable);
  EXPECT_EQ(all, (Passed{{"lo", 2000}, {"wwan0", 11'000'000'000}, {"eth0", 15}})) << "long numbers leave no space";
}

TEST(BytesByInterface, FindsNothingInNothing) {
  EXPECT_TRUE(bytes_by_interface("").empty());
  EXPECT_TRUE(bytes_by_interface(": 1 2 3 4 5 6 7 8 9\n:\n").empty());
}

TEST(DataLedger, CountsEachOfTwoWaysThatAlternate) {
  DataLedger ledger;
  EXPECT_EQ(ledger.take("wwan0", table({{"wwan0", 1000}, {"wlan0", 500}})), Passed());
  EXPECT_EQ(ledger.take("wwan0", table({{"wwan0", 1100}, {"wlan0", 500}})), (Passed{{"wwan0", 100}}));
  EXPECT_EQ(ledger.take("wlan0", table({{"wwan0", 1130}, {"wlan0", 507}})), (Passed{{"wwan0", 30}, {"wlan0", 7}}))
      << "the last of the old way and the first of the new one";
  EXPECT_EQ(ledger.take("wlan0", table({{"wwan0", 1130}, {"wlan0", 607}})), (Passed{{"wlan0", 100}}));
  EXPECT_EQ(ledger.take("wwan0", table({{"wwan0", 1170}, {"wlan0", 617}})), (Passed{{"wwan0", 40}, {"wlan0", 10}}));
  EXPECT_EQ(ledger.entries(), (DataLedger::Entries{{"wlan0", {117, 617}}, {"wwan0", {170, 1170}}}));
}

TEST(DataLedger, CountsNothingOfInterfacesThatWereNeverTheWay) {
  DataLedger ledger;
  (void)ledger.take("wwan0", table({{"wwan0", 0}, {"docker0", 0}}));
  EXPECT_EQ(ledger.take("wwan0", table({{"wwan0", 1}, {"docker0", 9'000}})), (Passed{{"wwan0", 1}}));
  EXPECT_FALSE(ledger.entries().contains("docker0"));
}

TEST(DataLedger, CountsFromItsBeginWhatCameUpOrBeganAnew) {
  DataLedger ledger;
  (void)ledger.take("", table({{"wwan0", 1000}}));
  EXPECT_EQ(ledger.take("ppp0", table({{"wwan0", 1000}, {"ppp0", 70}})), (Passed{{"ppp0", 70}}));
  EXPECT_EQ(ledger.take("ppp0", table({{"ppp0", 20}})), (Passed{{"ppp0", 20}})) << "a modem's reset";
  EXPECT_EQ(ledger.take("", table({{"lo", 1}})), Passed()) << "it is gone";
  EXPECT_EQ(ledger.take("", table({{"ppp0", 90}})), (Passed{{"ppp0", 90}})) << "another one of its name";
}

TEST(DataLedger, LosesNothingWhereTheTableCannotBeRead) {
  DataLedger ledger;
  (void)ledger.take("wwan0", table({{"wwan0", 1000}}));
  EXPECT_EQ(ledger.take("wwan0", ""), Passed());
  EXPECT_EQ(ledger.take("wwan0", table({{"wwan0", 1500}})), (Passed{{"wwan0", 500}}));
}

TEST(DataLedger, GoesOnFromWhereItWas) {
  DataLedger first;
  (void)first.take("wwan0", table({{"wwan0", 1000}}));
  (void)first.take("wwan0", table({{"wwan0", 1500}}));
  DataLedger second;
  second.resume(first.entries(), first.others());
  EXPECT_EQ(second.take("wlan0", table({{"wwan0", 1600}, {"wlan0", 77}})), (Passed{{"wwan0", 100}}));
  EXPECT_EQ(second.entries().at("wwan0").bytes, 600);
}

TEST(DataLedger, KeepsItsBoundAndTheSum) {
  DataLedger ledger;
  ledger.watch("wwan0");
  Passed counters;
  for (int i = 0; i < 40; ++i) {
    const std::string name = std::string("ppp").append(std::to_string(i));
    counters[name] = 0;
    (void)ledger.take(name, table(counters));
    counters[name] = 10;
    (void)ledger.take(name, table(counters));
  }
  const auto entries = ledger.entries();
  EXPECT_EQ(entries.size(), DataLedger::kMaxInterfaces);
  EXPECT_TRUE(entries.contains("ppp39"));
  EXPECT_TRUE(entries.contains("wwan0")) << "it is to be counted in any case";
  std::int64_t sum = ledger.others();
  for (const auto& [name, entry] : entries) sum += entry.bytes;
  EXPECT_EQ(sum, 400);
}

TEST(DataLedger, CountsOneThatIsWatchedThoughItIsNotTheWay) {
  DataLedger ledger;
  ledger.watch("wwan0");
  (void)ledger.take("wg0", table({{"wwan0", 1000}, {"wg0", 10}}));
  EXPECT_EQ(ledger.take("wg0", table({{"wwan0", 1100}, {"wg0", 90}})), (Passed{{"wwan0", 100}, {"wg0", 80}}));
}

}  // namespace
}  // namespace rtcbot::device
