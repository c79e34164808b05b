#include "rtcbot-server/access_options.hpp"

#include <array>
#include <charconv>

namespace rtcbot::app {
namespace {

constexpr const char* kCredentialsGroup = "Credentials";

std::string check_pattern(const std::string& text) {
  const auto pattern = access::RobotPattern::parse(text);
  return pattern ? "" : "'" + text + "': " + pattern.error().what();
}

CLI::Validator pattern_check() { return CLI::Validator(check_pattern, "PATTERN"); }

bool is_given(const CLI::App& app, const char* flag) {
  const auto* option = app.get_option_no_throw(flag);
  return option != nullptr && option->count() > 0;
}

void add_token_commands(CLI::App& app, AccessOptions& options) {
  auto* token = app.add_subcommand("token", "Makes a credential: rtcbot-server token --role drive --robots 'rover*'");
  token->fallthrough()->require_subcommand(0, 1);
  token->add_option("--role", options.token.role, "robot, watch, drive or admin")
      ->check(CLI::IsMember({"robot", "watch", "drive", "admin"}));
  token
      ->add_option("--robots", options.token.robots,
                   "Which robots: names, with '*' for any characters; '/' is the robot without a name. May be repeated")
      ->check(pattern_check());
  token->add_option("--for", options.token.life, "How long it is valid: 12h, 30d, 8w, 1y")->capture_default_str();
  token->add_option("--owner", options.token.owner,
                    "The token's owner; a robot keeps its name with a new token of the same owner");
  token->add_option("--link", options.token.link,
                    "Print a link that signs a person in, e.g. for https://example.org. It carries a code that is "
                    "exchanged for the token when it is opened");
  token->add_option("--link-uses", options.token.link_uses, "How many times the link may be opened")
      ->check(CLI::Range(1, access::LinkCode::kMaxUses))
      ->capture_default_str();
  token
      ->add_option("--link-for", options.token.link_life,
                   "How long the link is valid: 12h, 30d; people who opened it stay signed in")
      ->capture_default_str();
  auto* revoke = token->add_subcommand("revoke", "Makes a token invalid by its id, which 'token list' shows");
  revoke->fallthrough();
  revoke->add_option("id", options.token.id, "The token's id")->required();
  auto* list = token->add_subcommand("list", "Shows the tokens that were made on this machine and have not expired");
  list->fallthrough();
  list->add_flag("--json", options.token.as_json, "One JSON object per line");
  token->add_subcommand("show", "Shows what a token permits; reads it from RTCBOT_TOKEN or standard input")
      ->fallthrough();
  auto* secret = app.add_subcommand("secret", "The secrets that sign tokens");
  secret->fallthrough()->require_subcommand(1);
  secret->add_subcommand("make", "Makes the first secret; a server that starts with --secret-file does the same")
      ->fallthrough();
  auto* rotate = secret->add_subcommand("rotate", "Makes a new secret that signs from now on; running servers load it");
  rotate->fallthrough();
  rotate->add_option("--keep", options.keep_secrets, "How many old secrets are still accepted")
      ->check(CLI::Range(0, 15))
      ->capture_default_str();
}

}  // namespace

std::optional<std::chrono::seconds> life_of(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end + 1 != text.data() + text.size() || number < 1 || number > 1'000'000'000) return {};
  const std::string_view units = "smhdwy";
  constexpr std::array<std::int64_t, 6> kSeconds{1, 60, 3600, 86'400, 604'800, 31'536'000};
  const auto unit = units.find(*end);
  if (unit == std::string_view::npos) return std::nullopt;
  const std::chrono::seconds life(number * kSeconds.at(unit));
  return life <= access::kMaxLife ? std::optional(life) : std::nullopt;
}

void add_access_options(CLI::App& app, AccessOptions& options) {
  auto& authenticator = options.authenticator;
  app.add_option("--secret-file", authenticator.secret_file,
                 "Requires a credential from everybody; this file contains the secrets, and is created on first use")
      ->envname("RTCBOT_SECRET_FILE")
      ->group(kCredentialsGroup);
  app.add_option("--secret", authenticator.secret_text, "The content of that file; only as RTCBOT_SECRET")
      ->envname("RTCBOT_SECRET")
      ->group("");
  app.add_option("--revocation-file", authenticator.revocation_file,
                 "File with the ids of revoked tokens; by default the secret file's name with .revoked")
      ->group(kCredentialsGroup);
  app.add_flag("--metrics-open", authenticator.metrics_open, "/metrics requires no credential")
      ->group(kCredentialsGroup);
  app.add_option("--trust-user-header", authenticator.user_header,
                 "The header in which a login proxy names the person who is signed in, e.g. X-Forwarded-Email; only "
                 "with --behind-proxy")
      ->group(kCredentialsGroup);
  app.add_option("--user-role", options.user_role,
                 "The role of people who are signed in by the login proxy: watch, drive or admin")
      ->check(CLI::IsMember({"watch", "drive", "admin"}))
      ->group(kCredentialsGroup);
  app.add_option("--user-robots", options.user_robots, "The robots for which they have that role; may be repeated")
      ->check(pattern_check())
      ->capture_default_str()
      ->group(kCredentialsGroup);
  app.add_flag("--public", options.is_public,
               "Refuses to start without TLS (or --behind-proxy) and credentials, which the open internet requires")
      ->group(kCredentialsGroup);
  add_token_commands(app, options);
}

std::optional<std::string> finish_access_options(const CLI::App& app, AccessOptions& options) {
  auto& authenticator = options.authenticator;
  const bool is_behind_proxy = is_given(app, "--behind-proxy");
  if (options.is_public && !is_behind_proxy && !is_given(app, "--tls-cert")) {
    return "--public requires TLS: use --tls-cert and --tls-key, or --behind-proxy with a proxy that does TLS";
  }
  if (options.is_public && !authenticator.asks_people()) {
    return "--public requires credentials: use --secret-file FILE; the file is created if it does not exist";
  }
  if (!authenticator.user_header.empty() && !is_behind_proxy) {
    return "--trust-user-header requires --behind-proxy; without a proxy anybody can send that header";
  }
  if (authenticator.user_header.empty() != options.user_role.empty()) {
    return "--trust-user-header and --user-role must be given together";
  }
  if (!authenticator.user_header.empty() && !authenticator.asks_people())
    return "--trust-user-header also requires --secret-file";
  for (auto& c : authenticator.user_header) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (!options.user_role.empty()) authenticator.user_role = *access::role_named(options.user_role);
  for (const auto& text : options.user_robots) authenticator.user_robots.push_back(*access::RobotPattern::parse(text));
  return std::nullopt;
}

}  // namespace rtcbot::app
