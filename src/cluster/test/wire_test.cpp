#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtcbot/cluster/wire.hpp"
#include "sdp_builder.hpp"

namespace rtcbot::cluster {
namespace {

using signal::RobotName;

const std::string kServer(32, 'a');

TEST(Wire, EntriesSurviveTheWay) {
  const Entry entry{.server = kServer,
                    .owner = "alice",
                    .since_ms = 1,
                    .seen_ms = 2,
                    .online = true,
                    .protocol = signal::Protocol::v1,
                    .viewers = 3,
                    .camera = "front \"left\""};
  EXPECT_EQ(parse_entry(write_entry(entry)).value(), entry);
  const Entry legacy{.server = kServer};
  EXPECT_EQ(parse_entry(write_entry(legacy)).value(), legacy);
}

TEST(Wire, EntriesOutOfBoundsAreRefused) {
  const std::string good = write_entry({.server = kServer});
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{kServer, std::string("A").append(kServer.substr(1))},
        {"\"online\":false", "\"online\":0"},
        {"\"since_ms\":0", "\"since_ms\":-1"},
        {"\"since_ms\":0", "\"since_ms\":18446744073709551615"},
        {"\"viewers\":null", "\"viewers\":1001"},
        {"\"camera\":\"\"", "\"camera\":\"" + std::string(257, 'x') + "\""},
        {"\"v\":1", "\"v\":\"1\""},
        {"{", "["}}) {
    auto bad = good;
    ASSERT_NE(bad.find(from), std::string::npos) << from;
    bad.replace(bad.find(from), from.size(), to);
    EXPECT_FALSE(parse_entry(bad)) << bad;
  }
  EXPECT_EQ(parse_entry(std::string(5'000, ' ')).error().code(), Errc::too_large);
}

TEST(Wire, EveryNameHasAKeyOfItsOwn) {
  for (const char* text : {"", "rover", "a.b", "a..b", "a.", "nameless", "robot.x", "A-b_c"}) {
    const auto name = RobotName::parse(text).value();
    const auto key = key_of(name);
    EXPECT_EQ(name_of_key(key).value(), name) << key;
    EXPECT_EQ(key.find(".."), std::string::npos);
    EXPECT_NE(key.back(), '.');
  }
  for (const char* key : {"", "robot.", "robot.a.b", "robot._x", "other", "robot.a b"}) {
    EXPECT_FALSE(name_of_key(key)) << key;
  }
}

TEST(Wire, QuestionsSurviveTheWay) {
  for (const Question& question :
       {Question(OfferQuestion{kServer, 7, RobotName::parse("rover").value(), "trace-1", "line one\nline two", true}),
        Question(
            OfferQuestion{.from = kServer, .permissions = {.grant = "k/a", .expires_in = std::chrono::seconds(60)}}),
        Question(OfferQuestion{.from = kServer}), Question(CancelQuestion{kServer, 9}), Question(Probe{})}) {
    EXPECT_EQ(parse_question(write_question(question), {}).value(), question);
  }
}

TEST(Wire, QuestionsOutOfBoundsAreRefused) {
  const OfferQuestion offer{kServer, 7, {}, {}, std::string(300'000, 'x')};
  EXPECT_EQ(parse_question(write_question(offer), {}).error().code(), Errc::too_large);
  for (const char* text :
       {"", "{}", "{}\n", "\n", "{\"v\":1,\"ask\":\"offer\",\"from\":\"x\",\"id\":1,\"robot\":\"\"}\n",
        "{\"v\":1,\"ask\":\"other\"}\n", "{\"v\":0,\"ask\":\"nothing\"}\n"}) {
    EXPECT_FALSE(parse_question(text, {})) << text;
  }
  const OfferQuestion log_forger{kServer, 7, {}, "a\nb", {}};
  EXPECT_FALSE(parse_question(write_question(log_forger), {}));
}

TEST(Wire, RepliesSurviveTheWay) {
  const auto sdp = signal::testing::make_sdp("x", "active");
  const auto answer =
      parse_reply(write_reply(7, {.body = signal::write_description(signal::Description::answer(sdp))}), {}).value();
  EXPECT_EQ(answer, (Reply{7, signal::Description::answer(sdp)}));
  const auto body = signal::refusal_json(signal::Refusal::busy, "too many");
  const auto refusal =
      parse_reply(write_reply(8, {.status = 429, .body = body, .retry_after = std::chrono::seconds(3)}), {}).value();
  EXPECT_EQ(refusal, (Reply{8, RefusalReply{signal::Refusal::busy, "too many", std::chrono::seconds(3)}}));
}

TEST(Wire, RepliesThatContradictThemselvesAreRefused) {
  const auto busy = signal::refusal_json(signal::Refusal::busy, "too many");
  EXPECT_FALSE(parse_reply(write_reply(1, {.status = 503, .body = busy}), {}));
  EXPECT_FALSE(parse_reply(write_reply(1, {.status = 200, .body = busy}), {}));
  EXPECT_FALSE(parse_reply(write_reply(1, {.status = 429, .body = "{\"error\":\"new\",\"message\":\"x\"}"}), {}));
  EXPECT_FALSE(parse_reply(write_reply(1, {.status = 429, .body = ""}), {}));
}

TEST(Wire, BeatsSurviveTheWay) {
  for (const bool is_last : {false, true}) {
    EXPECT_EQ(parse_heartbeat(write_heartbeat({kServer, is_last})).value(), (Heartbeat{kServer, is_last}));
  }
  const Heartbeat with_sign_outs{kServer, false, {{"s1/anna/tab", 1'800'000'000}, {"s1/bert/tab", 0}}};
  EXPECT_EQ(parse_heartbeat(write_heartbeat(with_sign_outs)).value(), with_sign_outs);
  EXPECT_FALSE(parse_heartbeat("{\"v\":1,\"server\":\"x\",\"last\":false}"));
}

TEST(Wire, SignOutsThatAreTooManyOrMalformedAreRefused) {
  const std::string start =
      std::string(R"({"v":1,"last":false,"server":")").append(kServer).append(R"(","signed_out":)");
  EXPECT_TRUE(parse_heartbeat(start + R"([{"session":"a/b/c","until":1}]})"));
  const std::string one = R"({"session":"a","until":1})";
  for (const auto& list :
       {std::string("{}"), std::string("[1]"), std::string(R"([{"session":"a"}])"),
        std::string(R"([{"session":1,"until":1}])"), "[" + one + "," + one + "," + one + "," + one + "," + one + "]"}) {
    EXPECT_FALSE(parse_heartbeat(start + list + "}")) << list;
  }
}

}  // namespace
}  // namespace rtcbot::cluster
