// A robot's engine ends, hangs or sends nonsense.
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <string>
#include <thread>

#include "rtcbot/engine_client/engine_client.hpp"
#include "rtcbot/ipc/codec.hpp"
#include "support/fake_video.hpp"
#include "support/pair.hpp"
#include "test/processes.hpp"

namespace rtcbot::engine_client {
namespace {

using engine::testing::FakeVideo;
using engine::testing::make_side;
using engine::testing::negotiate;
using engine::testing::Side;
using engine::testing::stats_of;

/// Two connections of one engine process.
class Supervised : public testing::Test {
 protected:
  void start() {
    auto started = engine_client::start({.program = RTCBOT_TEST_ENGINE_PROGRAM, .log = [this](const LogRecord& record) {
                                           const std::lock_guard lock(mutex);
                                           log.push_back(record.message);
                                         }});
    ASSERT_TRUE(started.has_value());
    engine = *started;
  }
  void connect() {
    a = make_side(*engine);
    b = make_side(*engine);
    ASSERT_TRUE(negotiate(*a.peer, *b.peer));
    ASSERT_TRUE(a.seen->wait_open("default"));
    ASSERT_TRUE(b.seen->wait_open("default"));
  }
  pid_t only_child() {
    const auto found = children("rtcbot-engine");
    return found.size() == 1 ? *found.begin() : 0;
  }
  bool has_logged(const std::string& part) {
    const std::lock_guard lock(mutex);
    return std::any_of(log.begin(), log.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
  }

  std::mutex mutex;
  std::vector<std::string> log;
  std::shared_ptr<peer::Engine> engine;
  Side a, b;
};

TEST_F(Supervised, FailsItsConnectionsWhenItIsKilledAndServesAgain) {
  start();
  connect();
  const pid_t first = only_child();
  ASSERT_NE(first, 0);
  ASSERT_EQ(kill(first, SIGKILL), 0);
  EXPECT_TRUE(a.seen->wait_state(peer::State::failed));
  EXPECT_TRUE(b.seen->wait_state(peer::State::failed));
  EXPECT_EQ(a.seen->reason()->code(), Errc::engine_failed);
  EXPECT_TRUE(a.seen->wait_closed("default"));
  EXPECT_TRUE(has_logged("was ended by SIGKILL"));
  const auto sent = a.peer->send("default", "late", false);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(stats_of(*a.peer).state, peer::State::failed);
  connect();
  EXPECT_NE(only_child(), first);
}

TEST_F(Supervised, EndsOneThatHangsAndServesAgain) {
  start();
  connect();
  const pid_t first = only_child();
  ASSERT_EQ(kill(first, SIGSTOP), 0);
  EXPECT_TRUE(a.seen->wait_state(peer::State::failed));
  EXPECT_TRUE(has_logged("did not answer for 2 s"));
  EXPECT_TRUE(eventually([&] { return kill(first, 0) != 0; })) << "it is gone, not left behind";
  connect();
}

TEST_F(Supervised, LeavesNoProcessBehind) {
  start();
  connect();
  a = {};
  b = {};
  engine = nullptr;
  EXPECT_TRUE(children("rtcbot-engine").empty());
}

TEST_F(Supervised, MayBeLetGoInACallBackOfItsOwn) {
  start();
  auto made = engine->make_peer({}, std::make_shared<engine::testing::Recorder>());
  ASSERT_TRUE(made.has_value());
  engine = nullptr;
  auto called = std::make_shared<engine::testing::Slot<bool>>();
  std::shared_ptr<peer::Peer> last = std::move(*made);
  auto& peer = *last;
  peer.get_stats([last = std::move(last), called](const peer::Stats&) { called->set(true); });
  EXPECT_TRUE(called->wait().has_value());
  EXPECT_TRUE(eventually([] { return children("rtcbot-engine").empty(); }));
}

TEST_F(Supervised, SurvivesKillsAtAnyMoment) {
  start();
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    std::thread killer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(round * 7));
      if (const pid_t child = only_child(); child != 0) kill(child, SIGKILL);
    });
    // Whatever stage it is in: an error or a connection, and never a wait without end.
    auto first = engine->make_peer({}, std::make_shared<engine::testing::Recorder>());
    auto second = engine->make_peer({}, std::make_shared<engine::testing::Recorder>());
    if (first && second) {
      (*first)->add_video(std::make_shared<FakeVideo>());
      static_cast<void>(negotiate(**first, **second));
    }
    killer.join();
  }
  ASSERT_TRUE(eventually([&] { return only_child() != 0; }));
  connect();
  EXPECT_EQ(children("rtcbot-engine").size(), 1U);
}

/// A program in the engine's place.
class FalseEngine : public Supervised {
 protected:
  void start_script(const std::string& text) {
    path = testing::TempDir() + "rtcbot_false_engine_" + std::to_string(getpid()) + ".sh";
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    chmod(path.c_str(), 0700);
    auto started = engine_client::start({.program = path, .log = [this](const LogRecord& record) {
                                           const std::lock_guard lock(mutex);
                                           log.push_back(record.message);
                                         }});
    ASSERT_TRUE(started.has_value());
    engine = *started;
  }
  void TearDown() override {
    engine = nullptr;
    std::remove(path.c_str());
  }
  std::string path;
};

TEST_F(FalseEngine, IsEndedWhenItSendsNonsense) {
  start_script("head -c 1000 /dev/zero >&3; exec sleep 1000");
  EXPECT_TRUE(eventually([&] { return has_logged("before it was ready"); }));
}

TEST_F(FalseEngine, IsEndedWhenItSpeaksBeforeItIsReady) {
  // A Pong: length 9, kind 1, eight bytes.
  start_script(R"(printf '\011\000\000\000\001\000\000\000\000\000\000\000\000' >&3; exec sleep 1000)");
  EXPECT_TRUE(eventually([&] { return has_logged("sent a message before it was ready"); }));
}

TEST_F(FalseEngine, IsEndedWhenItIsOfAnotherVersion) {
  start_script(R"(printf '\005\000\000\000\000\143\000\000\000' >&3; exec sleep 1000)");
  EXPECT_TRUE(eventually([&] { return has_logged("is of another version"); }));
}

TEST_F(FalseEngine, GivesNoConnectionThatItWasNotAskedFor) {
  // Ready, then a state of connection 5: nobody is there to hear of it. Then it ends.
  start_script(R"(printf '\005\000\000\000\000\001\000\000\000' >&3
printf '\012\000\000\000\003\005\000\000\000\001\000\000\000\000' >&3; exit 3)");
  EXPECT_TRUE(eventually([&] { return has_logged("ended with exit code 3; a new one is started"); }));
}

TEST_F(FalseEngine, SendsNoControlCharacterToTheLog) {
  const std::string messages = testing::TempDir() + "rtcbot_false_engine_" + std::to_string(getpid()) + ".messages";
  {
    std::ofstream file(messages, std::ios::binary);
    const ipc::Log line{.level = LogLevel::warning,
                        .message =
                            "a\x1b[2Jb\x7f"
                            "c k\xc3\xbc"
                            "che"};
    for (const ipc::Event& event : {ipc::Event(ipc::Ready{}), ipc::Event(line)}) {
      const auto bytes = ipc::encode(event);
      file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
  }
  start_script("cat " + messages + " >&3; exec sleep 1000");
  EXPECT_TRUE(eventually([&] {
    return has_logged(
        "a [2Jb c k\xc3\xbc"
        "che");
  }));
  std::remove(messages.c_str());
}

TEST_F(FalseEngine, ThatEndsAtOnceGivesAReasonForEachConnection) {
  start_script("exit 1");
  EXPECT_TRUE(eventually([&] { return has_logged("ended with exit code 1 before it was ready"); }));
}

TEST(FindProgram, SaysWhereItLooked) {
  setenv("RTCBOT_ENGINE", "/nonexistent/engine", 1);
  const auto found = find_program();
  unsetenv("RTCBOT_ENGINE");
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(std::string(found.error().what()).find("/nonexistent/engine"), std::string::npos);
}

}  // namespace
}  // namespace rtcbot::engine_client
