#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>

#include "support/fake_video.hpp"
#include "support/offers.hpp"
#include "support/pair.hpp"
#include "support/viewer.hpp"

namespace rtcbot::engine {
namespace {

using std::chrono::milliseconds;
using testing::FakeVideo;
using testing::make_side;
using testing::negotiate;
using testing::Side;
using testing::start_engine;
using testing::Viewer;

class Connection : public ::testing::Test {
 protected:
  std::shared_ptr<Engine> engine = start_engine();
};

TEST_F(Connection, GoesFromConnectingToConnectedToClosed) {
  Side caller = make_side(*engine);
  Side callee = make_side(*engine);
  EXPECT_EQ(caller.peer->state(), State::connecting);
  ASSERT_TRUE(negotiate(*caller.peer, *callee.peer));
  ASSERT_TRUE(caller.seen->wait_state(State::connected));
  ASSERT_TRUE(callee.seen->wait_state(State::connected));
  caller.peer->close();
  ASSERT_TRUE(caller.seen->wait_state(State::closed));
  EXPECT_FALSE(caller.seen->reason()) << "closed by this side: no reason";
  EXPECT_EQ(caller.seen->states(), (std::vector{State::connected, State::closed}));
}

TEST_F(Connection, HearsAtOnceThatTheOtherSideClosed) {
  Side caller = make_side(*engine);
  Side callee = make_side(*engine);
  ASSERT_TRUE(negotiate(*caller.peer, *callee.peer));
  ASSERT_TRUE(callee.seen->wait_open("default"));
  caller.peer->close();
  ASSERT_TRUE(callee.seen->wait_state(State::closed));
  EXPECT_EQ(callee.seen->states(), (std::vector{State::connected, State::closed})) << "it was told: silence interrupts";
  ASSERT_TRUE(callee.seen->reason());
  EXPECT_EQ(callee.seen->reason()->code(), Errc::closed);
  EXPECT_TRUE(callee.seen->wait_closed("default"));
}

TEST_F(Connection, HearsAtOnceThatABrowserClosed) {
  Side robot = make_side(*engine);
  Viewer viewer(Viewer::Order::h264_first);
  ASSERT_TRUE(robot.peer->add_video(std::make_shared<FakeVideo>()));
  ASSERT_TRUE(viewer.connect_to(*robot.peer));
  ASSERT_TRUE(robot.seen->wait_state(State::connected));
  viewer.close();
  EXPECT_TRUE(robot.seen->wait_state(State::closed));
  EXPECT_EQ(robot.seen->states(), (std::vector{State::connected, State::closed})) << "it was told: silence interrupts";
}

TEST_F(Connection, NoticesASilentViewerInSecondsAndGivesUp) {
  Side robot = make_side(*engine, {.give_up_after = milliseconds(1000)});
  Viewer viewer(Viewer::Order::no_video);
  ASSERT_TRUE(viewer.connect_to(*robot.peer));
  ASSERT_TRUE(robot.seen->wait_open("default"));
  const auto before = std::chrono::steady_clock::now();
  viewer.freeze();
  ASSERT_TRUE(robot.seen->wait_state(State::failed));
  // 2 s of silence, looked for each half second, and then the second until it gives up; the rest is for a machine that
  // pauses. Without the first it would end after the 10 s of ICE.
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(7000));
  EXPECT_EQ(robot.seen->reason()->code(), Errc::peer_lost);
  EXPECT_EQ(robot.seen->states(), (std::vector{State::connected, State::interrupted, State::failed}));
}

TEST_F(Connection, StaysConnectedWhenNothingIsSaid) {
  Side robot = make_side(*engine, {.silence_limit = milliseconds(4'000)});
  Viewer viewer(Viewer::Order::no_video);
  ASSERT_TRUE(viewer.connect_to(*robot.peer));
  ASSERT_TRUE(robot.seen->wait_state(State::connected));
  EXPECT_FALSE(robot.seen->wait_state(State::interrupted, milliseconds(6'000))) << "an idle viewer is not a lost one";
}

TEST_F(Connection, FailsWhenNoPathIsFoundInTime) {
  Side robot = make_side(*engine, {.connect_limit = milliseconds(800)});
  const auto answer =
      testing::answer_of(*robot.peer, {Description::Type::offer, testing::offer_named("chromium_video_data")});
  ASSERT_TRUE(answer);
  ASSERT_TRUE(robot.seen->wait_state(State::failed));
  EXPECT_EQ(robot.seen->reason()->code(), Errc::connect_failed);
  EXPECT_EQ(robot.peer->state(), State::failed);
}

TEST_F(Connection, WaitsForTheOtherSidesDescriptionAsLongAsItTakes) {
  Side caller = make_side(*engine, {.connect_limit = milliseconds(200)});
  Side callee = make_side(*engine, {.connect_limit = milliseconds(200)});
  const auto offer = testing::offer_of(*caller.peer);
  ASSERT_TRUE(offer);
  EXPECT_FALSE(caller.seen->wait_state(State::failed, milliseconds(1'000)));
  EXPECT_FALSE(callee.seen->wait_state(State::failed, milliseconds(10)));
  const auto answer = testing::answer_of(*callee.peer, *offer);
  ASSERT_TRUE(answer);
  callee.peer.reset();
  ASSERT_TRUE(testing::set_answer_of(*caller.peer, *answer));
  EXPECT_TRUE(caller.seen->wait_state(State::failed)) << "from here on it has its limit";
}

TEST_F(Connection, RefusesEverythingOnceClosed) {
  Side side = make_side(*engine);
  side.peer->close();
  ASSERT_TRUE(side.seen->wait_state(State::closed));
  const auto offer = testing::offer_of(*side.peer);
  ASSERT_FALSE(offer);
  EXPECT_EQ(offer.error().code(), Errc::closed);
  EXPECT_FALSE(side.peer->send("default", "x", false));
  side.peer->close();
  EXPECT_EQ(testing::stats_of(*side.peer).state, State::closed);
}

TEST_F(Connection, RefusesAnAnswerWithoutAnOffer) {
  Side side = make_side(*engine);
  const auto done = testing::set_answer_of(*side.peer, {Description::Type::answer, "v=0\r\n"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Errc::invalid_state);
}

TEST_F(Connection, RefusesAnAnswerThatIsNone) {
  Side side = make_side(*engine);
  ASSERT_TRUE(testing::offer_of(*side.peer));
  const auto done = testing::set_answer_of(*side.peer, {Description::Type::answer, "v=0\r\nhello\r\n"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Errc::bad_message);
}

TEST_F(Connection, AnswersWithinTheGatheringLimitThoughAServerIsSilent) {
  // A STUN server that never answers: an address of this machine where nobody listens.
  const IceServer silent{.urls = {"stun:127.0.0.1:9"}};
  Side robot = make_side(*engine, {.ice_servers = {silent}, .gathering_limit = milliseconds(300)});
  const Description offer{Description::Type::offer, testing::offer_named("chromium_data")};
  const auto before = std::chrono::steady_clock::now();
  const auto answer = testing::answer_of(*robot.peer, offer);
  ASSERT_TRUE(answer);
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(5000));
  EXPECT_NE(answer->sdp.find("a=candidate:"), std::string::npos);
}

TEST_F(Connection, AnswersWhenAllIsGatheredAlthoughItGoesOnGathering) {
  // Relays only, and none is known: no candidate ever comes whose silence could tell the end.
  Side robot = make_side(*engine, {.relay_only = true, .gathering_limit = milliseconds(15'000)});
  const Description offer{Description::Type::offer, testing::offer_named("chromium_data")};
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(testing::answer_of(*robot.peer, offer));
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(7'500));
}

TEST_F(Connection, RefusesABadConfiguration) {
  const auto seen = std::make_shared<testing::Recorder>();
  for (const PeerConfig& config :
       {PeerConfig{.ice_servers = {{.urls = {"http://example.com"}}}}, PeerConfig{.connect_limit = milliseconds(0)},
        PeerConfig{.min_bitrate = DataRate::kilobits_per_second(9000)}}) {
    const auto made = engine->make_peer(config, seen);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), Errc::bad_config);
  }
  EXPECT_FALSE(engine->make_peer({}, nullptr));
}

TEST_F(Connection, MayBeDestroyedInTheMiddleOfAnything) {
  for (int i = 0; i < 20; ++i) {
    Side caller = make_side(*engine);
    Side callee = make_side(*engine);
    caller.peer->create_offer([](const Result<Description>&) {});
    callee.peer->answer({Description::Type::offer, testing::offer_named("chromium_video_data")},
                        [](const Result<Description>&) {});
    if (i % 2 == 0) callee.peer->close();
  }
}

struct Usage {
  std::ptrdiff_t threads = 0;
  std::ptrdiff_t descriptors = 0;
};

Usage usage() {
  using Listing = std::filesystem::directory_iterator;
  return {std::distance(Listing("/proc/self/task"), Listing()), std::distance(Listing("/proc/self/fd"), Listing())};
}

TEST_F(Connection, ThirtyTimesOverCostsNoThreadsAndNoDescriptors) {
  const auto cycle = [this] {
    Side caller = make_side(*engine);
    Side callee = make_side(*engine);
    ASSERT_TRUE(callee.peer->add_video(std::make_shared<FakeVideo>()));
    ASSERT_TRUE(negotiate(*caller.peer, *callee.peer));
    ASSERT_TRUE(callee.seen->wait_open("default"));
  };
  cycle();
  const Usage before = usage();
  for (int i = 0; i < 30; ++i) cycle();
  const Usage after = usage();
  EXPECT_LE(after.threads, before.threads);
  EXPECT_LE(after.descriptors, before.descriptors);
}

TEST_F(Connection, AFurtherViewerCostsNoThread) {
  const auto video = std::make_shared<FakeVideo>();
  Viewer first_viewer(Viewer::Order::h264_first);
  Viewer second_viewer(Viewer::Order::h264_first);
  Side first = make_side(*engine);
  ASSERT_TRUE(first.peer->add_video(video));
  ASSERT_TRUE(first_viewer.connect_to(*first.peer));
  ASSERT_TRUE(video->wait_attached(1));
  ASSERT_TRUE(video->give_picture());
  const auto offer = second_viewer.offer();
  Side second = make_side(*engine);
  ASSERT_TRUE(second.peer->add_video(video));
  const Usage before = usage();
  ASSERT_TRUE(testing::answer_of(*second.peer, offer));
  EXPECT_LE(usage().threads, before.threads);
}

}  // namespace
}  // namespace rtcbot::engine
