// Who goes into which engine, and who is told to wait, in virtual time.
#include "isolation.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace rtcbot::engine_client {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Viewers of one robot, and the engines that they are in.
class IsolationTest : public testing::Test {
 protected:
  struct Place {
    ipc::PeerId id{};
    Slot slot{};
  };

  /// The party dials; nothing: it is refused.
  std::optional<Slot> dial(const std::string& party) {
    const ipc::PeerId id{++last_id_};
    const auto placement = isolation.place(now, id, party);
    if (std::holds_alternative<Paused>(placement)) return std::nullopt;
    const Slot slot = std::get<Slot>(placement);
    viewers[party] = {id, slot};
    return slot;
  }
  void leave(const std::string& party) {
    isolation.remove(now, viewers.at(party).id);
    viewers.erase(party);
  }
  void drive(const std::string& party) { isolation.set_drives(now, viewers.at(party).id, true); }
  /// The engine in which the party is ends. @returns who was in it
  std::set<std::string> kill(const std::string& party) { return fail(viewers.at(party).slot); }
  std::set<std::string> fail(Slot slot) {
    std::vector<ipc::PeerId> held;
    std::set<std::string> names;
    for (const auto& [name, place] : viewers) {
      if (place.slot != slot) continue;
      held.push_back(place.id);
      names.insert(name);
    }
    outcome = isolation.on_failure(now, slot, held);
    for (const auto& name : names) viewers.erase(name);
    return names;
  }
  bool is_paused(const std::string& party) { return isolation.pause_of(now, party) > Duration::zero(); }
  /// Those who lost their connection dial again.
  void come_back(const std::set<std::string>& names) {
    for (const auto& name : names) {
      now += milliseconds(10);
      dial(name);
    }
  }
  std::set<std::string> beside(const std::string& party) {
    std::set<std::string> others;
    for (const auto& [name, place] : viewers) {
      if (name != party && place.slot == viewers.at(party).slot) others.insert(name);
    }
    return others;
  }

  Timestamp now{seconds(10'000)};
  Isolation isolation;
  Isolation::Outcome outcome;
  std::map<std::string, Place> viewers;

 private:
  std::uint32_t last_id_ = 0;
};

TEST_F(IsolationTest, AllShareOneEngineUntilItFails) {
  for (int i = 0; i < 50; ++i) EXPECT_EQ(dial("viewer " + std::to_string(i)), kSharedSlot);
  EXPECT_EQ(isolation.stats().isolated, 0);
}

TEST_F(IsolationTest, GivesEachSuspectAnEngineOfItsOwn) {
  dial("ann");
  dial("bob");
  come_back(kill("ann"));
  EXPECT_NE(viewers["ann"].slot, kSharedSlot);
  EXPECT_NE(viewers["bob"].slot, kSharedSlot);
  EXPECT_NE(viewers["ann"].slot, viewers["bob"].slot);
  EXPECT_EQ(dial("eve"), kSharedSlot) << "a newcomer goes where no suspect is";
}

TEST_F(IsolationTest, NamesTheEnginesThatAreNeededBeforeAnybodyIsBack) {
  dial("ann");
  dial("bob");
  kill("ann");
  EXPECT_EQ(outcome.needed.size(), 2U);
  EXPECT_EQ(outcome.suspects, (std::vector<std::string>{"ann", "bob"}));
  EXPECT_FALSE(outcome.paused);
}

TEST_F(IsolationTest, PausesWhoFailsAloneLongerEachTimeUpToAMinute) {
  dial("ann");
  dial("bob");
  come_back(kill("ann"));
  for (const int expected : {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
    kill("bob");
    ASSERT_TRUE(outcome.paused.has_value());
    EXPECT_EQ(outcome.paused->remaining, seconds(expected));
    EXPECT_EQ(dial("bob"), std::nullopt);
    now += seconds(expected) - milliseconds(1);
    EXPECT_EQ(dial("bob"), std::nullopt);
    EXPECT_FALSE(is_paused("ann"));
    now += milliseconds(1);
    EXPECT_NE(dial("bob").value_or(kSharedSlot), kSharedSlot);
  }
  EXPECT_EQ(isolation.stats().pauses, 9);
  EXPECT_EQ(isolation.stats().refused, 18);
  EXPECT_EQ(viewers.count("ann"), 1U) << "and she noticed the first alone";
}

TEST_F(IsolationTest, DoesNotPauseForTheFirstFailureHoweverAlone) {
  dial("ann");
  kill("ann");
  EXPECT_FALSE(outcome.paused);
  EXPECT_TRUE(dial("ann").has_value());
}

TEST_F(IsolationTest, KeepsTheDriverAloneWhoeverElseIsThere) {
  for (const char* name : {"a", "b", "c", "d", "driver", "e", "f"}) dial(name);
  drive("driver");
  come_back(kill("a"));
  for (int i = 0; i < 200 && viewers.size() > 1; ++i) {
    EXPECT_EQ(viewers["driver"].slot, kDriverSlot);
    EXPECT_EQ(beside("driver"), std::set<std::string>{}) << i;
    // Any of the others, again and again.
    auto victim = viewers.begin();
    std::advance(victim, i % static_cast<int>(viewers.size()));
    if (victim->first == "driver") continue;
    come_back(fail(victim->second.slot));
    now += seconds(2);
  }
  EXPECT_EQ(viewers.count("driver"), 1U);
}

TEST_F(IsolationTest, KnowsWhoHasDrivenAMomentAgo) {
  dial("ann");
  dial("bob");
  drive("ann");
  isolation.set_drives(now, viewers["ann"].id, false);
  now += seconds(30);
  come_back(kill("ann"));
  EXPECT_EQ(viewers["ann"].slot, kDriverSlot);
  EXPECT_NE(viewers["bob"].slot, kDriverSlot);
}

TEST_F(IsolationTest, GivesTheDriversEngineToWhoDroveLast) {
  dial("ann");
  dial("bob");
  drive("ann");
  isolation.set_drives(now, viewers["ann"].id, false);
  drive("bob");
  kill("ann");
  now += seconds(3);
  EXPECT_NE(dial("ann"), kDriverSlot) << "it is kept for bob";
  EXPECT_EQ(dial("bob"), kDriverSlot);
}

TEST_F(IsolationTest, NeverPausesForAnEngineThatWasShared) {
  for (int i = 0; i < 12; ++i) dial("viewer " + std::to_string(i));
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    if (viewers.empty()) break;
    auto victim = viewers.begin();
    std::advance(victim, random() % viewers.size());
    const auto names = fail(victim->second.slot);
    EXPECT_FALSE(names.size() > 1 && outcome.paused);
    come_back(names);
    now += seconds(6);
    for (int i = 0; i < 12; ++i) {
      const auto name = "viewer " + std::to_string(i);
      if (!viewers.contains(name)) dial(name);
    }
  }
}

/// Of many viewers one ends each engine that it is in: it is found out soon, and nobody else is taken for it.
TEST_F(IsolationTest, FindsTheOneAmongManyByHalves) {
  for (int count : {2, 3, 4, 8, 16}) {
    SCOPED_TRACE(count);
    isolation = Isolation();
    viewers.clear();
    for (int i = 0; i < count; ++i) dial("viewer " + std::to_string(i));
    const std::string bad = "viewer " + std::to_string(count / 2);
    int failures = 0;
    while (!is_paused(bad) && failures < 30) {
      ++failures;
      now += seconds(6);
      come_back(kill(bad));
      for (const auto& [name, place] : viewers) EXPECT_FALSE(is_paused(name)) << name;
    }
    EXPECT_LE(failures, 7);
    EXPECT_EQ(isolation.stats().pauses, 1);
    EXPECT_EQ(viewers.size(), static_cast<std::size_t>(count) - 1) << "all others are there";
  }
}

TEST_F(IsolationTest, HealsWithCleanTime) {
  dial("ann");
  dial("bob");
  come_back(kill("bob"));
  kill("bob");
  now += seconds(1);
  dial("bob");
  kill("bob");
  EXPECT_EQ(outcome.paused->remaining, seconds(2));
  now += seconds(2) + minutes(10);
  dial("bob");
  kill("bob");
  EXPECT_EQ(outcome.paused->remaining, seconds(2)) << "one of two is forgiven";
  now += seconds(2) + minutes(40);
  EXPECT_EQ(dial("bob"), kSharedSlot);
  EXPECT_EQ(dial("ann"), kSharedSlot);
  EXPECT_EQ(isolation.suspects(), 0U);
}

TEST_F(IsolationTest, WhoChangesIdentityMeetsNewcomersOnly) {
  dial("driver");
  dial("watcher");
  drive("driver");
  dial("stranger 0");
  come_back(kill("stranger 0"));
  for (int i = 1; i < 500; ++i) {
    const auto name = "stranger " + std::to_string(i);
    EXPECT_EQ(dial(name), kSharedSlot);
    EXPECT_EQ(kill(name), std::set<std::string>{name});
    now += milliseconds(200);
  }
  EXPECT_EQ(viewers.count("driver") + viewers.count("watcher"), 2U);
  EXPECT_EQ(isolation.suspects(), Isolation::Config{}.max_parties);
  now += seconds(1);
  EXPECT_EQ(dial("driver"), kDriverSlot) << "is not forgotten over all those strangers";
}

TEST_F(IsolationTest, WhoHasNoNameIsNeverASuspectNorPaused) {
  dial("");
  for (int i = 0; i < 50; ++i) {
    kill("");
    EXPECT_FALSE(outcome.paused);
    EXPECT_TRUE(outcome.needed.empty());
    EXPECT_EQ(dial(""), kSharedSlot);
  }
  EXPECT_EQ(isolation.suspects(), 0U);
}

TEST_F(IsolationTest, WhoIsBesideOneWithoutANameIsNotPaused) {
  isolation = Isolation({.extra_engines = 0});
  for (int i = 0; i < 5; ++i) {
    dial("ann");
    dial("");
    kill("");
    EXPECT_FALSE(outcome.paused);
    EXPECT_EQ(outcome.suspects, std::vector<std::string>{"ann"});
  }
}

TEST_F(IsolationTest, WhoHasJustLeftMayHaveCausedIt) {
  dial("ann");
  dial("bob");
  come_back(kill("ann"));
  const Slot slot = viewers["bob"].slot;
  leave("bob");
  now += seconds(2);
  fail(slot);
  ASSERT_TRUE(outcome.paused.has_value()) << "an engine that ends while it closes its only connection";
  EXPECT_TRUE(is_paused("bob"));
}

TEST_F(IsolationTest, WhoLeftLongAgoDidNot) {
  dial("ann");
  dial("bob");
  come_back(kill("ann"));
  const Slot slot = viewers["bob"].slot;
  leave("bob");
  now += seconds(6);
  fail(slot);
  EXPECT_FALSE(outcome.paused);
  EXPECT_TRUE(outcome.suspects.empty());
}

TEST_F(IsolationTest, TheSamePartyIsKeptTogether) {
  dial("ann");
  dial("bob");
  come_back(kill("ann"));
  const Slot slot = viewers["ann"].slot;
  now += minutes(3);
  EXPECT_EQ(dial("ann"), slot);
}

TEST_F(IsolationTest, EndsAnExtraEngineThatNobodyUses) {
  dial("ann");
  dial("bob");
  const auto names = kill("ann");
  const std::vector<Slot> needed = outcome.needed;
  ASSERT_EQ(needed.size(), 2U);
  now += seconds(9);
  EXPECT_FALSE(isolation.may_end(now, needed[0])) << "they are expected back";
  come_back(names);
  now += minutes(5);
  EXPECT_FALSE(isolation.may_end(now, viewers["ann"].slot));
  const Slot slot = viewers["ann"].slot;
  leave("ann");
  now += seconds(9);
  EXPECT_FALSE(isolation.may_end(now, slot));
  now += seconds(2);
  EXPECT_TRUE(isolation.may_end(now, slot));
  EXPECT_FALSE(isolation.may_end(now, kSharedSlot));
}

TEST_F(IsolationTest, RemembersABoundedNumberOfParties) {
  for (int i = 0; i < 2'000; ++i) {
    dial("viewer " + std::to_string(i));
    if (i % 8 == 7) fail(kSharedSlot);
  }
  EXPECT_EQ(isolation.suspects(), Isolation::Config{}.max_parties);
  now += seconds(1);
  for (int i = 0; i < 2'000; ++i) {
    const auto guest = "guest " + std::to_string(i);
    dial(guest);
    leave(guest);
  }
  fail(kSharedSlot);
  EXPECT_EQ(outcome.suspects.size(), Isolation::Config{}.max_lingering);
}

TEST_F(IsolationTest, RemembersSomeOfMoreThanItCanAtOnce) {
  isolation = Isolation({.max_parties = 4});
  for (const auto* name : {"ann", "bob", "cat", "dan", "eve", "fay"}) dial(name);
  fail(kSharedSlot);
  EXPECT_EQ(isolation.suspects(), 4U);
  EXPECT_EQ(outcome.suspects.size(), 4U);
}

TEST_F(IsolationTest, ForgetsNoneThatIsAccusedForThoseThatAreWorse) {
  isolation = Isolation({.first_pause = milliseconds(1), .max_parties = 2});
  for (const auto* name : {"yan", "zoe"}) {
    for (int i = 0; i < 3; ++i) {
      dial(name);
      kill(name);
      now += seconds(20);
    }
  }
  for (const auto* name : {"ann", "bob"}) dial(name);
  fail(kSharedSlot);
  EXPECT_EQ(outcome.suspects, (std::vector<std::string>{"ann", "bob"}));
}

TEST_F(IsolationTest, DoesWithoutExtraEngines) {
  isolation = Isolation({.extra_engines = 0});
  dial("ann");
  kill("ann");
  EXPECT_TRUE(outcome.needed.empty());
  EXPECT_EQ(dial("ann"), kSharedSlot);
  kill("ann");
  EXPECT_TRUE(outcome.paused.has_value());
}

}  // namespace
}  // namespace rtcbot::engine_client
