#include "rtcbot/actuator/mended_json.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace rtcbot::actuator {
namespace {

TEST(MendedJson, HasNullForWhatJsonCannotSay) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"a": NaN, "battery": 11.5})", R"({"a": null, "battery": 11.5})"},
      {R"({"a":nan,"b":-nan,"c":Infinity,"d":-Infinity,"e":inf,"f":+inf})",
       R"({"a":null,"b":null,"c":null,"d":null,"e":null,"f":null})"},
      {R"([1e999,-1e999,1e-999,1e308])", R"([null,null,1e-999,1e308])"},
      {R"([.5,+1,007,1.,0x10,1_000])", R"([null,null,null,null,null,null])"},
      {R"({"ok":True,"no":None,"undefined":undefined})", R"({"ok":null,"no":null,"undefined":null})"},
  };
  for (const auto& [text, mended] : cases) EXPECT_EQ(mend_json(text).text, mended);
}

TEST(MendedJson, CountsItsFaults) {
  EXPECT_EQ(mend_json(R"({"a":NaN,"b":"caf)"
                      "\xe9"
                      R"(","c":1})")
                .faults,
            2);
  EXPECT_EQ(mend_json(R"({"a":1})").faults, 0);
}

TEST(MendedJson, ReplacesWhatIsNoUtf8InTexts) {
  EXPECT_EQ(mend_json("{\"a\":\"caf\xe9\"}").text, "{\"a\":\"caf\xEF\xBF\xBD\"}");
  EXPECT_EQ(mend_json("\"\xc0\xaf\xed\xa0\x80\"").faults, 5) << "overlong, and half of a pair";
  EXPECT_EQ(mend_json("\"a\tb\x01\"").text, "\"a b \"");
}

TEST(MendedJson, LeavesWhatIsJson) {
  for (const char* text : {"{}", "[1,-2.5e+3,true,false,null]", R"({"a":"NaN \" 1e999 \\"})",
                           "\"caf\xc3\xa9 \xf0\x9f\x98\x80\"", R"("\u00e9\n")", "0", "-0.0"}) {
    EXPECT_EQ(mend_json(text).text, text);
    EXPECT_EQ(mend_json(text).faults, 0) << text;
  }
}

TEST(MendedJson, KeepsWrongWhatIsWrongInAnotherWay) {
  for (const char* text : {"{\"a\":}", "{\"a\" NaN}", "starting motors", "{'a': 1}", "\"", "\"\\", "{\"a\":1,}", ""}) {
    EXPECT_TRUE(nlohmann::json::parse(mend_json(text).text, nullptr, false).is_discarded()) << text;
  }
}

}  // namespace
}  // namespace rtcbot::actuator
