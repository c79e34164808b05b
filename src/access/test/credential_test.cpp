#include "rtcbot/access/credential.hpp"

#include <gtest/gtest.h>

#include "support/tokens.hpp"

namespace rtcbot::access {
namespace {

using namespace testing;

TEST(RobotPattern, MatchesByNameOrByStars) {
  EXPECT_TRUE(pattern("rover1").matches(named("rover1")));
  EXPECT_FALSE(pattern("rover1").matches(named("rover12")));
  EXPECT_TRUE(pattern("rover*").matches(named("rover")));
  EXPECT_TRUE(pattern("*-east-*").matches(named("a-east-east-7")));
  EXPECT_FALSE(pattern("*-east-*").matches(named("a-west-7")));
  EXPECT_TRUE(pattern("a*b*c").matches(named("aXbXbc")));
  EXPECT_FALSE(pattern("a*b*c").matches(named("aXbXcd")));
  EXPECT_FALSE(pattern("Rover*").matches(named("rover1")));
}

TEST(RobotPattern, HasTheRobotWithoutANameUnderASlashAndUnderAllAlone) {
  EXPECT_TRUE(pattern("/").matches({}));
  EXPECT_TRUE(pattern("*").matches({}));
  EXPECT_FALSE(pattern("r*").matches({}));
  EXPECT_FALSE(pattern("**").matches({}));
  EXPECT_FALSE(pattern("/").matches(named("rover")));
}

TEST(RobotPattern, IsRefusedWhereItCouldMeanAnything) {
  for (const auto* text :
       {"", "rover 1", "rover/1", "../x", "rover[1]", "rover?", "ws", ".x", "*********", "r\xc3\xb6ver"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(RobotPattern::parse(text));
  }
  EXPECT_FALSE(RobotPattern::parse(std::string(65, 'a')));
  EXPECT_TRUE(RobotPattern::parse(std::string(64, 'a')));
}

TEST(RobotPattern, TakesNoLongerForTheWorstOfPatterns) {
  const auto worst = pattern("a*a*a*a*a*a*a*a*b");
  EXPECT_FALSE(worst.matches(named(std::string(64, 'a'))));
}

TEST(RobotPattern, KnowsWhetherItMeansOneRobotAlone) {
  EXPECT_EQ(pattern("rover1").only(), named("rover1"));
  EXPECT_EQ(pattern("/").only(), signal::RobotName());
  EXPECT_EQ(pattern("rover*").only(), std::nullopt);
}

TEST(Grants, AllowWhatTheirRoleSaysForTheirRobotsAlone) {
  struct Row {
    Role role;
    bool serve, look, connect, drive;
  };
  for (const auto& row : {Row{Role::robot, true, false, false, false}, Row{Role::watch, false, true, true, false},
                          Row{Role::drive, false, true, true, true}, Row{Role::admin, false, true, true, true}}) {
    SCOPED_TRACE(name_of(row.role));
    const auto of = grant(row.role);
    EXPECT_EQ(may(of, Action::serve, named("rover1")), row.serve);
    EXPECT_EQ(may(of, Action::look, named("rover1")), row.look);
    EXPECT_EQ(may(of, Action::connect, named("rover1")), row.connect);
    EXPECT_EQ(may(of, Action::drive, named("rover1")), row.drive);
    for (const auto action : {Action::serve, Action::look, Action::connect, Action::drive, Action::relay}) {
      EXPECT_FALSE(may(of, action, named("digger")));
    }
  }
}

TEST(Grants, LetAdministratorsAloneReadTheFigures) {
  for (const auto role : {Role::robot, Role::watch, Role::drive}) EXPECT_FALSE(may(grant(role), Action::operate));
  EXPECT_TRUE(may(grant(Role::admin), Action::operate));
}

TEST(Grants, TellPagesOfRelaysAndNotRobots) {
  EXPECT_FALSE(may(grant(Role::robot), Action::relay));
  for (const auto role : {Role::watch, Role::drive, Role::admin}) EXPECT_TRUE(may(grant(role), Action::relay));
}

TEST(Grants, AreOfOneOwnerHoweverOftenTheTokenIsRenewed) {
  auto first = grant(), second = grant();
  second.id = "id-2";
  EXPECT_EQ(owner_key(first), owner_key(second));
  first.owner.clear();
  second.owner.clear();
  EXPECT_NE(owner_key(first), owner_key(second));
  second.owner = first.id;
  EXPECT_NE(owner_key(first), owner_key(second)) << "an owner cannot pose as a token's id";
}

}  // namespace
}  // namespace rtcbot::access
