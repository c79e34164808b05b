// Several engines: suspects are kept apart, who ends its own has to wait, and what is idle ends.
#include "engine_pool.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <string>

#include "support/recorder.hpp"
#include "test/processes.hpp"

namespace rtcbot::engine_client {
namespace {

using engine::testing::Recorder;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Pool : public testing::Test {
 protected:
  /// A party's connection, as its user holds it.
  struct Viewer {
    std::shared_ptr<Recorder> seen = std::make_shared<Recorder>();
    EnginePool::Placed placed{};
    [[nodiscard]] pid_t process() const {
      auto slot = std::make_shared<engine::testing::Slot<peer::Stats>>();
      placed.connection->get_stats([slot](peer::Stats stats) { slot->set(std::move(stats)); });
      return static_cast<pid_t>(slot->wait().value_or(peer::Stats{}).engine_process);
    }
  };

  void SetUp() override {
    pool = EnginePool::start(RTCBOT_TEST_ENGINE_PROGRAM, {},
                             {
                                 .first_pause = seconds(3),  // Seen also by a machine that stands still for a while.
                                 .return_window = milliseconds(500),
                                 .idle_limit = milliseconds(500),
                             });
  }
  Viewer connect(const std::string& party) {
    Viewer viewer;
    auto made = pool->make({.party = party}, viewer.seen);
    EXPECT_TRUE(made.has_value()) << made.error().what();
    if (made) viewer.placed = std::move(*made);
    return viewer;
  }
  void leave(Viewer& viewer) {
    viewer.placed.connection->dispose();
    pool->remove(viewer.placed);
    viewer.placed = {};
  }
  /// Ends the engine of that viewer, and waits until it knows.
  void kill_engine_of(const Viewer& viewer) {
    ASSERT_EQ(kill(viewer.process(), SIGKILL), 0);
    ASSERT_TRUE(viewer.seen->wait_state(peer::State::failed));
  }

  std::shared_ptr<EnginePool> pool;
};

TEST_F(Pool, SharesOneProcess) {
  const auto ann = connect("ann");
  const auto bob = connect("bob");
  EXPECT_EQ(ann.process(), bob.process());
  EXPECT_EQ(children("rtcbot-engine").size(), 1U);
}

TEST_F(Pool, KeepsSuspectsApartAndLetsWhoEndsItsOwnWait) {
  auto ann = connect("ann");
  auto bob = connect("bob");
  kill_engine_of(ann);
  ASSERT_TRUE(bob.seen->wait_state(peer::State::failed));
  ann = connect("ann");
  bob = connect("bob");
  EXPECT_NE(ann.process(), bob.process());
  EXPECT_EQ(pool->stats().processes, 3);
  kill_engine_of(bob);
  const auto refused = pool->make({.party = "bob"}, std::make_shared<Recorder>());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Errc::refused);
  EXPECT_NE(std::string(refused.error().what()).find("accepts the next one in "), std::string::npos)
      << refused.error().what();
  EXPECT_GT(pool->pause_of("bob"), Duration::zero());
  EXPECT_EQ(ann.placed.connection->state(), peer::State::connecting) << "the other has not noticed";
  ASSERT_TRUE(eventually([&] { return pool->pause_of("bob") == Duration::zero(); }));
  bob = connect("bob");
  const auto stats = pool->stats();
  EXPECT_EQ(stats.failures, 2);
  EXPECT_EQ(stats.pauses, 1);
  EXPECT_EQ(stats.refused, 1);
  EXPECT_EQ(stats.suspects, 2);
}

TEST_F(Pool, TellsAnExtraEngineWhichWayIsOut) {
  pool->set_outgoing_interface("lo");
  auto ann = connect("ann");
  kill_engine_of(ann);
  ann = connect("ann");
  pool->network_changed();
  EXPECT_NE(ann.process(), 0);
}

TEST_F(Pool, EndsAnExtraEngineThatIsIdle) {
  auto ann = connect("ann");
  kill_engine_of(ann);
  ann = connect("ann");
  const pid_t process = ann.process();
  EXPECT_EQ(children("rtcbot-engine").size(), 2U);
  leave(ann);
  EXPECT_TRUE(eventually([&] { return children("rtcbot-engine").size() == 1 && kill(process, 0) != 0; }));
  EXPECT_EQ(pool->stats().processes, 1);
  EXPECT_NE(connect("ann").process(), 0) << "and is started again for who comes back";
}

TEST_F(Pool, LeavesNoProcessBehind) {
  auto ann = connect("ann");
  kill_engine_of(ann);
  ann = connect("ann");
  ann.placed = {};
  pool = nullptr;
  EXPECT_TRUE(children("rtcbot-engine").empty());
}

}  // namespace
}  // namespace rtcbot::engine_client
