#include <gmock/gmock.h>

#include "support/bench.hpp"

namespace rtcbot::safety {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Bench;

TEST(Safety, StandsUntilSomebodyDrivesAndHasBeenNeutral) {
  Bench bench;
  EXPECT_EQ(bench.why(), StopReason::no_driver);
  bench.say(1);
  EXPECT_EQ(bench.why(), StopReason::no_driver);
  EXPECT_EQ(bench.safety.request(bench.now, bench.page), Outcome::done);
  EXPECT_EQ(bench.why(), StopReason::dead_man);
  bench.hold(1, milliseconds(200));
  EXPECT_EQ(bench.why(), StopReason::neutral_required);
  bench.say(0);
  EXPECT_EQ(bench.why(), StopReason::none);
  bench.say(1);
  EXPECT_EQ(bench.throttle(), 1);
}

TEST(Safety, StopsWhenCommandsEndAtTheLimitAndNotBefore) {
  Bench bench;
  bench.drive_off();
  bench.say(1);
  bench.pass(milliseconds(250) - Duration(1));
  EXPECT_EQ(bench.why(), StopReason::none);
  bench.pass(Duration(1));
  EXPECT_EQ(bench.why(), StopReason::dead_man);
  EXPECT_EQ(bench.throttle(), 0);
}

TEST(Safety, NeedsNoTimerToStop) {
  Bench bench;
  bench.drive_off();
  bench.say(1);
  bench.now += seconds(3);  // and nobody looked
  bench.say(1);
  EXPECT_EQ(bench.why(), StopReason::neutral_required) << "the gap counts although no timer has run";
}

TEST(Safety, AfterAGapTheControlsAreLetGoOfFirst) {
  Bench bench;
  bench.drive_off();
  bench.pass(seconds(1));
  bench.hold(1, seconds(1));
  EXPECT_EQ(bench.why(), StopReason::neutral_required);
  bench.say(0);
  bench.say(1);
  EXPECT_EQ(bench.throttle(), 1);
}

TEST(Safety, APressedButtonIsNotNeutral) {
  Bench bench;
  (void)bench.safety.request(bench.now, bench.page);
  auto command = bench.made(0);
  command.controls.buttons = 4;
  bench.safety.command(bench.now, bench.page, command);
  EXPECT_EQ(bench.why(), StopReason::neutral_required);
}

TEST(Safety, DropsOldCommandsAndCountsThem) {
  Bench bench;
  bench.drive_off();
  for (int i = 0; i < 20; ++i) {
    bench.say(1, milliseconds(310));
    bench.pass(milliseconds(20));
  }
  EXPECT_EQ(bench.why(), StopReason::dead_man) << "a stream of old commands keeps nobody going";
  EXPECT_EQ(bench.safety.counts(bench.page).stale, 20);
}

TEST(Safety, DropsReplayedAndReorderedCommands) {
  Bench bench;
  bench.drive_off();
  const auto first = bench.made(1);
  const auto second = bench.made(0.5);
  bench.safety.command(bench.now, bench.page, second);
  bench.safety.command(bench.now, bench.page, first);
  bench.safety.command(bench.now, bench.page, second);
  EXPECT_EQ(bench.throttle(), 0.5);
  EXPECT_EQ(bench.safety.counts(bench.page).late, 2);
  bench.pass(milliseconds(240));
  bench.safety.command(bench.now, bench.page, second);
  bench.pass(milliseconds(10));
  EXPECT_EQ(bench.why(), StopReason::dead_man) << "a replayed command does not feed the dead-man";
}

TEST(Safety, AClockThatIsMovedStopsAndIsLearntAnew) {
  Bench bench;
  bench.drive_off();
  bench.page_offset -= 60'000;  // the page's machine slept
  bench.hold(1, milliseconds(400));
  EXPECT_EQ(bench.why(), StopReason::none) << "each exchange is whole: nothing is older than it was";
  EXPECT_NE(bench.safety.counts(bench.page).taken, 0);
  bench.page_offset += 120'000;
  auto torn = bench.made(1);
  torn.held_ms += 120'000;  // heard before the clock jumped
  bench.safety.command(bench.now, bench.page, torn);
  EXPECT_EQ(bench.safety.counts(bench.page).unclear, 1);
}

TEST(Safety, ACommandFromBeforeASleepIsOld) {
  Bench bench;
  bench.drive_off();
  // It was made, then the machine slept for 5 s with it under way, and its clock with it.
  const auto command = bench.made(1);
  bench.pass(seconds(5));
  bench.safety.command(bench.now, bench.page, command);
  EXPECT_EQ(bench.safety.counts(bench.page).stale, 1);
  EXPECT_EQ(bench.why(), StopReason::dead_man);
}

TEST(Safety, WhoseClockIsNotKnownWellEnoughDoesNotDrive) {
  Bench bench;
  (void)bench.safety.request(bench.now, bench.page);
  bench.safety.command(bench.now, bench.page, bench.made(0, milliseconds(200), milliseconds(200)));
  EXPECT_EQ(bench.why(), StopReason::clock_unsynchronized);
  bench.say(0);
  EXPECT_EQ(bench.why(), StopReason::none);
}

TEST(Safety, EmergencyStopIsLatchedUntilItIsReleasedOnPurpose) {
  Bench bench;
  const ViewerId watcher{2};
  bench.safety.join(bench.now, watcher, false);
  bench.drive_off();
  bench.safety.stop(bench.now, watcher);
  EXPECT_EQ(bench.why(), StopReason::emergency_stop);
  EXPECT_EQ(bench.safety.stopped_by(), watcher);
  bench.hold(0, seconds(1));
  bench.hold(1, seconds(1));
  EXPECT_EQ(bench.why(), StopReason::emergency_stop);
  EXPECT_EQ(bench.safety.release_stop(bench.now, watcher), Outcome::may_not_drive);
  bench.safety.leave(bench.now, watcher);
  EXPECT_TRUE(bench.safety.is_stopped()) << "it outlives who pressed it";
  EXPECT_EQ(bench.safety.release_stop(bench.now, bench.page), Outcome::done);
  bench.say(1);
  EXPECT_EQ(bench.why(), StopReason::neutral_required);
  bench.say(0);
  bench.say(1);
  EXPECT_EQ(bench.throttle(), 1);
}

TEST(Safety, AStopUnderWayWhenItIsReleasedDoesNotStopAgain) {
  Bench bench;
  bench.drive_off();
  const auto pressed = ++bench.number;
  bench.safety.stop_message(bench.now, bench.page, pressed + 1);
  EXPECT_TRUE(bench.safety.is_stopped());
  (void)bench.safety.release_stop(bench.now, bench.page);
  bench.safety.stop_message(bench.now, bench.page, pressed);
  EXPECT_FALSE(bench.safety.is_stopped());
  bench.safety.stop_message(bench.now, bench.page, pressed + 2);
  EXPECT_TRUE(bench.safety.is_stopped()) << "pressed again";
}

TEST(Safety, AStopCountsHoweverLateItIs) {
  Bench bench;
  bench.drive_off();
  bench.number += 10;
  bench.say(1);
  bench.safety.stop_message(bench.now, bench.page, 1);
  EXPECT_TRUE(bench.safety.is_stopped());
}

TEST(Safety, OnlyTheDriverIsObeyed) {
  Bench bench;
  const ViewerId other{2};
  bench.safety.join(bench.now, other, true);
  bench.drive_off();
  auto command = bench.made(-1);
  bench.safety.command(bench.now, other, command);
  EXPECT_EQ(bench.throttle(), 1);
  EXPECT_EQ(bench.safety.counts(other).not_driver, 1);
  EXPECT_EQ(bench.safety.request(bench.now, other), Outcome::asked);
  EXPECT_EQ(bench.why(), StopReason::none) << "asking alone stops nobody";
  EXPECT_EQ(bench.safety.hand_over(bench.now, bench.page), Outcome::done);
  EXPECT_EQ(bench.why(), StopReason::dead_man) << "what the last driver said is not the next one's wish";
  bench.say(1);
  EXPECT_EQ(bench.why(), StopReason::dead_man);
}

TEST(Safety, WhoOnlyWatchesCannotDrive) {
  Bench bench;
  const ViewerId watcher{2};
  bench.safety.join(bench.now, watcher, false);
  EXPECT_EQ(bench.safety.request(bench.now, watcher), Outcome::may_not_drive);
  EXPECT_EQ(bench.safety.limit(bench.now, watcher, 0.1), Outcome::not_driver);
  EXPECT_EQ(bench.safety.request(bench.now, ViewerId(99)), Outcome::may_not_drive) << "who is not there neither";
}

TEST(Safety, ALeaseDiesWithItsConnection) {
  Bench bench;
  bench.drive_off();
  bench.safety.leave(bench.now, bench.page);
  EXPECT_EQ(bench.why(), StopReason::no_driver);
  EXPECT_EQ(bench.throttle(), 0);
}

TEST(Safety, ADriverWhoSeesAnOldPictureStops) {
  Bench bench;
  bench.drive_off();
  bench.picture_age = 750;
  bench.say(1);
  EXPECT_EQ(bench.why(), StopReason::stale_video);
  bench.picture_age = 80;
  bench.say(1);
  EXPECT_EQ(bench.why(), StopReason::neutral_required) << "the fresh picture may show a wall";
  bench.say(0);
  EXPECT_EQ(bench.why(), StopReason::none);
  bench.picture_age.reset();
  bench.say(1);
  EXPECT_EQ(bench.why(), StopReason::stale_video) << "no picture at all";
}

TEST(Safety, ThePictureAgesBetweenCommands) {
  Bench bench;
  bench.drive_off();
  bench.picture_age = 600;
  bench.hold(0, milliseconds(40));
  bench.say(1);
  EXPECT_EQ(bench.why(), StopReason::none);
  bench.pass(milliseconds(79));
  EXPECT_EQ(bench.why(), StopReason::none);
  bench.pass(milliseconds(3));
  EXPECT_EQ(bench.why(), StopReason::stale_video);
}

TEST(Safety, ARobotWithoutACameraIsDrivenWithoutAPicture) {
  Config config;
  config.stale_picture = milliseconds(0);
  Bench bench(config);
  bench.picture_age.reset();
  bench.safety.set_camera_works(bench.now, false);
  bench.drive_off();
  EXPECT_EQ(bench.throttle(), 1);
}

TEST(Safety, ACameraThatFailsStopsAtOnce) {
  Bench bench;
  bench.drive_off();
  bench.safety.set_camera_works(bench.now, false);
  EXPECT_EQ(bench.why(), StopReason::camera_failed);
  bench.safety.set_camera_works(bench.now, true);
  bench.say(1);
  EXPECT_EQ(bench.why(), StopReason::neutral_required);
}

TEST(Safety, TheRobotsOwnProgramStopsWithoutLatching) {
  Bench bench;
  bench.drive_off();
  bench.safety.set_local_stop(bench.now, true);
  EXPECT_EQ(bench.why(), StopReason::local);
  bench.safety.set_local_stop(bench.now, false);
  bench.hold(0, milliseconds(40));
  EXPECT_EQ(bench.why(), StopReason::none);
}

TEST(Safety, WhatWasWantedWhileTheMotorsWereGoneIsNotDoneWhenTheyAreBack) {
  Bench bench;
  bench.drive_off();
  bench.safety.set_actuators_work(bench.now, false);
  EXPECT_EQ(bench.why(), StopReason::actuator_failed);
  bench.hold(1, milliseconds(400));
  bench.safety.set_actuators_work(bench.now, true);
  bench.hold(1, milliseconds(400));
  EXPECT_EQ(bench.why(), StopReason::neutral_required);
  bench.hold(0, milliseconds(40));
  bench.say(1);
  EXPECT_EQ(bench.why(), StopReason::none);
}

TEST(Safety, SpeedFallsWithLatencyAndSteeringDoesNot) {
  Config config;
  config.scaled_axes = 0b10;
  Bench bench(config);
  bench.drive_off();
  bench.picture_age = 580;  // 600 in all: half way from 300 to 900
  auto command = bench.made(1);
  command.controls.axis[0] = -1;
  bench.safety.command(bench.now, bench.page, command);
  EXPECT_NEAR(bench.throttle(), 0.6, 0.01);
  EXPECT_EQ(bench.safety.output().controls.axis[0], -1);
  bench.picture_age = 80;
  bench.say(1);
  EXPECT_NEAR(bench.throttle(), 0.6, 0.02) << "it does not jump forward";
  bench.hold(1, seconds(1));
  EXPECT_EQ(bench.throttle(), 1);
}

TEST(Safety, TheDriversLimitHolds) {
  Bench bench;
  bench.drive_off();
  EXPECT_EQ(bench.safety.limit(bench.now, bench.page, 0.25), Outcome::done);
  EXPECT_EQ(bench.throttle(), 0.25);
}

TEST(Safety, ALatchedStopOutlivesTheProgram) {
  Config config;
  config.starts_stopped = true;
  Bench bench(config);
  bench.drive_off();
  EXPECT_EQ(bench.why(), StopReason::emergency_stop);
}

TEST(Safety, EveryTransitionIsToldWithItsCause) {
  Bench bench;
  bench.drive_off();
  bench.pass(seconds(1));
  bench.safety.stop(bench.now, std::nullopt);
  std::vector<std::string> told;
  while (const auto event = bench.safety.poll_event()) told.push_back(event->text);
  EXPECT_THAT(told, ::testing::ElementsAre("took the controls; viewer 1 drives",
                                           ::testing::HasSubstr("no fresh command"), "moves as the driver commands",
                                           "stopped: no fresh command from the driver for 250 ms", "emergency stop",
                                           "stopped: emergency stop"));
}

TEST(Safety, AnEventIsChargedToTheViewerWhoCausedIt) {
  Bench bench;
  const ViewerId other{2};
  bench.safety.join(bench.now, other, true);
  bench.drive_off();
  bench.safety.stop(bench.now, other);
  (void)bench.safety.release_stop(bench.now, std::nullopt);
  (void)bench.safety.request(bench.now, other);
  bench.pass(seconds(1));
  bench.safety.leave(bench.now, bench.page);
  using Cause = std::tuple<std::string, std::optional<ViewerId>, bool>;
  std::vector<Cause> causes;
  while (const auto event = bench.safety.poll_event()) {
    causes.emplace_back(name_of(event->kind), event->cause, event->is_decisive());
  }
  const std::optional<ViewerId> driver = bench.page, by_other = other, robot;
  EXPECT_THAT(causes, ::testing::ElementsAre(Cause{"lease", driver, true}, Cause{"output", driver, false},
                                             Cause{"output", driver, false}, Cause{"stop", by_other, true},
                                             Cause{"output", by_other, false}, Cause{"stop", robot, true},
                                             Cause{"output", robot, false}, Cause{"lease", by_other, false},
                                             Cause{"output", driver, false}, Cause{"lease", driver, true}));
}

TEST(Safety, EventsThatNobodyReadsAreBounded) {
  Bench bench;
  for (int i = 0; i < 10'000; ++i) {
    bench.safety.stop(bench.now, bench.page);
    (void)bench.safety.release_stop(bench.now, bench.page);
  }
  int events = 0;
  while (bench.safety.poll_event()) ++events;
  EXPECT_LE(events, 256);
}

TEST(Safety, TellsWhatTheDriverWantedAndWhatBecameOfIt) {
  Bench bench;
  bench.say(1);
  EXPECT_FALSE(bench.safety.poll_command()) << "of nobody who drives";
  (void)bench.safety.request(bench.now, bench.page);
  const auto first = bench.made(0.5);
  bench.safety.command(bench.now, bench.page, first);
  bench.safety.command(bench.now, bench.page, first);
  bench.say(1, milliseconds(400));
  using Disposition = CommandRecord::Disposition;
  for (const auto& [disposition, throttle] :
       {std::pair(Disposition::accepted, 0.5), std::pair(Disposition::out_of_order, 0.5),
        std::pair(Disposition::stale, 1.0)}) {
    const auto command = bench.safety.poll_command();
    ASSERT_TRUE(command);
    EXPECT_EQ(command->driver, bench.page);
    EXPECT_EQ(command->disposition, disposition);
    EXPECT_EQ(command->picture_age_ms, 80);
    EXPECT_EQ(command->controls.axis[1], throttle) << "as wanted, though it stands";
    EXPECT_EQ(command->age_ms.has_value(), disposition != Disposition::out_of_order);
    EXPECT_EQ(command->age_ms.value_or(0) > 300, disposition == Disposition::stale);
  }
  EXPECT_FALSE(bench.safety.poll_command());
}

TEST(Safety, OfCommandsThatNobodyAsksForTheNewestAreKept) {
  Bench bench;
  (void)bench.safety.request(bench.now, bench.page);
  bench.hold(0, seconds(10));
  bench.say(1);
  int count = 0;
  std::optional<CommandRecord> last;
  while (auto command = bench.safety.poll_command()) {
    ++count;
    last = std::move(command);
  }
  EXPECT_LE(count, 64);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->controls.axis[1], 1);
}

}  // namespace
}  // namespace rtcbot::safety
