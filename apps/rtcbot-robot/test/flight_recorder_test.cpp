#include "rtcbot-robot/flight_recorder.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "rtcbot/blackbox/read_back.hpp"

namespace rtcbot::app {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

/// A folder of its own.
class FlightRecorderTest : public ::testing::Test {
 protected:
  FlightRecorderTest() {
    std::string made = (std::filesystem::temp_directory_path() / "desk-XXXXXX").string();
    folder_ = mkdtemp(made.data());
  }
  ~FlightRecorderTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::vector<Json> records(const std::string& type) const {
    std::vector<Json> data;
    (void)blackbox::read_back(folder_, {.types = {type}}, [&](const auto& record) { data.push_back(record["data"]); });
    return data;
  }

  std::filesystem::path folder_;
  BlackBoxOptions options() const { return {.folder = folder_.string()}; }
};

TEST_F(FlightRecorderTest, RecordsBeginAndEndAndWhatIsSaid) {
  std::vector<std::string> said;
  LogSink log;
  {
    const FlightRecorder recorder(options(), "rover", {});
    log = recorder.log_beside([&](const LogRecord& record) { said.push_back(record.message); });
    log({LogLevel::warning, "camera", "frozen"});
    recorder.event_recorder()(
        {.kind = safety::Event::Kind::stop, .viewer = safety::ViewerId(3), .text = "viewer 3 stops"});
  }
  log({LogLevel::info, "robot", "afterwards"});
  EXPECT_THAT(said, ElementsAre("frozen", "afterwards"));
  EXPECT_EQ(records("start")[0]["robot"], "rover");
  EXPECT_THAT(records("log"), ElementsAre(Json{{"level", "warning"}, {"room", "camera"}, {"message", "frozen"}}));
  EXPECT_THAT(records("event"), ElementsAre(Json{{"kind", "stop"}, {"viewer", 3}, {"text", "viewer 3 stops"}}));
  EXPECT_THAT(records("end"), SizeIs(1));
}

TEST_F(FlightRecorderTest, RecordsEachChangeOfWhatTheActuatorsGet) {
  {
    const FlightRecorder recorder(options(), "", {});
    const auto sink = recorder.sink();
    safety::Output output{.why = safety::StopReason::none, .speed = 0.5};
    output.controls.axis[1] = 0.25;
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(sink->write(output));
    EXPECT_TRUE(sink->write({.why = safety::StopReason::dead_man}));
  }
  const auto outputs = records("output");
  ASSERT_GE(outputs.size(), 2u);
  EXPECT_LE(outputs.size(), 4u) << "what stays the same is said once a second";
  EXPECT_EQ(outputs[0],
            (Json{{"moving", true}, {"why", ""}, {"axes", {0.0, 0.25}}, {"buttons", 0}, {"mode", ""}, {"speed", 0.5}}));
  EXPECT_EQ(outputs.back()["why"], "dead_man");
}

TEST_F(FlightRecorderTest, RecordsOfWhatTheDriverWantedWhatIsNew) {
  using Disposition = safety::CommandRecord::Disposition;
  {
    const FlightRecorder recorder(options(), "", {});
    const auto record = recorder.command_recorder();
    safety::CommandRecord command{.driver = safety::ViewerId(3), .age_ms = 20, .picture_age_ms = 80};
    for (int i = 0; i < 50; ++i) record(command);
    for (int i = 0; i < 50; ++i) {
      command.controls.axis[1] = 0.01 * i + 0.1;
      record(command);
    }
    command.disposition = Disposition::stale;
    command.age_ms = 400;
    command.picture_age_ms.reset();
    record(command);
  }
  const auto commands = records("command");
  ASSERT_GE(commands.size(), 3u);
  EXPECT_LE(commands.size(), 10u) << "at most ten a second of those that were taken";
  EXPECT_EQ(commands[0], (Json{{"axes", {0.0, 0.0}},
                               {"buttons", 0},
                               {"mode", ""},
                               {"driver", 3},
                               {"verdict", "taken"},
                               {"age", 20.0},
                               {"picture", 80.0}}));
  EXPECT_EQ(commands[1]["axes"], (Json{0.0, 0.1})) << "that it left rest is new";
  EXPECT_EQ(commands.back()["verdict"], "stale");
  EXPECT_EQ(commands.back()["picture"], Json());
}

TEST(ParseSince, KnowsTimesBeforeNowAndTimesInUtc) {
  const std::int64_t now = 1'700'000'000'000;
  EXPECT_EQ(parse_since("", now), 0);
  EXPECT_EQ(parse_since("90s", now), now - 90'000);
  EXPECT_EQ(parse_since("10min", now), now - 600'000);
  EXPECT_EQ(parse_since("2h", now), now - 7'200'000);
  EXPECT_EQ(parse_since("7d", now), now - 604'800'000);
  EXPECT_EQ(parse_since("2023-11-14", now), 1'699'920'000'000);
  EXPECT_EQ(parse_since("2023-11-14T22:13", now), 1'699'999'980'000);
  EXPECT_EQ(parse_since("2023-11-14T22:13:20", now), now);
}

TEST(ParseSince, RefusesWhatIsNeither) {
  for (const char* text : {"yesterday", "10", "10m", "-5s", "2023-11-14T22", "2023-11-14T22:13:20Z", "1e3s", " 5s"}) {
    EXPECT_EQ(parse_since(text, 0), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rtcbot::app
