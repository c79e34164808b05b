#include "common/options.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace rtcbot::app {
namespace {

using testing::HasSubstr;

TEST(IceUrl, TakesEveryForm) {
  for (const char* good :
       {"stun:stun.example.org", "stun:192.0.2.1:3478", "stun:[2001:db8::1]:3478", "turn:relay.example.org",
        "turn:relay.example.org:443?transport=tcp", "turn:relay_1.example.org?transport=udp", "turns:relay.example.org",
        "turns:relay.example.org:443?transport=tcp", "turn:[2001:db8::1]"}) {
    EXPECT_EQ(check_ice_url(good), "") << good;
  }
}

TEST(IceUrl, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"http://relay.example.org", "is not the address of a STUN or TURN server"},
      {"relay.example.org:3478", "is not the address of a STUN or TURN server"},
      {"turn:", "is not a host"},
      {"turn://relay.example.org", "'//relay.example.org' is not a host"},
      {"turn:relay.example.org:0", "'0' is not a port; ports are 1 to 65535"},
      {"turn:relay.example.org:65536", "ports are 1 to 65535"},
      {"turn:relay.example.org:3478x", "'3478x' is not a port"},
      {"turn:relay.example.org:", "'' is not a port"},
      {"turn:2001:db8::1", "is not a port"},
      {"turn:[2001:db8::1", "write an IPv6 address in brackets"},
      {"turn:relay example.org", "is not a host"},
      {"turn:user@relay.example.org", "is not a host"},
      {"turn:relay.example.org?transport=tls", "'?transport=tls' is not allowed there"},
      {"turns:relay.example.org?transport=udp", "is not allowed there"},
      {"stun:stun.example.org?transport=tcp", "is not allowed there"},
  };
  for (const auto& [url, words] : cases) EXPECT_THAT(check_ice_url(url), HasSubstr(words)) << url;
}

class CommandLine : public testing::Test {
 protected:
  CommandLine() : path_(std::filesystem::temp_directory_path() / ("rtcbot-options-" + std::to_string(::getpid()))) {
    add_common_options(app_, options_);
    app_.add_option("--port", port_)->check(CLI::Range(0, 65'535));
  }
  ~CommandLine() override { std::filesystem::remove(path_); }

  std::optional<int> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "program");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    testing::internal::CaptureStderr();
    const auto exit_code = parse_command_line(app_, static_cast<int>(argv.size()), argv.data());
    said_ = testing::internal::GetCapturedStderr();
    return exit_code;
  }

  std::optional<int> parse_file(const std::string& text) {
    std::ofstream(path_) << text;
    return parse({"--config", path_.string()});
  }

  std::filesystem::path path_;
  CLI::App app_{"A test."};
  CommonOptions options_;
  int port_ = 0;
  std::string said_;
};

TEST_F(CommandLine, TakesServersFromAFile) {
  ASSERT_EQ(parse_file("stun = \"stun:stun.example.org\"\nturn = [\"turn:a.example.org\", \"turns:b.example.org\"]\n"
                       "turn-username = \"robot\"\nice-transport = \"relay\"\n"),
            std::nullopt)
      << said_;
  EXPECT_TRUE(options_.relay_only());
  const auto servers = options_.ice_servers();
  ASSERT_EQ(servers.size(), 2U);
  EXPECT_THAT(servers[1].urls, testing::ElementsAre("turn:a.example.org", "turns:b.example.org"));
  EXPECT_EQ(servers[1].username, "robot");
}

TEST_F(CommandLine, NamesFileAndLineOfAMistake) {
  EXPECT_EQ(parse_file("# comment\nport = 8080\n\nturn = \"turn:relay.example.org:99999\"\n"), kExitBadConfig);
  EXPECT_THAT(said_, HasSubstr(path_.string() + ", line 4, column 1: --turn: "));
  EXPECT_THAT(said_, HasSubstr("ports are 1 to 65535"));
}

TEST_F(CommandLine, NamesTheLineOfAKeyThatThereIsNot) {
  EXPECT_EQ(parse_file("port = 8080\nprot = 8080\n"), kExitBadConfig);
  EXPECT_THAT(said_, HasSubstr(path_.string() + ", line 2, column 1: 'prot' is not a flag"));
  EXPECT_THAT(said_, HasSubstr("did you mean port?"));
}

TEST_F(CommandLine, TakesASecretFromAFileAsItStandsThere) {
  ASSERT_EQ(parse_file("turn-credential = \"abc#def\"\n"), std::nullopt) << said_;
  EXPECT_EQ(options_.turn_credential, "abc#def");
}

TEST_F(CommandLine, PrefersItsOwnFlagsToTheFile) {
  std::ofstream(path_) << "port = 99999\nlog-level = \"debug\"\n";
  ASSERT_EQ(parse({"--config", path_.string(), "--port", "8081"}), std::nullopt) << said_;
  EXPECT_EQ(port_, 8081);
  EXPECT_EQ(options_.log.level, "debug");
  EXPECT_EQ(parse({"--config", path_.string(), "--port", "88888"}), kExitBadConfig);
  EXPECT_THAT(said_, testing::Not(HasSubstr("line 1")));
}

TEST_F(CommandLine, SaysThatTheFileIsMissing) {
  EXPECT_EQ(parse({"--config", path_.string() + ".not"}), kExitBadConfig);
  EXPECT_THAT(said_, HasSubstr(path_.string() + ".not"));
}

TEST_F(CommandLine, DoesNotBlameTheFileForAFlag) {
  std::ofstream(path_) << "port = 8080\n";
  EXPECT_EQ(parse({"--config", path_.string(), "--turn", "turn:relay.example.org:0"}), kExitBadConfig);
  EXPECT_THAT(said_, testing::Not(HasSubstr(path_.string())));
}

TEST_F(CommandLine, ProposesTheFlagThatWasMeant) {
  for (const char* flag : {"--prot", "--Port", "--prot=80"}) {
    EXPECT_EQ(parse({flag, "8080"}), kExitBadConfig);
    EXPECT_THAT(said_, HasSubstr("Did you mean --port?")) << flag;
  }
  EXPECT_EQ(parse({"--turn_usrname", "anna"}), kExitBadConfig);
  EXPECT_THAT(said_, HasSubstr("Did you mean --turn-username?"));
}

TEST_F(CommandLine, ProposesTheCommandThatWasMeant) {
  app_.add_subcommand("token")->add_option("--robots", options_.turn_username);
  EXPECT_EQ(parse({"tokne"}), kExitBadConfig);
  EXPECT_THAT(said_, HasSubstr("Did you mean token?"));
  EXPECT_EQ(parse({"token", "--robot", "x"}), kExitBadConfig);
  EXPECT_THAT(said_, HasSubstr("Did you mean --robots?"));
}

TEST_F(CommandLine, ProposesNothingForWhatIsFarFromAll) {
  EXPECT_EQ(parse({"--frobnicate", "8080"}), kExitBadConfig);
  EXPECT_THAT(said_, testing::AllOf(HasSubstr("--frobnicate"), testing::Not(HasSubstr("Did you mean"))));
}

TEST_F(CommandLine, TellsStunFromTurn) {
  EXPECT_EQ(parse({"--stun", "turn:relay.example.org"}), kExitBadConfig);
  EXPECT_THAT(said_, HasSubstr("use --turn"));
}

}  // namespace
}  // namespace rtcbot::app
