// The sketch as it is, on a board of the test's own, fed with what the robot program writes for the --drive of the
// README.
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "arduino.hpp"
#include "rtcbot/actuator/sink_spec.hpp"

#include "../two_motors/two_motors.ino"  // NOLINT: it needs what is above.

namespace {

using rtcbot::safety::Output;

const std::string kDrive = "serial:/dev/board?begin=c069&write=<hhB&fields=left,right,moving&scale=255&delay=2000";

std::string record_of(double turn, double forward, bool moving = true) {
  const auto spec = rtcbot::actuator::parse_sink_spec(kDrive);
  Output output;
  output.why = moving ? rtcbot::safety::StopReason::none : rtcbot::safety::StopReason::local;
  output.controls.axis[0] = turn;
  output.controls.axis[1] = forward;
  return std::get<rtcbot::actuator::SerialSink>(*spec).record->pack(output);
}

void receive(const std::string& bytes) {
  board::received.insert(board::received.end(), bytes.begin(), bytes.end());
  loop();
}

/// -255 to 255, by the pins of one side.
int speed_at(std::uint8_t duty_pin, std::uint8_t forward_pin, std::uint8_t back_pin) {
  const int direction = board::digital.at(forward_pin) - board::digital.at(back_pin);
  return direction * board::analog.at(duty_pin);
}
int left() { return speed_at(LEFT_SPEED, LEFT_FORWARD, LEFT_BACK); }
int right() { return speed_at(RIGHT_SPEED, RIGHT_FORWARD, RIGHT_BACK); }

class TwoMotorsSketch : public testing::Test {
 protected:
  TwoMotorsSketch() {
    board::digital = board::analog = {};
    board::received.clear();
    board::clock_ms += 10'000;
    used = 0;
    setup();
  }
};

TEST_F(TwoMotorsSketch, DrivesAsTheRobotSays) {
  ASSERT_EQ(record_of(0, 1).size(), RECORD_BYTES);
  receive(record_of(0, 1));
  EXPECT_EQ(left(), 255);
  EXPECT_EQ(right(), 255);
  receive(record_of(0, -0.5));
  EXPECT_EQ(left(), -128);
  EXPECT_EQ(right(), -128);
  receive(record_of(0.5, 0));
  EXPECT_EQ(left(), 128);
  EXPECT_EQ(right(), -128);
}

TEST_F(TwoMotorsSketch, StopsWhenTheRobotSaysSo) {
  receive(record_of(0, 1));
  receive(record_of(0, 1, false));
  EXPECT_EQ(left(), 0);
  EXPECT_EQ(right(), 0);
}

TEST_F(TwoMotorsSketch, StopsByItselfWithoutRecords) {
  receive(record_of(0, 1));
  board::clock_ms += DEAD_MAN_MS;
  loop();
  EXPECT_EQ(left(), 255);
  board::clock_ms += 1;
  loop();
  EXPECT_EQ(left(), 0);
  EXPECT_EQ(right(), 0);
}

TEST_F(TwoMotorsSketch, IsNotKeptAwakeByNoise) {
  receive(record_of(0, 1));
  for (int ms = 0; ms <= 400; ms += 10) {
    board::clock_ms += 10;
    receive("\xc0\x69\x7f\x7f\x7f\x7f\x01noise");
  }
  EXPECT_EQ(left(), 0) << "full speed is 255: no such record is the robot's";
}

TEST_F(TwoMotorsSketch, FindsTheNextRecordAfterATornOne) {
  const auto whole = record_of(0, 0.5);
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    used = 0;
    receive(whole.substr(cut) + whole + whole);
    EXPECT_EQ(left(), 128) << cut;
    EXPECT_EQ(right(), 128) << cut;
  }
}

TEST_F(TwoMotorsSketch, TakesRecordsInPieces) {
  for (const char byte : record_of(0, 1)) receive(std::string(1, byte));
  EXPECT_EQ(left(), 255);
}

}  // namespace
