#include "rtcbot/driving.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "../context.hpp"
#include "../driving_loop.hpp"
#include "rtcbot/log.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "support/eventually.hpp"

namespace rtcbot {
namespace {

using namespace std::chrono_literals;
using control::Channel;
using control::ViewerId;
using safety::StopReason;
using test::eventually;
using test::kTimeout;

/// What the actuators were told, and when. Thread-safe.
class Outputs {
 public:
  struct Told {
    Timestamp at{};
    DriveOutput output{};
  };

  void add(const DriveOutput& output) {
    {
      const std::lock_guard lock(mutex_);
      told_.push_back({runtime::now(), output});
    }
    changed_.notify_all();
  }

  /// Waits for one that fits, from the `from`th on; its place, or nothing in time.
  [[nodiscard]] std::optional<std::size_t> wait(std::size_t from, const std::function<bool(const DriveOutput&)>& fits,
                                                std::chrono::milliseconds limit = kTimeout) {
    std::unique_lock lock(mutex_);
    std::size_t at = from;
    const bool found = changed_.wait_for(lock, limit, [&] {
      for (; at < told_.size(); ++at) {
        if (fits(told_[at].output)) return true;
      }
      return false;
    });
    return found ? std::optional(at) : std::nullopt;
  }

  [[nodiscard]] Told at(std::size_t place) {
    const std::lock_guard lock(mutex_);
    return told_.at(place);
  }
  [[nodiscard]] std::size_t count() {
    const std::lock_guard lock(mutex_);
    return told_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Told> told_;
};

std::string command(std::uint64_t number, double throttle) {
  const double now = safety::milliseconds_of(runtime::now());
  return Json({{"v", 1},
               {"type", "command"},
               {"n", number},
               {"t", now},
               {"r", now - 5},
               {"h", 5},
               {"p", 50},
               {"axes", {0, throttle}},
               {"buttons", 0},
               {"mode", ""}})
      .dump();
}

/// After the last command: long before what hangs goes on by itself. To the millisecond it is measured by
/// bench/dead_man.
constexpr auto kStopsWithin = 5s;

bool moves(const DriveOutput& output) { return output.moving() && output.controls.axis[1] > 0; }
bool stands(const DriveOutput& output) { return !output.moving(); }

class LoopTest : public testing::Test {
 protected:
  LoopTest() {
    class Sink : public safety::Sink {
     public:
      explicit Sink(Outputs& outputs) : outputs_(outputs) {}
      bool write(const safety::Output& output) override {
        outputs_.add(output);
        return true;
      }
      [[nodiscard]] std::string name() const override { return "test"; }

     private:
      Outputs& outputs_;
    };
    loop.add_sink(std::make_unique<Sink>(outputs));
  }

  void drive_off() {
    loop.join(ann, true);
    loop.channel_open(ann, Channel::control);
    loop.channel_open(ann, Channel::drive);
    loop.message(ann, Channel::control, R"({"v":1,"type":"request","id":1,"what":"take"})");
    loop.message(ann, Channel::drive, command(1, 0));
    loop.message(ann, Channel::drive, command(2, 1));
  }

  const ViewerId ann{1};
  Outputs outputs;
  std::atomic<int> told{0};
  std::atomic<std::uint64_t> seated{0};  ///< Who drives, as last said; 0: nobody.
  std::atomic<int> moved{0};             ///< And how often it was said.
  DrivingLoop loop{{},
                   {.tell = [this](const control::Message&) { ++told; },
                    .event = [](const safety::Event&) {},
                    .request = [](const control::CameraRequest&) {},
                    .driver =
                        [this](std::optional<ViewerId> driver) {
                          seated = driver ? driver->value() : 0;
                          ++moved;
                        }}};
};

TEST_F(LoopTest, TellsActuatorsToStandAndGoesOnTellingThem) {
  const auto third = outputs.wait(2, stands);
  ASSERT_TRUE(third);
  EXPECT_EQ(outputs.at(*third).output.why, StopReason::no_driver);
}

TEST_F(LoopTest, StopsByItselfWhenCommandsEnd) {
  drive_off();
  const auto moving = outputs.wait(0, moves);
  ASSERT_TRUE(moving);
  const auto stopped = outputs.wait(*moving, stands);
  ASSERT_TRUE(stopped);
  EXPECT_EQ(outputs.at(*stopped).output.why, StopReason::dead_man);
  EXPECT_GE(outputs.at(*stopped).at - outputs.at(*moving).at, 240ms);
  EXPECT_GT(told, 0);
}

TEST_F(LoopTest, SaysWhoDrivesWheneverTheSeatMoves) {
  drive_off();
  ASSERT_TRUE(eventually([&] { return seated == ann.value(); }));
  const ViewerId bo(2);
  loop.join(bo, true);
  loop.channel_open(bo, Channel::control);
  loop.message(bo, Channel::control, R"({"v":1,"type":"request","id":1,"what":"take"})");
  loop.message(ann, Channel::control, R"({"v":1,"type":"request","id":2,"what":"grant"})");
  ASSERT_TRUE(eventually([&] { return seated == bo.value(); }));
  loop.leave(bo);
  ASSERT_TRUE(eventually([&] { return seated == 0; }));
  EXPECT_EQ(moved, 3);
}

TEST_F(LoopTest, LastWordsComeBeforeTheEnd) {
  drive_off();
  loop.message(ann, Channel::drive, R"({"v":1,"type":"stop","n":3})");
  loop.leave(ann);
  EXPECT_TRUE(eventually([&] { return loop.stats().stopped; }));
}

TEST_F(LoopTest, AFloodOfOneDropsNoStopOfAnother) {
  drive_off();
  const ViewerId bo(2);
  loop.join(bo, false);
  for (int i = 0; i < 100'000; ++i) loop.message(bo, Channel::drive, "x");
  loop.message(ann, Channel::drive, R"({"v":1,"type":"stop","n":3})");
  for (int i = 0; i < 1'000; ++i) loop.message(bo, Channel::drive, "x");
  EXPECT_TRUE(eventually([&] { return loop.stats().stopped; }));
  EXPECT_GT(loop.stats().too_many, 0);
}

TEST_F(LoopTest, AFloodOfMessagesThatOnlyNameAStopDropsNoStopOfTheSameViewer) {
  class Pause : public safety::Sink {
   public:
    Pause(std::promise<void>& begun, std::shared_future<void> end) : begun_(begun), end_(std::move(end)) {}
    bool write(const safety::Output&) override {
      if (!std::exchange(has_begun_, true)) begun_.set_value();
      end_.wait();
      return true;
    }
    [[nodiscard]] std::string name() const override { return "pause"; }

   private:
    std::promise<void>& begun_;
    const std::shared_future<void> end_;
    bool has_begun_ = false;
  };
  std::promise<void> begun;
  std::promise<void> end;
  loop.join(ann, true);
  loop.add_sink(std::make_unique<Pause>(begun, end.get_future().share()));
  ASSERT_EQ(begun.get_future().wait_for(kTimeout), std::future_status::ready);
  loop.message(ann, Channel::drive, R"({"v":1,"type":"stop","n":3})");
  for (int i = 0; i < 1'000; ++i) loop.message(ann, Channel::control, R"({"v":1,"type":"hello","name":"stop"})");
  end.set_value();
  EXPECT_TRUE(eventually([&] { return loop.stats().stopped; }));
  loop.close();
}

TEST_F(LoopTest, AFloodOfTheProgramsOwnDropsNoStop) {
  loop.emergency_stop();
  for (int i = 0; i < 100'000; ++i) loop.set_local_stop(i % 2 == 0);
  EXPECT_TRUE(eventually([&] { return loop.stats().stopped; }));
}

TEST_F(LoopTest, StandsWhileAnActuatorTakesNothing) {
  class Plug : public safety::Sink {
   public:
    explicit Plug(const std::atomic<bool>& is_in) : is_in_(is_in) {}
    bool write(const safety::Output&) override { return is_in_; }
    [[nodiscard]] std::string name() const override { return "plug"; }

   private:
    const std::atomic<bool>& is_in_;
  };
  std::atomic<bool> is_in = true;
  loop.add_sink(std::make_unique<Plug>(is_in));
  drive_off();
  const auto moving = outputs.wait(0, moves);
  ASSERT_TRUE(moving);
  is_in = false;
  const auto missed =
      outputs.wait(*moving, [](const auto& output) { return output.why == StopReason::actuator_failed; });
  ASSERT_TRUE(missed) << "though nobody drives any more by then";
  is_in = true;
  EXPECT_TRUE(outputs.wait(*missed, [](const auto& output) { return output.why == StopReason::dead_man; }));
  loop.close();
}

/// Takes no output, and counts the attempts.
class FullPipe : public safety::Sink {
 public:
  FullPipe(std::atomic<int>& attempts, bool is_behind) : attempts_(attempts), is_behind_(is_behind) {}
  bool write(const safety::Output&) override {
    ++attempts_;
    return false;
  }
  [[nodiscard]] bool is_behind() const override { return is_behind_; }
  [[nodiscard]] std::string name() const override { return "full pipe"; }

 private:
  std::atomic<int>& attempts_;
  const bool is_behind_;
};

TEST_F(LoopTest, AnActuatorThatIsBehindGetsTheOutputAgainBeforeTheNextRepeat) {
  std::atomic<int> behind{0};
  std::atomic<int> gone{0};
  loop.add_sink(std::make_unique<FullPipe>(behind, true));
  loop.add_sink(std::make_unique<FullPipe>(gone, false));
  ASSERT_TRUE(eventually([&] { return gone >= 5; }));
  const int repeats = gone;
  EXPECT_GE(behind, 2 * repeats);
  const auto stats = loop.stats();
  EXPECT_LE(stats.writes_failed, 2 * (gone + 1)) << "an output counts once, however often it is tried";
  loop.close();
}

TEST_F(LoopTest, ClosingTellsTheActuatorsToStandBeforeTheyGo) {
  drive_off();
  const auto moving = outputs.wait(0, moves);
  ASSERT_TRUE(moving);
  loop.close();
  const auto last = outputs.at(outputs.count() - 1).output;
  EXPECT_EQ(last.why, StopReason::local);
  EXPECT_EQ(last.controls.axis[1], 0);
}

/// A page: an end of a connection with the two channels.
class Page : public peer::PeerObserver {
 public:
  void on_state(peer::State, const Error*) override {}
  void on_channel_open(const std::string& channel) override { (channel == "rtcbot.drive" ? drive : control) = true; }
  void on_channel_closed(const std::string&) override {}
  void on_message(const std::string&, std::string message, bool) override {
    const Json json = Json::parse(message);
    if (json["type"] == "welcome") welcomed = true;
    if (hang_until) {
      std::unique_lock lock(mutex);
      hangs = true;
      changed.notify_all();
      changed.wait_for(lock, kTimeout, [&] { return !hang_until; });
    }
  }

  std::atomic<bool> drive{false}, control{false}, welcomed{false}, hang_until{false};
  std::mutex mutex;
  std::condition_variable changed;
  bool hangs = false;
};

class DrivingTest : public testing::Test {
 protected:
  DrivingTest() {
    set_log({});
    driving.on_output([this](const DriveOutput& output) { outputs.add(output); });
    driving.attach(robot);
    page = value_or_throw(context->engine()->make_peer({}, observer));
    value_or_throw(page->add_channel("rtcbot.drive", false));
    value_or_throw(page->add_channel("rtcbot.control"));
  }

  void connect() {
    std::promise<std::string> offered;
    page->create_offer(
        [&](Result<peer::Description> offer) { offered.set_value(value_or_throw(std::move(offer)).sdp); });
    const Json offer{{"type", "offer"}, {"sdp", offered.get_future().get()}};
    const Json answer = robot.get_local_description(offer);
    page->set_answer({peer::Description::Type::answer, answer["sdp"]}, [](const Result<void>&) {});
    ASSERT_TRUE(eventually([&] { return observer->drive && observer->control && observer->welcomed; }));
  }

  /// Sets `moving` and `last_command`. A machine that pauses between the two commands makes the robot want to be driven
  /// neutral once more.
  void drive_off() {
    ASSERT_TRUE(page->send("rtcbot.control", R"({"v":1,"type":"request","id":1,"what":"take"})", false));
    ASSERT_TRUE(eventually([&] { return driving.stats().driver.has_value(); }));
    std::optional<std::size_t> moved;
    for (std::uint64_t number = 1; !moved && number < 20; number += 2) {
      const std::size_t before = outputs.count();
      ASSERT_TRUE(page->send("rtcbot.drive", command(number, 0), false));
      if (!outputs.wait(
              before, [](const DriveOutput& output) { return output.moving(); }, 2s))
        continue;
      ASSERT_TRUE(page->send("rtcbot.drive", command(number + 1, 1), false));
      last_command = runtime::now();
      moved = outputs.wait(before, moves, 2s);
    }
    ASSERT_TRUE(moved);
    moving = *moved;
  }

  Timestamp last_command{};
  std::size_t moving = 0;  ///< The place of the first output that moves.
  const std::shared_ptr<Context> context = Context::get();
  const std::shared_ptr<Page> observer = std::make_shared<Page>();
  Outputs outputs;
  RTCConnection robot;
  Driving driving;
  std::unique_ptr<peer::Peer> page;
};

TEST_F(DrivingTest, AViewerDrivesAndItsEndIsTheEndOfIt) {
  connect();
  drive_off();
  page->close();
  EXPECT_TRUE(outputs.wait(moving, [](const DriveOutput& output) { return output.why == StopReason::no_driver; }));
  EXPECT_TRUE(eventually([&] { return driving.stats().viewers == 0; }));
}

TEST_F(DrivingTest, StopsOnTimeThoughTheWholeEngineHangs) {
  connect();
  drive_off();
  observer->hang_until = true;  // in the engine's own thread, with the next message of the robot's
  std::unique_lock lock(observer->mutex);
  ASSERT_TRUE(observer->changed.wait_for(lock, kTimeout, [&] { return observer->hangs; }));
  lock.unlock();
  const auto stopped =
      outputs.wait(moving, [](const DriveOutput& output) { return output.why == StopReason::dead_man; });
  ASSERT_TRUE(stopped);
  EXPECT_LE(outputs.at(*stopped).at - last_command, kStopsWithin);
  EXPECT_TRUE(outputs.wait(outputs.count(), stands)) << "and the actuators go on being told";
  lock.lock();
  EXPECT_TRUE(observer->hang_until) << "it still hung";
  observer->hang_until = false;
  observer->changed.notify_all();
}

TEST_F(DrivingTest, StopsOnTimeThoughTheProgramsCallBacksHang) {
  std::promise<void> end;
  auto ended = end.get_future().share();
  std::atomic<bool> hangs = false;
  driving.on_event([&, ended](const safety::Event&) {
    hangs = true;
    ended.wait_for(kTimeout);
  });
  connect();
  drive_off();
  ASSERT_TRUE(eventually([&] { return hangs.load(); }));
  const auto stopped =
      outputs.wait(moving, [](const DriveOutput& output) { return output.why == StopReason::dead_man; });
  ASSERT_TRUE(stopped);
  EXPECT_LE(outputs.at(*stopped).at - last_command, kStopsWithin);
  end.set_value();
  driving.on_event({});
}

TEST_F(DrivingTest, ACallBackThatThrowsEndsNothing) {
  driving.on_output([](const DriveOutput&) { throw std::runtime_error("no motor"); });
  ASSERT_TRUE(eventually([&] { return driving.stats().writes_failed > 2; }));
  EXPECT_TRUE(outputs.wait(outputs.count(), stands));
}

TEST_F(DrivingTest, WrongLimitsAreRefused) {
  const auto refuses = [](auto change) {
    Driving::Options options;
    change(options.safety);
    try {
      const Driving refused(options);
    } catch (const Error& error) {
      return error.code() == Errc::bad_config;
    }
    return false;
  };
  EXPECT_TRUE(refuses([](safety::Config& config) { config.dead_man = 0ms; }));
  EXPECT_TRUE(refuses([](safety::Config& config) { config.stale_command = -1ms; }));
  EXPECT_TRUE(refuses([](safety::Config& config) { config.stale_picture = -1ms; }));
  EXPECT_TRUE(refuses([](safety::Config& config) { config.silent_driver = 0ms; }));
  EXPECT_TRUE(refuses([](safety::Config& config) { config.speed.least = 2; }));
  EXPECT_TRUE(refuses([](safety::Config& config) { config.speed.rise_per_second = 0; }));
  EXPECT_TRUE(refuses([](safety::Config& config) { config.speed.rise_per_second = std::nan(""); }));
  EXPECT_TRUE(refuses([](safety::Config& config) { config.speed.min_from = 10ms; }));
}

TEST_F(DrivingTest, TelemetryThatCannotBeSentIsRefusedAtOnce) {
  EXPECT_TRUE(driving.put_telemetry({{"battery", 12.5}}));
  EXPECT_EQ(driving.put_telemetry(std::string(20'000, 'x')).error().code(), Errc::too_large);
}

}  // namespace
}  // namespace rtcbot
