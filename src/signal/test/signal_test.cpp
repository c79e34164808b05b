#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/refusal.hpp"
#include "rtcbot/signal/robot_name.hpp"
#include "rtcbot/signal/sdp.hpp"
#include "sdp_builder.hpp"

namespace rtcbot::signal {
namespace {

using OrderedText = nlohmann::ordered_json;
using ::testing::HasSubstr;
using testing::make_sdp;
using ::testing::Not;

TEST(Refusal, EveryOneHasACodeOfItsOwnAnErrorStatusAndASentence) {
  std::set<std::string_view> codes;
  for (std::size_t i = 0; i < kRefusalCount; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    SCOPED_TRACE(code_of(refusal));
    EXPECT_TRUE(codes.insert(code_of(refusal)).second);
    EXPECT_EQ(refusal_named(code_of(refusal)), refusal);
    EXPECT_GE(http_status(refusal), 400);
    EXPECT_GT(default_message(refusal).size(), 20u);
  }
  EXPECT_EQ(refusal_named("no such code"), std::nullopt);
}

TEST(Refusal, IsWrittenAsCodeAndSentence) {
  EXPECT_EQ(refusal_json(Refusal::busy, "Full."), R"({"error":"busy","message":"Full."})");
  EXPECT_THAT(refusal_json(Refusal::no_robot), HasSubstr("rtcbot-robot --server"));
}

TEST(Refusal, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(refusal_json(Refusal::busy, "\xff"), "{\"error\":\"busy\",\"message\":\"\xef\xbf\xbd\"}");
}

TEST(RobotName, TakesWhatCanBeAPath) {
  for (const char* name : {"", "rover", "Rover-2.1_b", "0", "wsx"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(RobotName::parse(name).value().text(), name);
  }
  EXPECT_TRUE(RobotName::parse(std::string(64, 'x')).has_value());
}

TEST(RobotName, RefusesWhatIsNoPathOrThePathOfSomethingElse) {
  for (const char* name :
       {".hidden", "_private", "a/b", "a b", "\xc3\xa4", "a%20b", "..", "ws", "connect", "api", "healthz", "readyz",
        "metrics", "rtcbot.js", "rtcbot.mjs", "rtcbot-receiver.js", "rtcbot.d.ts", "favicon.ico", "assets"}) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(RobotName::parse(name).has_value());
  }
  EXPECT_FALSE(RobotName::parse(std::string(65, 'x')).has_value());
  EXPECT_FALSE(RobotName::parse(std::string_view("a\0b", 3)).has_value());
}

std::string with_candidate(const std::string& address) {
  return make_sdp("x") + "a=candidate:1 1 udp 2113937151 " + address + " 5000 typ host\r\n";
}

TEST(SdpGate, StripsMdnsCandidatesAndKeepsTheOthers) {
  EXPECT_EQ(check_sdp(with_candidate("f18c5766-4647-4cb4-9ef6-97de1e2d5e87.local")).value(), make_sdp("x"));
  EXPECT_EQ(check_sdp(with_candidate("192.0.2.1")).value(), with_candidate("192.0.2.1"));
}

TEST(SdpGate, KeepsMdnsCandidatesForWhoOnlyPassesThemOn) {
  const Limits limits{.local_candidates = LocalCandidates::keep};
  EXPECT_EQ(check_sdp(with_candidate("robot.local"), limits).value(), with_candidate("robot.local"));
}

TEST(SdpGate, TakesBlankLinesAtTheEndAndAMissingLastLineEnd) {
  EXPECT_EQ(check_sdp(make_sdp("x") + "\r\n\r\n").value(), make_sdp("x"));
  const std::string sdp = make_sdp("x");
  EXPECT_EQ(check_sdp(sdp.substr(0, sdp.size() - 2)).value(), sdp);
}

TEST(SdpGate, TakesTransportParametersAtSessionLevel) {
  const std::string sdp = make_sdp("x");
  const std::size_t media = sdp.find("m=application"), ice = sdp.find("a=ice-ufrag");
  const std::string moved = sdp.substr(0, media) + sdp.substr(ice) + sdp.substr(media, ice - media);
  EXPECT_EQ(check_sdp(moved).value(), moved);
}

TEST(SdpGate, NamesTheLineThatIsWrongAndQuotesItHarmlessly) {
  const auto sdp = check_sdp("v=0\r\n\x1b[31m\r\n");
  ASSERT_FALSE(sdp.has_value());
  EXPECT_THAT(sdp.error().what(), HasSubstr("Line 2"));
  EXPECT_THAT(sdp.error().what(), Not(HasSubstr("\x1b")));
}

TEST(SdpGate, BoundsLinesMediaAndCandidates) {
  const std::string sdp = make_sdp("x");
  const std::string candidate = "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n";
  EXPECT_TRUE(check_sdp(sdp + candidate + candidate, {.max_candidates = 2}).has_value());
  EXPECT_FALSE(check_sdp(sdp + candidate + candidate, {.max_candidates = 1}).has_value());
  EXPECT_FALSE(check_sdp(sdp + "m=video 9 RTP/AVP 96\r\n", {.max_media = 1}).has_value());
  EXPECT_FALSE(check_sdp(sdp, {.max_sdp_lines = 3}).has_value());
  EXPECT_FALSE(check_sdp(sdp, {.max_sdp_line_bytes = 30}).has_value());
}

/// `line` is put under the last m= line.
bool passes_with(const std::string& line) { return check_sdp(make_sdp("x") + line + "\r\n").has_value(); }

TEST(SdpGate, StopsWhatEndsTheEngine) {
  const std::string long_word(201, 'x');
  std::string streams;
  for (int i = 0; i < 16; ++i) streams += "a=msid:stream track\r\n";
  EXPECT_FALSE(check_sdp(make_sdp("x", "holdconn")).has_value());
  for (const auto& line : std::vector<std::string>{
           "a=rtpmap:96 " + long_word + "/90000", "a=extmap:1 urn:" + long_word, "a=msid:" + long_word + " x",
           "a=ssrc:1 cname:" + long_word, "a=candidate:1 1 udp 1 192.0.2.1 9 typ relay raddr " + long_word + " rport 9",
           "c=IN IP4 " + long_word, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:seventeen-letters",
           "a=max-message-size:-1", "a=fmtp:96 a=1;x-google-min-bitrate=2147483647",
           "a=fmtp:96 x-google-max-bitrate=-5;a=1", streams + "a=ssrc-group:FID 1 2"}) {
    EXPECT_FALSE(passes_with(line)) << line;
  }
}

TEST(SdpGate, LetsWhatBrowsersSayPassIt) {
  const std::string word(200, 'x');
  for (const auto& line : std::vector<std::string>{
           "a=rtpmap:96 " + word, "a=max-message-size:0", "a=fmtp:96 sprop-parameter-sets=" + word + word,
           "a=fmtp:96 x-google-min-bitrate=300;x-google-max-bitrate=999999", "a=x-unknown:" + word + word,
           "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:sixteen-letters-"}) {
    EXPECT_TRUE(passes_with(line)) << line;
  }
}

TEST(SdpGate, SaysTooLargeForWhatIsTooLarge) {
  EXPECT_EQ(check_sdp(make_sdp("x"), {.max_sdp_bytes = 20}).error().code(), Errc::too_large);
  EXPECT_EQ(parse_offer(write_offer({make_sdp("x")}), {.max_message_bytes = 20}).error().code(), Errc::too_large);
}

/// A description as JSON text, with an escape that nothing here would write.
std::string unusual(std::string_view sdp) {
  const std::string text = OrderedText(sdp).dump();
  const auto slash = std::min(text.find('/'), text.size());
  std::string out(text, 0, slash);
  return out.append(1, '\\').append(text, slash);
}

std::string around(const char* before, const std::string& text, const char* behind) {
  return std::string(before).append(text).append(behind);
}

TEST(Description, IsPassedOnAsItCame) {
  const std::string sdp = testing::make_sdp("x");
  const std::string offered = around(R"({"type":"offer","sdp":)", unusual(sdp), "}");
  const auto offer = parse_offer(offered);
  ASSERT_TRUE(offer.has_value());
  EXPECT_EQ(offer->sdp, sdp);
  EXPECT_EQ(write_offer(*offer), offered);
  OfferMessage asked;
  asked.id = OfferId(1);
  asked.sdp = offer->sdp;
  asked.quoted = offer->quoted;
  asked.trickle = true;
  EXPECT_EQ(write_message(asked), around(R"({"type":"offer","id":1,"sdp":)", unusual(sdp), R"(,"trickle":true})"));
  const auto message = parse_message(around(R"({"type":"answer","id":2,"sdp":)", unusual(sdp), "}"));
  ASSERT_TRUE(message.has_value());
  const auto& answer = std::get<AnswerMessage>(*message);
  EXPECT_EQ(answer.sdp, sdp);
  EXPECT_EQ(write_answer({answer.sdp, answer.quoted}), around(R"({"sdp":)", unusual(sdp), R"(,"type":"answer"})"));
}

TEST(Description, IsWrittenAnewWhereTheGateChangedIt) {
  const std::string sdp = testing::make_sdp("x");
  std::string unix_lines = sdp;
  std::erase(unix_lines, '\r');
  const auto offer = parse_offer(around(R"({"type":"offer","sdp":)", unusual(unix_lines), "}"));
  ASSERT_TRUE(offer.has_value());
  EXPECT_EQ(offer->sdp, sdp);
  EXPECT_EQ(write_offer(*offer), around(R"({"type":"offer","sdp":)", OrderedText(sdp).dump(), "}"));
}

TEST(Description, ControlCharactersAreFoundWhereverTheyStand) {
  const std::string sdp = testing::make_sdp("x");
  const auto at = sdp.find("s=x") + 2;
  for (const std::string_view control : {"\t", "\r", "\x7f", "\x01", "\r\r"}) {
    std::string damaged(sdp, 0, at);
    damaged.append(control).append(sdp, at);
    EXPECT_FALSE(check_sdp(damaged).has_value()) << static_cast<int>(control.front());
  }
  EXPECT_TRUE(check_sdp(sdp.substr(0, sdp.size() - 1)).has_value()) << "the last line may end with a CR alone";
  EXPECT_TRUE(check_sdp(sdp.substr(0, sdp.size() - 2)).has_value());
}

TEST(Offer, OfTheLargestSizeStillFitsIntoAMessageToTheRobot) {
  const Limits limits;
  std::string sdp = make_sdp("x");
  while (sdp.size() + 34 < limits.max_sdp_bytes) sdp += "a=" + std::string(30, '"') + "\r\n";
  const auto offer = parse_offer(write_offer({sdp}), limits);
  ASSERT_TRUE(offer.has_value()) << offer.error().what();
  const std::string text = write_message(OfferMessage{OfferId(1), offer->sdp, {}});
  EXPECT_TRUE(parse_message(text, limits).has_value());
}

TEST(Offer, IsWrittenAsRtcbotWritesIt) {
  EXPECT_EQ(write_offer({"v=0\r\n"}), R"({"type":"offer","sdp":"v=0\r\n"})");
  EXPECT_EQ(write_answer({"v=0\r\n"}), R"({"sdp":"v=0\r\n","type":"answer"})");
}

TEST(Json, BoundsTheNumberOfValues) {
  std::string text = R"({"type":"cancel","id":1,"junk":[0)";
  for (int i = 0; i < 600; ++i) text += ",0";
  EXPECT_THAT(parse_message(text + "]}").error().what(), HasSubstr("more than 512 values"));
}

}  // namespace
}  // namespace rtcbot::signal
