#include "rtcbot/linklab/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::linklab {
namespace {

using std::chrono::milliseconds;

Command parsed(std::string_view line) { return value_or_throw(parse_command(line)); }

TEST(Command, OutagesBeginAndEnd) {
  EXPECT_EQ(parsed("outage up 2.5"), Command(OutageCommand{{true, false}, milliseconds(2500), OutageQueue::hold}));
  EXPECT_EQ(parsed("outage both 2 drop"), Command(OutageCommand{{true, true}, milliseconds(2000), OutageQueue::drop}));
  EXPECT_EQ(parsed(" outage  down end\r"), Command(OutageCommand{{false, true}, std::nullopt, OutageQueue::hold}));
}

TEST(Command, RatesRebindingsAndAddresses) {
  EXPECT_EQ(parsed("rate up 1M"), Command(RateCommand{{true, false}, DataRate::kilobits_per_second(1000)}));
  EXPECT_EQ(parsed("rebind"), Command(RebindCommand{}));
  EXPECT_EQ(parsed("rebind 10.77.0.9"), Command(RebindCommand{0x0a4d0009}));
  EXPECT_EQ(parsed("address a 10.77.0.9/24"), Command(AddressCommand{true, "10.77.0.9/24"}));
  EXPECT_EQ(parsed("address b 10.0.0.1/8,fd00::1/64"), Command(AddressCommand{false, "10.0.0.1/8,fd00::1/64"}));
}

TEST(Command, SingleWords) {
  EXPECT_EQ(parsed("start"), Command(StartCommand{}));
  EXPECT_EQ(parsed("stats"), Command(StatsCommand{}));
  EXPECT_EQ(parsed("quit"), Command(QuitCommand{}));
}

TEST(Command, SaysWhatWouldHaveBeenRight) {
  for (const auto* bad : {"", "fly", "stats now", "outage", "outage up", "outage up 0", "outage up 1 keep",
                          "outage up end drop", "rate up", "rate left 1M", "rate up fast", "rebind here",
                          "address c 10.0.0.1/8", "address a x/24", "address a 10.0.0.1"}) {
    EXPECT_FALSE(parse_command(bad)) << bad;
  }
  EXPECT_THAT(parse_command("outage up").error().what(), testing::HasSubstr("SECONDS"));
}

}  // namespace
}  // namespace rtcbot::linklab
