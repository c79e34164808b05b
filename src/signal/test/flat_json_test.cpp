#include "../flat_json.hpp"

#include <gmock/gmock.h>

#include <string>

#include "../scan.hpp"

namespace rtcbot::signal {
namespace {

constexpr auto kReplace = OrderedJson::error_handler_t::replace;

TEST(FlatJson, IsReadAsTheLibraryReadsIt) {
  for (const char* text :
       {R"({})", R"( { } )", R"({"sdp":"v=0\r\na=b\r\n","type":"offer"})", R"({"type":"answer","id":17,"sdp":""})",
        R"({"a":"\"\\\/\b\f\n\r\t","b":true,"c":false,"d":0,"e":999999999999999999})",
        "\t{\n\"a\" :\r1 , \"b\": \"x\" }\n", R"({"a\tb":"key with an escape"})"}) {
    SCOPED_TRACE(text);
    const auto flat = parse_flat(text);
    ASSERT_TRUE(flat);
    EXPECT_EQ(*flat, Json::parse(text));
    EXPECT_EQ(flat->dump(), Json::parse(text).dump());
  }
}

TEST(FlatJson, LeavesToTheLibraryWhatIsNotFlatOrNotJson) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "[]",
                           "1",
                           "null",
                           "\"a\"",
                           R"({"a":null})",
                           R"({"a":[]})",
                           R"({"a":{}})",
                           R"({"a":-1})",
                           R"({"a":1.5})",
                           R"({"a":1e3})",
                           R"({"a":01})",
                           R"({"a":1000000000000000000})",
                           R"({"a":truex})",
                           R"({"a":1x})",
                           R"({"a":1,})",
                           R"({,})",
                           R"({"a"})",
                           R"({"a":})",
                           R"({"a":1 "b":2})",
                           R"({"a":1}})",
                           R"({"a":1}x)",
                           R"({"a":1,"a":2})",
                           R"({"a":"\u0041"})",
                           R"({"a":"\x"})",
                           R"({"a":"\)",
                           R"({"a":"b)",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"\x7f\"}",
                           "{\"a\":\"\xc3\xa4\"}",
                           "\xef\xbb\xbf{}",
                           R"({a:1})",
                           R"({"a":TRUE})"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_flat(text), std::nullopt);
  }
  EXPECT_EQ(parse_flat(std::string_view("{}\0", 3)), std::nullopt);
}

TEST(FlatJson, HasABoundedNumberOfFields) {
  std::string text = R"({"0":0)";
  for (std::size_t i = 1; i < kMaxFlatFields; ++i) text.append(",\"").append(std::to_string(i)).append("\":0");
  EXPECT_TRUE(parse_flat(text + "}"));
  EXPECT_FALSE(parse_flat(text + ",\"more\":0}"));
}

TEST(FindStop, FindsEveryByteAtEveryPlace) {
  const auto stops = [](SomeBytes bytes) { return bytes.below(0x20) | bytes.equal('"') | bytes.beyond_ascii(); };
  for (std::size_t size = 0; size <= 36; ++size) {
    EXPECT_EQ(find_stop(std::string(size, 'x'), 0, stops), size);
    for (std::size_t at = 0; at < size; ++at) {
      for (unsigned c = 0; c < 256; ++c) {
        SCOPED_TRACE(
            std::to_string(c).append(" at ").append(std::to_string(at)).append(" of ").append(std::to_string(size)));
        std::string text(size, 'x');
        text.at(at) = static_cast<char>(c);
        const bool is_stop = c < 0x20 || c == '"' || c >= 0x80;
        EXPECT_EQ(find_stop(text, 0, stops), is_stop ? at : size);
        EXPECT_EQ(find_stop(text, at, stops), is_stop ? at : size);
        EXPECT_EQ(find_stop(text, at + 1, stops), size);
      }
    }
  }
}

TEST(QuotedText, IsWrittenAsTheLibraryWritesItWhateverTheByte) {
  for (int c = 0; c < 256; ++c) {
    SCOPED_TRACE(c);
    const std::string text = std::string("ab").append(1, static_cast<char>(c)).append("cd");
    std::string out = "before";
    EXPECT_EQ(append_quoted(out, text), c < 128);
    EXPECT_EQ(out, c < 128 ? "before" + OrderedJson(text).dump() : "before");
  }
}

TEST(Dump, WritesWhatTheLibraryWrites) {
  const OrderedJson json = {{"text", "a\r\n\"/"},
                            {"umlaut", "\xc3\xa4"},
                            {"broken", "\xff"},
                            {"\xff", -1.5},
                            {"list", {1, true, nullptr}},
                            {"object", {{"b", 1}, {"a", 2}}},
                            {"empty", OrderedJson::object()},
                            {"none", OrderedJson::array()}};
  EXPECT_EQ(dump(json), json.dump(-1, ' ', false, kReplace));
}

TEST(Bounds, AlsoHoldForWhatIsFlat) {
  Limits few;
  few.max_json_values = 1;
  EXPECT_FALSE(parse_object(R"({"a":1,"b":2})", few));
  Limits small;
  small.max_message_bytes = 3;
  EXPECT_FALSE(parse_object(R"({"a":1})", small));
}

}  // namespace
}  // namespace rtcbot::signal
