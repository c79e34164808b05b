#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/watcher.hpp"

namespace rtcbot::actuator {
namespace {

using namespace testing;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::EndsWith;
using ::testing::HasSubstr;

/// A folder of its own, and what programs have written there.
class Program : public ::testing::Test {
 protected:
  Program() {
    std::string made = (std::filesystem::temp_directory_path() / "actuator-XXXXXX").string();
    folder_ = mkdtemp(made.data());
  }
  ~Program() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<safety::Sink> start(const std::string& command) {
    return parse_sink("exec:cd " + folder_.string() + "; " + command, watcher_.options()).value();
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream file(folder_ / name);
    return without_times({std::istreambuf_iterator<char>(file), {}});
  }

  std::filesystem::path folder_;
  Watcher watcher_;
};

TEST_F(Program, GetsLinesAndAStopAndTheEndOfItsInput) {
  auto sink = start("cat > seen; echo over > end");
  EXPECT_TRUE(until([&] { return sink->write(forward(0.5)); }));
  EXPECT_TRUE(until([&] { return text("seen").find(line_without_time(forward(0.5))) == 0; }));
  sink.reset();
  EXPECT_THAT(text("seen"), EndsWith(line_without_time(stop(safety::StopReason::local))));
  EXPECT_EQ(text("end"), "over\n") << "had its time to end by itself";
}

TEST_F(Program, DoesNotInheritTheRobotsToken) {
  setenv("RTCBOT_TOKEN", "secret", 1);
  const auto sink = start("env > seen; echo over > end; cat > /dev/null");
  EXPECT_TRUE(until([&] { return text("end") == "over\n"; }));
  unsetenv("RTCBOT_TOKEN");
  EXPECT_THAT(text("seen"), HasSubstr("PATH="));
  EXPECT_THAT(text("seen"), Not(HasSubstr("RTCBOT_TOKEN")));
}

TEST_F(Program, TellsTelemetryOnItsStandardOutput) {
  const auto sink = start("echo '{\"battery\": 11.5}'; cat >/dev/null");
  EXPECT_TRUE(watcher_.was_told({{"battery", 11.5}}));
}

TEST_F(Program, ThatTellsANumberThatIsNoneKeepsItsBatteryAndIsReportedOnce) {
  const auto sink = start(
      "echo 'motors ready'; for i in 1 2 3; do echo '{\"current\": NaN, \"battery\": 11.5}'; done; "
      "printf '{\"name\": \"caf\\351\"}\\n'; head -c 20000 /dev/zero | tr '\\0' x; echo; echo '{\"end\": 1}'; cat "
      ">/dev/null");
  EXPECT_TRUE(watcher_.was_told({{"end", 1}}));
  EXPECT_TRUE(watcher_.was_told({{"current", nullptr}, {"battery", 11.5}}));
  EXPECT_TRUE(watcher_.was_told({{"name", "caf\xEF\xBF\xBD"}}));
  EXPECT_TRUE(watcher_.has_said("a line of over 15 KiB; it is dropped: xxx"));
  EXPECT_TRUE(watcher_.has_said("not JSON; it is dropped. Write text for people to standard error: motors ready"));
  EXPECT_TRUE(watcher_.has_said("NaN; they are shown as null: {"));
  EXPECT_EQ(watcher_.logs().size(), 3U);
  const auto faults = watcher_.faults();
  EXPECT_EQ(faults.mended, 4);
  EXPECT_EQ(faults.not_json, 1);
  EXPECT_EQ(faults.too_long, 1);
}

TEST_F(Program, IsStartedAgainWhenItDiesAndGoesOnDriving) {
  const auto sink = start("echo x >> starts; read line; echo \"$line\" >> seen; exit 3");
  EXPECT_TRUE(until([&] {
    (void)sink->write(forward());
    return text("seen").size() >= 2 * line_without_time(forward()).size();
  }));
  EXPECT_TRUE(watcher_.has_said("ended with exit code 3; it is started again in 250 ms"));
  EXPECT_TRUE(watcher_.has_said("started again in 500 ms"));
}

TEST_F(Program, ThatCannotBeFoundIsReportedAndTriedAgain) {
  const auto sink = start("exec ./no-such-program 2>/dev/null");
  EXPECT_TRUE(watcher_.has_said("ended with exit code 127"));
  EXPECT_FALSE(sink->write(forward()));
}

TEST_F(Program, ThatIgnoresEverythingIsKilledWithinItsTime) {
  auto sink = start("trap '' TERM; echo $$ > pid; while :; do sleep 1; done");
  EXPECT_TRUE(until([&] { return text("pid").ends_with("\n"); }));
  const auto begun = steady_clock::now();
  sink.reset();
  EXPECT_LT(steady_clock::now() - begun, seconds(10));
  EXPECT_TRUE(watcher_.has_said("it is killed"));
  EXPECT_NE(kill(std::stoi(text("pid")), 0), 0);
}

TEST_F(Program, ThatEndsOnSigtermMaySayGoodbye) {
  auto sink = start("trap 'echo bye > bye; exit' TERM; echo > ready; while :; do sleep 0.01; done");
  EXPECT_TRUE(until([&] { return !text("ready").empty(); }));
  sink.reset();
  EXPECT_EQ(text("bye"), "bye\n");
}

TEST_F(Program, ThatNeverReadsHoldsNobodyUpAndGetsNothingOldWhenItDoes) {
  const auto sink = start("while [ ! -e go ]; do sleep 0.01; done; cat > seen");
  EXPECT_TRUE(until([&] { return sink->write(forward(0.25)); }));
  const auto begun = steady_clock::now();
  int written = 0;
  for (int i = 0; i < 10'000; ++i) written += sink->write(forward(0.25)) ? 1 : 0;
  EXPECT_LT(steady_clock::now() - begun, kGenerous);
  EXPECT_LE(written, 3);
  std::ofstream(folder_ / "go") << "go";
  EXPECT_TRUE(until([&] {
    (void)sink->write(stop());
    return text("seen").ends_with(line_without_time(stop()));
  }));
  EXPECT_LE(text("seen").find("\"why\":\"dead_man\""), 4 * line_without_time(forward(0.25)).size());
}

TEST_F(Program, ThatClosesItsInputIsOfNoUseAndStartedAgain) {
  const auto sink =
      start("echo x >> starts; while [ ! -e go ]; do sleep 0.01; done; exec <&-; while :; do sleep 0.05; done");
  EXPECT_TRUE(until([&] { return sink->write(forward()); })) << "and never read";
  std::ofstream(folder_ / "go") << "go";
  EXPECT_TRUE(until([&] {
    (void)sink->write(forward());
    return text("starts").starts_with("x\nx\n");
  }));
  EXPECT_TRUE(watcher_.has_said("no longer reads its standard input"));
}

TEST_F(Program, LeavesNothingRunningBehind) {
  auto sink = start("sleep 1000 & echo $! > pid; cat >/dev/null");
  EXPECT_TRUE(until([&] { return text("pid").ends_with("\n"); }));
  sink.reset();
  EXPECT_TRUE(until([&] {
    // Whoever inherits it may take a moment to bury it.
    std::ifstream stat("/proc/" + std::to_string(std::stoi(text("pid"))) + "/stat");
    std::string line;
    return !std::getline(stat, line) || line.find(") Z ") != std::string::npos;
  }));
}

TEST_F(Program, FindsSignalsAsUsualAndNothingElseOpen) {
  ::signal(SIGPIPE, SIG_IGN);
  const auto sink =
      start("ls /proc/self/fd | tr '\\n' ' ' > open; grep SigIgn /proc/self/status > ignored; cat >/dev/null");
  EXPECT_TRUE(until([&] { return text("ignored").ends_with("\n"); }));
  // The fourth is the folder that ls reads.
  EXPECT_EQ(text("open"), "0 1 2 3 ");
  const auto ignored = std::stoull(text("ignored").substr(std::string("SigIgn:").size()), nullptr, 16);
  EXPECT_EQ(ignored >> (SIGPIPE - 1) & 1U, 0u) << text("ignored");
}

}  // namespace
}  // namespace rtcbot::actuator
