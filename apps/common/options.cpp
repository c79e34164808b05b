#include "common/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>
#include <memory>
#include <string_view>

#include "common/checks.hpp"
#include "common/help.hpp"
#include "common/mistakes.hpp"
#include "common/toml_config.hpp"
#include "rtcbot/runtime/private_file.hpp"

namespace rtcbot::app {
namespace {

bool is_port(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= 65'535;
}

bool is_host(std::string_view text) {
  constexpr std::string_view kAddress = "0123456789abcdefABCDEF:.";
  constexpr std::string_view kName = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_";
  if (text.starts_with('[')) {
    return text.size() > 3 && text.ends_with(']') &&
           text.substr(1, text.size() - 2).find_first_not_of(kAddress) == std::string_view::npos;
  }
  return !text.empty() && text.find_first_not_of(kName) == std::string_view::npos;
}

/// What is wrong with HOST[:PORT].
std::string check_host_and_port(std::string_view text) {
  const auto bracket = text.find(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto host = text.substr(0, colon);
  if (!is_host(host)) return "'" + std::string(host) + "' is not a host; write an IPv6 address in brackets";
  if (colon == std::string_view::npos || is_port(text.substr(colon + 1))) return {};
  return "'" + std::string(text.substr(colon + 1)) + "' is not a port; ports are 1 to 65535";
}

/// Whether `message` is about this flag.
bool is_about(const std::string& message, const std::string& key) {
  for (const std::string& form : {"--" + key + ":", "--" + key + " ", "--" + key + "\n"}) {
    if ((message + "\n").find(form) != std::string::npos) return true;
  }
  return false;
}

/// Whether the command line has this flag itself: then the file's key was not looked at.
bool is_given(const std::vector<std::string>& words, const std::string& key) {
  return std::any_of(words.begin(), words.end(), [flag = "--" + key](const std::string& word) {
    return word == flag || word.starts_with(flag + "=");
  });
}

/// "FILE, line N, column M: " of the key that a parse error is about, if the configuration file is where it came from.
std::string place_of(const CLI::App& app, const TomlConfig& file, const std::vector<std::string>& words,
                     const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return {};
  for (const auto& key : file.keys()) {
    if (is_given(words, key.name) || !is_about(error.what(), key.name)) continue;
    return app.get_config_ptr()->as<std::string>() + ", line " + std::to_string(key.line) + ", column " +
           std::to_string(key.column) + ": ";
  }
  return {};
}

}  // namespace

std::string check_ice_url(const std::string& url) {
  constexpr std::array<std::string_view, 4> kSchemes{"stun:", "stuns:", "turn:", "turns:"};
  const std::string form =
      "; write it as stun:HOST[:PORT] or turn:HOST[:PORT][?transport=udp|tcp], with turns: for TLS";
  for (const std::string_view scheme : kSchemes) {
    if (!url.starts_with(scheme)) continue;
    const auto question = url.find('?');
    const auto host = std::string_view(url).substr(0, question).substr(scheme.size());
    if (auto wrong = check_host_and_port(host); !wrong.empty()) return "'" + url + "': " + wrong + form;
    if (question == std::string::npos) return {};
    const auto query = std::string_view(url).substr(question);
    const bool is_turn = scheme.starts_with("turn");
    if (is_turn && (query == "?transport=tcp" || (query == "?transport=udp" && scheme == "turn:"))) return {};
    return "'" + url + "': '" + std::string(query) + "' is not allowed there" + form;
  }
  return "'" + url + "' is not the address of a STUN or TURN server" + form;
}

std::vector<signal::IceServer> CommonOptions::ice_servers() const {
  std::vector<signal::IceServer> servers;
  if (!stun.empty()) servers.push_back({stun, "", ""});
  if (!turn.empty()) servers.push_back({turn, turn_username, turn_credential});
  return servers;
}

CLI::Validator private_file() {
  return {[](const std::string& path) {
            const auto checked = runtime::check_private_file(path);
            return checked ? std::string() : std::string(checked.error().what());
          },
          "FILE"};
}

void add_common_options(CLI::App& app, CommonOptions& options) {
  app.set_config("--config", "", "A TOML file with the long names of these flags as keys");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.set_version_flag("--version", std::string("RTCBot for C++ " RTCBOT_VERSION));
  CLI::Validator stun_url(
      [](const std::string& url) {
        return url.starts_with("turn") ? "'" + url + "' is a TURN server; use --turn" : check_ice_url(url);
      },
      "URL");
  CLI::Validator turn_url(
      [](const std::string& url) {
        return url.starts_with("stun") ? "'" + url + "' is a STUN server; use --stun" : check_ice_url(url);
      },
      "URL");
  app.add_option("--stun", options.stun, "A STUN server, e.g. stun:stun.example.org:3478; may be repeated")
      ->check(stun_url)
      ->group("Finding a path");
  app.add_option(
         "--turn", options.turn,
         "A TURN server, e.g. turn:relay.example.org:3478?transport=tcp or turns:relay.example.org; may be repeated")
      ->check(turn_url)
      ->group("Finding a path");
  app.add_option("--turn-username", options.turn_username, "The user name at the TURN servers")
      ->group("Finding a path");
  app.add_option("--turn-credential", options.turn_credential,
                 "The password at the TURN servers; better given as RTCBOT_TURN_CREDENTIAL")
      ->envname("RTCBOT_TURN_CREDENTIAL")
      ->group("Finding a path");
  app.add_option("--ice-transport", options.ice_transport, "all, or relay: only through TURN servers")
      ->check(one_of({"all", "relay"}))
      ->capture_default_str()
      ->group("Finding a path");
  app.add_option("--log-level", options.log.level, "debug, info, warning or error")
      ->check(one_of({"debug", "info", "warning", "error"}))
      ->capture_default_str()
      ->group("Logging");
  app.add_option("--log-format", options.log.format, "text, or json: one object per line")
      ->check(one_of({"text", "json"}))
      ->capture_default_str()
      ->group("Logging");
}

namespace {

constexpr const char* kSeeHelp = "Run with --help for more information.\n";

/// The note below the help of the program is about the program, not about its commands, to which CLI11 hands it down.
void drop_note(CLI::App& app, const std::string& note) {
  for (auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_footer() == note) command->footer("");
    drop_note(*command, note);
  }
}

}  // namespace

std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv) {
  const auto file = std::make_shared<TomlConfig>(app);
  app.config_formatter(file);
  drop_note(app, app.get_footer());
  wrap_help(app);
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ExtrasError&) {
    std::cerr << unexpected_words(app, {argv + 1, argv + argc}) << kSeeHelp;
    return kExitBadConfig;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << place_of(app, *file, {argv, argv + argc}, error) << sentence_of(app, error) << "\n" << kSeeHelp;
    return kExitBadConfig;
  }
}

}  // namespace rtcbot::app
