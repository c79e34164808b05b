#include "../event_log.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace rtcbot {
namespace {

using safety::Event;
using safety::ViewerId;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Keeps what is to be done later.
class LaterThread : public net::IoThread {
 public:
  void post(std::function<void()> task) override { task(); }
  [[nodiscard]] std::shared_ptr<void> after(std::chrono::microseconds delay, std::function<void()> task) override {
    delays.push_back(delay);
    last = std::move(task);
    return std::make_shared<int>();
  }
  [[nodiscard]] bool is_current() const override { return true; }

  std::vector<Duration> delays;
  std::function<void()> last;
};

class EventLogTest : public ::testing::Test {
 protected:
  void flood(const Event& event, int count) {
    for (int i = 0; i < count; ++i) log.write(event);
  }

  const ViewerId flooder{7}, driver{8};
  Timestamp now{seconds(100)};
  std::vector<std::string> lines;
  std::shared_ptr<LaterThread> later = std::make_shared<LaterThread>();
  EventLog log{{.io = later,
                .run = [](const std::function<void()>& task) { task(); },
                .sink = [this](const LogRecord& record) { lines.push_back(record.message); },
                .clock = [this] { return now; }}};
};

TEST_F(EventLogTest, AFloodOfOneViewerIsAFewLinesAndACount) {
  flood({.kind = Event::Kind::lease, .viewer = flooder, .text = "asks to drive", .cause = flooder}, 500);
  EXPECT_THAT(lines, SizeIs(20));
  EXPECT_EQ(log.suppressed(), 480);
  ASSERT_THAT(later->delays, SizeIs(1)) << "one timer, however many lines";
  now += later->delays[0];
  later->last();
  ASSERT_THAT(lines, SizeIs(21));
  EXPECT_EQ(lines.back(), "viewer 7: asks to drive … and 480 more like this");
  EXPECT_THAT(later->delays, SizeIs(1)) << "nothing is left to be counted";
}

TEST_F(EventLogTest, NobodysFloodHidesAStopOrAChangeOfDriver) {
  for (const auto kind : {Event::Kind::output, Event::Kind::lease, Event::Kind::stop, Event::Kind::limit}) {
    flood({.kind = kind, .viewer = driver, .text = "flood", .cause = flooder}, 500);
  }
  flood({.kind = Event::Kind::lease, .viewer = flooder, .text = "flood", .cause = driver}, 500);
  const auto written = lines.size();
  log.write({.kind = Event::Kind::stop, .viewer = driver, .text = "emergency stop", .cause = driver});
  log.write({.kind = Event::Kind::lease, .text = "left; nobody drives", .cause = driver, .changes_driver = true});
  EXPECT_EQ(lines.size(), written + 2);
  EXPECT_THAT(lines, Contains("viewer 8: emergency stop"));
  EXPECT_THAT(lines, Contains("left; nobody drives"));
}

TEST_F(EventLogTest, CountsAgainWhenAFloodComesBack) {
  for (int i = 0; i < 3; ++i) {
    flood({.kind = Event::Kind::clock, .viewer = flooder, .text = "moved", .cause = flooder}, 100);
    now += later->delays.back();
    later->last();
    EXPECT_THAT(lines.back(), HasSubstr("more like this"));
  }
  EXPECT_LT(lines.size(), 40U);
}

}  // namespace
}  // namespace rtcbot
