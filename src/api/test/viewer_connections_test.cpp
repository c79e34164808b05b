#include "../viewer_connections.hpp"

#include <atomic>
#include <future>
#include <stdexcept>

#include <gmock/gmock.h>

#include "rtcbot/log.hpp"
#include "support/eventually.hpp"

namespace rtcbot {
namespace {

using session::ViewerId;
using test::eventually;
using test::kTimeout;

class ViewerConnectionsTest : public testing::Test {
 protected:
  ~ViewerConnectionsTest() override {
    connections.reset();
    // A callback that is running now uses this object.
    std::promise<void> done;
    context->executor()([&] { done.set_value(); });
    done.get_future().wait();
  }

  void SetUp() override { set_log({}); }

  void make(const RTCConnection& page) {
    const Json offer = page.get_local_description();
    connections->make({.viewer = ann, .offer = {offer["sdp"].get<std::string>()}});
  }

  /// Makes the page's viewer, and connects the two.
  void connect(const RTCConnection& page) {
    make(page);
    page.set_remote_description({{"type", "answer"}, {"sdp", answers.get(kTimeout)}});
    ASSERT_TRUE(page.wait_connected(kTimeout));
    ASSERT_TRUE(eventually([&] { return connected == 1; }));
  }

  const ViewerId ann{1};
  QueueSubscription<std::string> answers;
  QueueSubscription<std::string> failures;
  std::atomic<int> connected{0};
  std::atomic<int> ended{0};
  ViewerConnections::Settings settings;
  std::shared_ptr<Context> context = Context::get();
  std::shared_ptr<ViewerConnections> connections = make_connections();

  std::shared_ptr<ViewerConnections> make_connections() {
    return std::make_shared<ViewerConnections>(
        settings, context,
        ViewerConnections::Events{
            .on_answer = [this](ViewerId, std::string sdp) { answers.put_nowait(std::move(sdp)); },
            .on_failure = [this](ViewerId, const Error& error) { failures.put_nowait(std::string(error.what())); },
            .on_candidates = [](ViewerId, const std::vector<signal::Candidate>&, bool) {},
            .on_connected = [this](ViewerId) { ++connected; },
            .on_end = [this](ViewerId) { ++ended; }});
  }
};

TEST_F(ViewerConnectionsTest, AnswersAndReportsTheConnectionAndItsEnd) {
  const RTCConnection page;
  connect(page);
  EXPECT_EQ(connections->list().size(), 1U);
  page.close();
  EXPECT_TRUE(eventually([&] { return ended == 1; }));
  EXPECT_TRUE(connections->list().empty());
}

TEST_F(ViewerConnectionsTest, ClosesADroppedConnectionAndReportsNothingMore) {
  const RTCConnection page;
  connect(page);
  connections->drop(ann);
  EXPECT_TRUE(page.wait_closed(kTimeout));
  EXPECT_TRUE(connections->wait_closed(std::chrono::steady_clock::now() + kTimeout));
  EXPECT_TRUE(connections->list().empty());
}

TEST_F(ViewerConnectionsTest, GivesTheProgramEachConnectionBeforeItsAnswer) {
  std::atomic<bool> was_answered = true;
  connections->set_prepare(
      [&](RTCConnection&) { was_answered = answers.try_get(std::chrono::milliseconds(0)).has_value(); });
  const RTCConnection page;
  connect(page);
  EXPECT_FALSE(was_answered);
}

TEST_F(ViewerConnectionsTest, ReportsAProgramThatThrowsAndDropsNothingElse) {
  connections->set_prepare([](RTCConnection&) { throw std::runtime_error("no camera"); });
  const RTCConnection page;
  make(page);
  EXPECT_EQ(failures.get(kTimeout), "no camera");
}

TEST_F(ViewerConnectionsTest, RefusesARelayedConnectionWithoutATurnServer) {
  settings.connection.relay_only = true;
  connections = make_connections();
  const RTCConnection page;
  make(page);
  EXPECT_THAT(failures.get(kTimeout), testing::HasSubstr("TURN"));
}

}  // namespace
}  // namespace rtcbot
