#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "confined.hpp"
#include "support/fake_audio.hpp"
#include "support/fake_video.hpp"
#include "support/pair.hpp"
#include "support/viewer.hpp"

namespace rtcbot::engine {
namespace {

using testing::FakeMicrophone;
using testing::FakeSpeaker;
using testing::FakeVideo;
using testing::make_side;
using testing::negotiate;
using testing::Side;
using testing::Viewer;

/// Starts the engine, enters the sandbox, and then runs `body`, which returns what failed. All in a child.
template <class Body>
void expect_works_inside(Body body) {
  const auto ending = sandbox::testing::in_child([&]() -> std::string {
    if (auto dropped = sandbox::drop_privileges(); !dropped) return dropped.error().what();
    auto engine = LocalEngine::create({});
    if (!engine) return engine.error().what();
    if (auto entered = sandbox::enter({}); !entered) return entered.error().what();
    return body(**engine);
  });
  EXPECT_EQ(ending.signal, 0);
  EXPECT_EQ(ending.text, "");
}

TEST(EngineInSandbox, CarriesMessagesBetweenTwoPeers) {
  expect_works_inside([](Engine& engine) -> std::string {
    Side caller = make_side(engine), callee = make_side(engine);
    if (auto done = negotiate(*caller.peer, *callee.peer); !done) return done.error().what();
    if (!caller.seen->wait_open("default") || !callee.seen->wait_open("default")) return "no channel opens";
    if (!caller.peer->send("default", "to the robot", false)) return "nothing can be sent";
    if (!callee.seen->wait_messages(1)) return "no message arrives";
    return callee.seen->messages()[0].text == "to the robot" ? "" : "another message arrives";
  });
}

TEST(EngineInSandbox, CarriesSoundBothWays) {
  expect_works_inside([](Engine& engine) -> std::string {
    Side robot = make_side(engine), page = make_side(engine);
    const auto robot_speaker = std::make_shared<FakeSpeaker>(600), page_speaker = std::make_shared<FakeSpeaker>(1'000);
    if (!robot.peer->add_audio(std::make_shared<FakeMicrophone>(1'000), robot_speaker)) return "no audio at the robot";
    if (!page.peer->add_audio(std::make_shared<FakeMicrophone>(600), page_speaker)) return "no audio at the page";
    if (auto done = negotiate(*page.peer, *robot.peer); !done) return done.error().what();
    robot.peer->set_audio(true, true);
    page.peer->set_audio(true, true);
    if (!page_speaker->wait_tones(20)) return "the page hears nothing";
    return robot_speaker->wait_tones(20) ? "" : "the robot hears nothing";
  });
}

TEST(EngineInSandbox, CarriesVideoToAViewerThatDecodesIt) {
  expect_works_inside([](Engine& engine) -> std::string {
    const auto video = std::make_shared<FakeVideo>();
    std::atomic<bool> ends{false};
    std::thread camera([&] {
      for (; !ends; std::this_thread::sleep_for(std::chrono::milliseconds(16))) video->give_picture();
    });
    const std::string failed = [&]() -> std::string {
      Side robot = make_side(engine);
      Viewer viewer(Viewer::Order::h264_first);
      if (!robot.peer->add_video(video)) return "no video at the robot";
      if (auto done = viewer.connect_to(*robot.peer); !done) return done.error().what();
      return viewer.wait_pictures(20) ? "" : "no pictures arrive";
    }();
    ends = true;
    camera.join();
    return failed;
  });
}

}  // namespace
}  // namespace rtcbot::engine
