// Pages with a socket: what they hear, what they may ask, and how much.
#include "rtcbot/broker/pages.hpp"

#include <gmock/gmock.h>

#include "broker_bench.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using signal::OfferId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class PagesTest : public ::testing::Test {
 protected:
  PageId open(std::optional<std::string_view> name, std::string address = "192.0.2.1") {
    const PageId page(++last_page_);
    PageView view;
    if (name) view.robot = named(*name);
    pages_.connected(now_, page, std::move(view), std::move(address));
    return page;
  }
  std::vector<PageAction> actions() {
    std::vector<PageAction> out;
    while (auto action = pages_.poll_action()) out.push_back(std::move(*action));
    return out;
  }
  void say(PageId page, const signal::Message& message) { pages_.message(now_, page, write_message(message), false); }
  void change(std::string_view name, bool online, std::optional<int> viewers = {}) {
    RobotChanged robot{.socket = SocketId(1), .name = named(name), .is_online = online};
    robot.protocol = signal::Protocol::v1;
    robot.trickle = true;
    robot.viewers = viewers;
    directory_.changed(now_, robot);
    pages_.robot_changed(now_, named(name));
  }
  /// The request that was made of the offer just said.
  RequestId asked() {
    for (const auto& action : actions()) {
      if (const auto* offer = std::get_if<PageOffer>(&action)) return offer->request;
    }
    return {};
  }

  RobotDirectory directory_;
  Pages pages_{{.max_pages = 4, .max_pages_per_address = 2, .max_offers_per_page = 2, .server_version = "1.2"},
               directory_};
  Timestamp now_{};
  std::uint64_t last_page_ = 0;
};

template <class T>
T told(const PageAction& action) {
  return std::get<T>(signal::parse_message(std::get<SendPage>(action).text).value());
}
MATCHER_P2(ClosesPage, page, code, "") {
  const auto* close = std::get_if<ClosePage>(&arg);
  return close != nullptr && close->page == page && close->code == code && !close->reason.empty();
}

TEST_F(PagesTest, IsClosedWhenItsCredentialEndsAlsoIfItSaysNothing) {
  std::optional<PageEnd> why;
  PageView view;
  view.robot = named("rover");
  view.why_ended = [&why] { return why; };
  pages_.connected(now_, PageId(70), std::move(view), "192.0.2.7");
  const auto other = open("rover");
  actions();
  pages_.close_ended();
  EXPECT_THAT(actions(), IsEmpty());
  why = PageEnd{"signed_out", "You signed out."};
  pages_.close_ended();
  const auto last = actions();
  ASSERT_THAT(last, SizeIs(2));
  EXPECT_EQ(told<signal::ErrorMessage>(last[0]), (signal::ErrorMessage{"signed_out", "You signed out.", {}}));
  EXPECT_THAT(last[1], ClosesPage(PageId(70), 1008));
  EXPECT_EQ(pages_.stats().ended, 1);
  change("rover", true);
  EXPECT_THAT(actions(), SizeIs(1)) << "only the other is told, page " << other.value();
}

TEST_F(PagesTest, IsWelcomedAndToldOfItsRobotAtOnceAndAtEachChange) {
  const auto page = open("rover");
  auto first = actions();
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(told<signal::Welcome>(first[0]).server, "1.2");
  EXPECT_TRUE(told<signal::PresenceMessage>(first[1]).robots.at(0).forgotten);
  change("rover", true);
  change("other", true);
  const auto next = actions();
  ASSERT_THAT(next, SizeIs(1));
  EXPECT_EQ(std::get<SendPage>(next[0]).page, page);
  EXPECT_TRUE(told<signal::PresenceMessage>(next[0]).robots.at(0).online);
  pages_.disconnected(page);
  change("rover", false);
  EXPECT_THAT(actions(), IsEmpty());
}

TEST_F(PagesTest, ListsGetEverybodyThenWhatChangedTogether) {
  for (int i = 0; i < 90; ++i) change(std::string("r").append(std::to_string(i)), true);
  open(std::nullopt);
  const auto first = actions();
  ASSERT_THAT(first, SizeIs(4));
  EXPECT_THAT(told<signal::PresenceMessage>(first[1]).robots, SizeIs(40));
  EXPECT_TRUE(told<signal::PresenceMessage>(first[2]).more);
  EXPECT_THAT(told<signal::PresenceMessage>(first[3]).robots, SizeIs(10));
  EXPECT_FALSE(told<signal::PresenceMessage>(first[3]).more);
  change("r1", false);
  change("r1", true, 3);
  change("r2", false);
  EXPECT_THAT(actions(), IsEmpty());
  now_ = pages_.next_timeout();
  EXPECT_EQ(now_, Timestamp(250ms));
  pages_.handle_timeout(now_);
  const auto news = actions();
  ASSERT_THAT(news, SizeIs(1));
  const auto robots = told<signal::PresenceMessage>(news[0]).robots;
  ASSERT_THAT(robots, SizeIs(2));
  EXPECT_EQ(robots[0].viewers, 3);
  EXPECT_FALSE(robots[1].online);
  EXPECT_EQ(pages_.next_timeout(), kNever);
}

TEST_F(PagesTest, AListShowsOnlyWhatItMay) {
  change("mine", true);
  change("yours", true);
  pages_.connected(now_, PageId(9), {.shows = [](const signal::RobotName& name) { return name.text() == "mine"; }},
                   "a");
  const auto robots = told<signal::PresenceMessage>(actions().at(1)).robots;
  ASSERT_THAT(robots, SizeIs(1));
  EXPECT_EQ(robots[0].name, "mine");
  now_ += 1s;
  change("yours", false);
  pages_.handle_timeout(now_ += 1s);
  EXPECT_THAT(actions(), IsEmpty()) << "not even that something happened";
  change("mine", false);
  pages_.handle_timeout(now_ += 1s);
  EXPECT_THAT(actions(), SizeIs(1));
}

TEST_F(PagesTest, AnOfferIsAcceptedPassedOnAndAnsweredUnderThePagesOwnId) {
  const auto page = open("rover");
  actions();
  say(page, signal::OfferMessage{OfferId(77), "v=0", {}, true});
  const auto made = actions();
  ASSERT_THAT(made, SizeIs(2));
  EXPECT_EQ(told<signal::Accepted>(made[0]).id, OfferId(77));
  const auto offer = std::get<PageOffer>(made[1]);
  EXPECT_EQ(offer, (PageOffer{RequestId(kFirstPageRequest + 1), page, named("rover"), "v=0", true}));
  EXPECT_TRUE(pages_.responded(Respond{.request = offer.request, .body = legacy_answer("a")}));
  EXPECT_EQ(told<signal::AnswerMessage>(actions().at(0)),
            (signal::AnswerMessage{OfferId(77), make_sdp("a", "active")}));
  pages_.robot_candidates({offer.request, {}, true});
  EXPECT_EQ(told<signal::Candidates>(actions().at(0)), (signal::Candidates{OfferId(77), {}, true}));
}

TEST_F(PagesTest, ARefusalComesWithItsCodeItsSentenceAndTheTimeToWait) {
  const auto page = open("rover");
  say(page, signal::OfferMessage{OfferId(1), "v=0", {}, false});
  const auto request = asked();
  pages_.responded(Respond{.request = request,
                           .status = 429,
                           .body = signal::refusal_json(signal::Refusal::busy, "Full."),
                           .retry_after = 7s});
  EXPECT_EQ(told<signal::RefusalMessage>(actions().at(0)), (signal::RefusalMessage{OfferId(1), "busy", "Full.", 7s}));
  say(page, signal::Candidates{OfferId(1), {}, true});
  EXPECT_THAT(actions(), IsEmpty());
}

TEST_F(PagesTest, WhatIsNotOfAPageIsLeftToOthers) {
  EXPECT_FALSE(pages_.responded(Respond{.request = RequestId(3), .body = legacy_answer("a")}));
}

TEST_F(PagesTest, APageThatLeavesOrCancelsGivesItsOffersUp) {
  const auto leaving = open("rover"), cancelling = open("rover");
  say(leaving, signal::OfferMessage{OfferId(1), "v=0", {}, false});
  const auto one = asked();
  say(cancelling, signal::OfferMessage{OfferId(1), "v=0", {}, false});
  const auto two = asked();
  pages_.disconnected(leaving);
  say(cancelling, signal::Cancel{OfferId(1)});
  EXPECT_THAT(actions(), ElementsAre(PageAction(GiveUp{one}), PageAction(GiveUp{two})));
  pages_.responded(Respond{.request = one, .body = legacy_answer("late")});
  EXPECT_THAT(actions(), IsEmpty());
}

TEST_F(PagesTest, HasABoundOnOffersAndForgetsAnsweredOnesFirst) {
  const auto page = open("rover");
  say(page, signal::OfferMessage{OfferId(1), "v=0", {}, false});
  const auto first = asked();
  say(page, signal::OfferMessage{OfferId(2), "v=0", {}, false});
  actions();
  say(page, signal::OfferMessage{OfferId(3), "v=0", {}, false});
  EXPECT_EQ(told<signal::RefusalMessage>(actions().at(0)).error, "rate_limited");
  pages_.responded(Respond{.request = first, .body = legacy_answer("a")});
  actions();
  say(page, signal::OfferMessage{OfferId(3), "v=0", {}, false});
  EXPECT_EQ(actions().at(0), PageAction(GiveUp{first}));
}

TEST_F(PagesTest, MayNotConnectFromAListNorWithoutTheRight) {
  const auto list = open(std::nullopt);
  pages_.connected(now_, PageId(50), {.robot = named("rover"), .may_connect = false}, "b");
  actions();
  say(list, signal::OfferMessage{OfferId(1), "v=0", {}, false});
  say(PageId(50), signal::OfferMessage{OfferId(1), "v=0", {}, false});
  const auto refused = actions();
  ASSERT_THAT(refused, SizeIs(2));
  EXPECT_EQ(told<signal::RefusalMessage>(refused[0]).error, "bad_offer");
  EXPECT_EQ(told<signal::RefusalMessage>(refused[1]).error, "forbidden");
}

TEST_F(PagesTest, IsClosedForWhatIsNoMessageBinaryOrAnIdUsedTwice) {
  const auto text = open("rover"), binary = open("rover"), twice = open("rover", "b");
  actions();
  pages_.message(now_, text, "hello", false);
  pages_.message(now_, binary, "{}", true);
  say(twice, signal::OfferMessage{OfferId(1), "v=0", {}, false});
  const auto request = asked();
  say(twice, signal::OfferMessage{OfferId(1), "v=0", {}, false});
  EXPECT_THAT(actions(), ElementsAre(ClosesPage(twice, 1008), PageAction(GiveUp{request})));
  EXPECT_EQ(pages_.stats().closed, 3);
  EXPECT_EQ(pages_.size(), 0u);
}

TEST_F(PagesTest, MaySayOnlySoMuch) {
  const auto page = open("rover");
  actions();
  for (int i = 0; i < 200; ++i) say(page, signal::Status{});
  EXPECT_THAT(actions(), IsEmpty());
  now_ += 100ms;
  say(page, signal::Status{});
  say(page, signal::Status{});
  EXPECT_THAT(actions(), IsEmpty());
  say(page, signal::Status{});
  EXPECT_THAT(actions(), ElementsAre(ClosesPage(page, 1008)));
}

TEST_F(PagesTest, AreBoundedForAnAddressAndInAll) {
  open("rover", "a");
  open("rover", "a");
  const auto of_address = pages_.refusal_for("a");
  ASSERT_TRUE(of_address);
  EXPECT_EQ(of_address->error, "too_many_pages");
  EXPECT_THAT(of_address->message, StartsWith("2 pages from your address are open"));
  EXPECT_EQ(of_address->retry_after, 10s);
  EXPECT_FALSE(pages_.refusal_for("b"));
  open("rover", "b");
  const auto last = open("rover", "c");
  const auto of_all = pages_.refusal_for("d");
  ASSERT_TRUE(of_all);
  EXPECT_THAT(of_all->message, StartsWith("4 pages are open"));
  pages_.disconnected(last);
  EXPECT_FALSE(pages_.refusal_for("d"));
  EXPECT_EQ(pages_.stats().turned_away, 2);
}

TEST_F(PagesTest, AreToldToComeBackWhenTheServerStops) {
  const auto page = open("rover");
  actions();
  pages_.stop();
  const auto last = actions();
  ASSERT_THAT(last, SizeIs(2));
  EXPECT_EQ(told<signal::Stopping>(last[0]).retry_after, 2s);
  EXPECT_THAT(last[1], ClosesPage(page, 1012));
  open("rover");
  EXPECT_THAT(actions(), ElementsAre(ClosesPage(PageId(2), 1012)));
}

}  // namespace
}  // namespace rtcbot::broker
