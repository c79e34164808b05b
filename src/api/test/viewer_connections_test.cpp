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
  void TearDown() override {
    connections.reset();
    // A callback that is running now uses this object.
    std::promise<void> done;
    context->executor()([&] { done.set_value(); });
    done.get_future().wait();
  }

  void SetUp() override { set_log({}); }

  void make(const RTCConnection& page) {
    const Json offer = page.get_local_description();
    connections->make({.viewer = ann, .offer = signal::Description::offer(offer["sdp"].get<std::string>())});
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
        ViewerConnections::Events{.on_answer =
                                      [this](ViewerId, const Result<signal::Description>& answer) {
                                        if (answer) return answers.put_nowait(answer->sdp);
                                        failures.put_nowait(std::string(answer.error().what()));
                                      },
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
  connections->drop({.viewer = ann, .reason = "The robot's program has ended.", .why = signal::Refusal::robot_left});
  EXPECT_TRUE(page.wait_closed(kTimeout));
  EXPECT_TRUE(connections->wait_closed(std::chrono::steady_clock::now() + kTimeout));
  EXPECT_TRUE(connections->list().empty());
  EXPECT_EQ(ended, 0);
}

/// A page with the control channel. Closes when it has read why it is dropped, if it `obeys`.
class Page : public peer::PeerObserver {
 public:
  void on_state(peer::State state, const Error*) override { is_closed = state == peer::State::closed; }
  void on_channel_open(const std::string&) override { ++channels; }
  void on_channel_closed(const std::string&) override {}
  void on_message(const std::string&, std::string message, bool) override {
    if (obeys) peer->close();
    messages.put_nowait(Json::parse(message));
  }

  bool obeys = true;
  std::atomic<int> channels{0};
  std::atomic<bool> is_closed{false};
  QueueSubscription<Json> messages;
  std::unique_ptr<peer::Peer> peer;
};

class DroppedViewerTest : public ViewerConnectionsTest {
 protected:
  void TearDown() override {
    page->peer.reset();
    ViewerConnectionsTest::TearDown();
  }

  void come() {
    connections->set_prepare([this](RTCConnection& viewer) {
      viewer.subscribe([this](Json message) { heard.put_nowait(std::move(message)); });
    });
    page->peer = value_or_throw(context->engine()->make_peer({}, page));
    value_or_throw(page->peer->add_channel("rtcbot.control"));
    std::promise<std::string> offered;
    page->peer->create_offer(
        [&](Result<peer::Description> offer) { offered.set_value(value_or_throw(std::move(offer)).sdp); });
    connections->make({.viewer = ann, .offer = signal::Description::offer(offered.get_future().get())});
    page->peer->set_answer({peer::Description::Type::answer, answers.get(kTimeout)}, [](const Result<void>&) {});
    ASSERT_TRUE(eventually([&] { return page->channels == 2; }));
    // When the robot has this message, it knows of both channels.
    ASSERT_TRUE(page->peer->send("default", "0", false));
    EXPECT_EQ(heard.get(kTimeout), 0);
  }
  void drop() {
    connections->drop({.viewer = ann,
                       .reason = "A driver's connection took your place.",
                       .why = signal::Refusal::busy,
                       .retry_after = std::chrono::seconds(5)});
  }
  [[nodiscard]] bool all_are_closed() const {
    return connections->wait_closed(std::chrono::steady_clock::now() + kTimeout);
  }

  const std::shared_ptr<Page> page = std::make_shared<Page>();
  QueueSubscription<Json> heard;
};

TEST_F(DroppedViewerTest, IsToldWhyAndClosesItself) {
  come();
  drop();
  EXPECT_EQ(page->messages.get(kTimeout), Json({{"v", 1},
                                                {"type", "end"},
                                                {"error", "busy"},
                                                {"message", "A driver's connection took your place."},
                                                {"retry_after", 5}}));
  EXPECT_TRUE(all_are_closed());
  EXPECT_EQ(ended, 0);
}

TEST_F(DroppedViewerTest, IsClosedIfItDoesNotCloseItself) {
  page->obeys = false;
  come();
  drop();
  (void)page->messages.get(kTimeout);
  EXPECT_TRUE(all_are_closed());
  EXPECT_TRUE(eventually([&] { return page->is_closed.load(); }));
}

TEST_F(DroppedViewerTest, CanDoNothingMoreWhileItIsTold) {
  page->obeys = false;
  come();
  drop();
  (void)page->messages.get(kTimeout);
  (void)page->peer->send("default", "1", false);
  EXPECT_TRUE(all_are_closed());
  EXPECT_FALSE(heard.try_get(std::chrono::milliseconds(0)));
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
