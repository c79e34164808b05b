#include "rtcbot/server/token_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace rtcbot::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr access::UnixTime at(std::int64_t seconds) { return access::UnixTime(std::chrono::seconds(seconds)); }

class TokenList : public testing::Test {
 protected:
  TokenList() { std::filesystem::remove(path_); }
  ~TokenList() override { std::filesystem::remove(path_); }

  void add(const std::string& id, std::int64_t expires, const std::string& owner = {}) {
    access::Credential grant{
        .role = access::Role::drive, .issued = at(100), .expires = at(expires), .id = id, .owner = owner};
    grant.robots.push_back(value_or_throw(access::RobotPattern::parse("rover*")));
    value_or_throw(add_to_token_list(path_, description_of(grant), at(100)));
  }
  [[nodiscard]] std::vector<std::string> ids(std::int64_t now) const {
    std::vector<std::string> ids;
    for (const auto& token : value_or_throw(read_token_list(path_, revocations_, at(now)))) ids.push_back(token["id"]);
    return ids;
  }

  const std::string path_ = testing::TempDir() + "token_list_test.issued";
  access::Revocations revocations_;
};

TEST_F(TokenList, OfNobodyIsEmpty) { EXPECT_THAT(ids(0), IsEmpty()); }

TEST_F(TokenList, HasThoseThatHaveNotExpired) {
  add("one", 200);
  add("two", 300);
  EXPECT_THAT(ids(150), ElementsAre("one", "two"));
  EXPECT_THAT(ids(200), ElementsAre("two"));
}

TEST_F(TokenList, SaysWhichIsRevoked) {
  add("one", 200);
  add("two", 200);
  revocations_.add("one", at(200));
  const auto tokens = value_or_throw(read_token_list(path_, revocations_, at(150)));
  ASSERT_THAT(tokens, SizeIs(2));
  EXPECT_EQ(tokens[0]["revoked"], true);
  EXPECT_EQ(tokens[1]["revoked"], false);
}

TEST_F(TokenList, LeavesOutWhatItCannotRead) {
  add("one", 200);
  std::ofstream(path_, std::ios::app)
      << "{\"id\": \n[1]\nnull\n\n{\"id\":1,\"role\":\"drive\",\"robots\":[],\"expires\":900}\n";
  add("two", 200);
  EXPECT_THAT(ids(150), ElementsAre("one", "two"));
}

TEST_F(TokenList, IsReadableByItsOwnerAlone) {
  add("one", 200);
  EXPECT_EQ(std::filesystem::status(path_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(TokenList, ForgetsWhatHasExpiredWhenItIsLarge) {
  add("old", 50);
  add("valid", 200);
  std::ofstream(path_, std::ios::app) << std::string(std::size_t{5} << 20U, ' ') << "\n";
  add("new", 200);
  EXPECT_LT(std::filesystem::file_size(path_), 1000U);
  EXPECT_THAT(ids(100), ElementsAre("valid", "new"));
}

TEST_F(TokenList, ThatCannotBeWrittenSaysWhy) {
  const auto kept = add_to_token_list("/nowhere/at/all", description_of({.id = "x"}), at(0));
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().what(), HasSubstr("/nowhere/at/all: No such file or directory"));
}

TEST_F(TokenList, IsATableForPeople) {
  add("one", 86'400, "anna");
  add("two", 86'400);
  revocations_.add("two", at(86'400));
  EXPECT_EQ(table_of(value_or_throw(read_token_list(path_, revocations_, at(150)))),
            "ID   ROLE   ROBOTS  OWNER  EXPIRES (UTC)     STATE\n"
            "one  drive  rover*  anna   1970-01-02 00:00  valid\n"
            "two  drive  rover*  -      1970-01-02 00:00  revoked\n");
}

TEST_F(TokenList, SendsNothingToATerminalThatSteersIt) {
  const std::vector<nlohmann::ordered_json> tokens{
      {{"id", "a\x1b[2J"}, {"role", "drive"}, {"robots", {"*"}}, {"expires", 1}, {"revoked", false}}};
  EXPECT_THAT(table_of(tokens), HasSubstr("a?[2J"));
}

}  // namespace
}  // namespace rtcbot::server
