#include "common/options.hpp"

#include "common/checks.hpp"

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
    app_.add_option("--port", port_)->check(whole_from(0, 65'535, ""));
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
  CLI::App app_{"A test.", "program"};
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
  for (const char* flag : {"--prot", "--Port", "--prot=80", "-port"}) {
    EXPECT_EQ(parse({flag, "8080"}), kExitBadConfig);
    EXPECT_THAT(said_, HasSubstr("is not a flag of program; did you mean --port?\n")) << flag;
  }
  EXPECT_EQ(parse({"--turn_usrname", "anna"}), kExitBadConfig);
  EXPECT_EQ(said_,
            "--turn_usrname is not a flag of program; did you mean --turn-username?\n"
            "Run with --help for more information.\n");
}

/// A program with commands, one of which has the name of a flag.
class CommandLineWithCommands : public CommandLine {
 protected:
  CommandLineWithCommands() {
    app_.add_flag("--list", flag_);
    app_.add_option("--black-box", text_);
    app_.add_subcommand("black-box")->add_option("FOLDER", text_);
    auto* token = app_.add_subcommand("token");
    token->fallthrough()->add_option("--robots", text_);
    token->add_subcommand("list")->fallthrough()->add_flag("--json", flag_);
    token->add_subcommand("revoke")->fallthrough();
  }
  bool flag_ = false;
  std::string text_;
};

TEST_F(CommandLineWithCommands, ProposesAFlagForAFlagAndACommandForACommand) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"tokne"}, "'tokne' is not a command of program; did you mean token?"},
      {{"token", "lst"}, "'lst' is not a command of program token; did you mean list?"},
      {{"token", "frobnicate"}, "'frobnicate' is not a command of program token; it has: list, revoke"},
      {{"token", "--robot", "x"}, "--robot is not a flag of program token; did you mean --robots?"},
      {{"token", "list", "--jsn"}, "--jsn is not a flag of program token list; did you mean --json?"},
      {{"token", "list", "--prot"}, "--prot is not a flag of program token list; did you mean --port?"},
      {{"token", "list", "now"}, "'now' is not expected by program token list"},
      {{"lst"}, "'lst' is not a command of program; it has: black-box, token"},
      {{"--lst"}, "--lst is not a flag of program; did you mean --list?"},
      {{"--blackbox", "folder"}, "--blackbox is not a flag of program; did you mean --black-box?"},
      {{"blackbox", "folder"}, "'blackbox' is not a command of program; did you mean black-box?"},
      {{"black-box", "folder", "--prot"}, "--prot is not a flag of program black-box"},
  };
  for (const auto& [words, sentence] : cases) {
    SCOPED_TRACE(testing::PrintToString(words));
    EXPECT_EQ(parse(words), kExitBadConfig);
    EXPECT_THAT(said_, testing::StartsWith(sentence + "\n"));
  }
}

TEST_F(CommandLine, NamesUnknownWordsInTheirOrder) {
  EXPECT_EQ(parse({"--first", "1", "--port", "80", "second", "--third=3"}), kExitBadConfig);
  EXPECT_EQ(said_,
            "--first is not a flag of program\n'second' is not expected by program\n--third is not a flag of program\n"
            "Run with --help for more information.\n");
}

TEST_F(CommandLine, NamesTheFlagTheValueAndWhatIsAllowed) {
  EXPECT_EQ(parse({"--port", "70000"}), kExitBadConfig);
  EXPECT_THAT(said_, testing::StartsWith("--port: '70000' is out of range; allowed are 0 to 65535\n"));
  EXPECT_EQ(parse({"--port", "http"}), kExitBadConfig);
  EXPECT_THAT(said_, testing::StartsWith("--port: 'http' is not a whole number; allowed are 0 to 65535\n"));
  EXPECT_EQ(parse({"--log-level", "warn"}), kExitBadConfig);
  EXPECT_THAT(said_, testing::StartsWith("--log-level: 'warn' is not possible; use debug, info, warning or error"));
}

TEST_F(CommandLineWithCommands, SaysWhatIsMissing) {
  app_.get_subcommand("token")->require_subcommand(1);
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"--port"}, "--port needs a value"},
      {{"--port", "1", "--port", "2"}, "--port may be given only once"},
      {{"--list=maybe"}, "--list: 'maybe' is not possible; it takes no value, or true or false"},
      {{"token"}, "program token needs a command: list, revoke"},
      {{"--config", "/nonexistent"}, "--config: '/nonexistent' cannot be read; does it exist?"},
  };
  for (const auto& [words, sentence] : cases) {
    SCOPED_TRACE(testing::PrintToString(words));
    EXPECT_EQ(parse(words), kExitBadConfig);
    EXPECT_EQ(said_, sentence + "\nRun with --help for more information.\n");
  }
}

TEST_F(CommandLineWithCommands, KeepsTheNoteBelowTheHelpForItself) {
  app_.footer("About the program.");
  app_.get_subcommand("token")->footer("About the program.");
  EXPECT_EQ(parse({}), std::nullopt);
  EXPECT_EQ(app_.get_footer(), "About the program.");
  EXPECT_EQ(app_.get_subcommand("token")->get_footer(), "");
}

TEST_F(CommandLine, ProposesNothingForWhatIsFarFromAll) {
  EXPECT_EQ(parse({"--frobnicate", "8080"}), kExitBadConfig);
  EXPECT_THAT(said_, testing::AllOf(HasSubstr("--frobnicate"), testing::Not(HasSubstr("did you mean"))));
}

TEST_F(CommandLine, TellsStunFromTurn) {
  EXPECT_EQ(parse({"--stun", "turn:relay.example.org"}), kExitBadConfig);
  EXPECT_THAT(said_, HasSubstr("use --turn"));
}

}  // namespace
}  // namespace rtcbot::app
