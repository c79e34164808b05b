// The wire formats, example by example; the files are for readers in any language.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::signal {
namespace {

using nlohmann::json;

json vectors(const std::string& file) {
  std::ifstream in(std::string(RTCBOT_VECTORS) + "/" + file);
  json list = json::parse(in);
  EXPECT_GT(list.size(), 5u) << file;
  return list;
}

void expect_error(const Error& error, const json& code, const json& says) {
  EXPECT_EQ(name_of(error.code()), code.get<std::string>());
  EXPECT_NE(std::string(error.what()).find(says.get<std::string>()), std::string::npos) << error.what();
}

TEST(Vectors, OffersReadAsExpected) {
  for (const json& vector : vectors("offers.json")) {
    SCOPED_TRACE(vector["name"]);
    const json& expected = vector["expected"];
    const auto offer = parse_offer(vector["text"].get<std::string>());
    ASSERT_EQ(offer.has_value(), expected.contains("sdp")) << (offer ? "accepted" : offer.error().what());
    if (offer) {
      EXPECT_EQ(json::parse(write_description(*offer)), expected);
    } else {
      expect_error(offer.error(), expected["error"], expected["says"]);
    }
  }
}

TEST(Vectors, LegacyAnswersReadAsExpected) {
  for (const json& vector : vectors("answers.json")) {
    SCOPED_TRACE(vector["name"]);
    const json& expected = vector["expected"];
    const auto reply = parse_answer(vector["text"].get<std::string>());
    ASSERT_EQ(reply.has_value(), !expected.contains("refused")) << (reply ? "accepted" : reply.error().what());
    if (!reply) {
      expect_error(reply.error(), expected["refused"], expected["says"]);
    } else if (const auto* answer = std::get_if<Description>(&*reply)) {
      EXPECT_EQ(json::parse(write_description(*answer)), expected);
    } else {
      EXPECT_EQ(std::get<RobotError>(*reply), (RobotError{expected["error"], expected["message"]}));
    }
  }
}

TEST(Vectors, MessagesReadAndWriteAsExpected) {
  for (const json& vector : vectors("messages.json")) {
    SCOPED_TRACE(vector["name"]);
    const json& expected = vector["expected"];
    const auto message = parse_message(vector["text"].get<std::string>());
    ASSERT_EQ(message.has_value(), !expected.contains("refused")) << (message ? "accepted" : message.error().what());
    if (!message) {
      expect_error(message.error(), expected["refused"], expected["says"]);
      continue;
    }
    EXPECT_EQ(json::parse(write_message(*message)), expected);
    EXPECT_EQ(parse_message(write_message(*message)), message);
  }
}

}  // namespace
}  // namespace rtcbot::signal
