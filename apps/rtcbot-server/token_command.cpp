// rtcbot-server token, token list, token show, token revoke, secret make, secret rotate. Results go to standard output,
// all else to standard error.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "common/options.hpp"
#include "rtcbot-server/access_options.hpp"
#include "rtcbot/access/fields.hpp"
#include "rtcbot/access/files.hpp"
#include "rtcbot/access/token.hpp"
#include "rtcbot/base/ascii.hpp"
#include "rtcbot/base/counted.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/server/sign_in_link.hpp"
#include "rtcbot/server/token_list.hpp"

namespace rtcbot::app {
namespace {

access::UnixTime unix_now() { return access::UnixTime(std::chrono::seconds(runtime::unix_time_ms() / 1000)); }

int say_wrong(const std::string& what) {
  std::fprintf(stderr, "rtcbot-server: %s\n", printable(what, ' ').c_str());
  return kExitBadConfig;
}

/// A mistyped name must not make secrets that no server knows, nor revoke a token for nobody.
std::optional<Error> without_secrets(const AccessOptions& options) {
  std::error_code ignored;
  if (options.credentials.secret_file.empty() || std::filesystem::exists(options.credentials.secret_file, ignored))
    return std::nullopt;
  return Error(Errc::bad_config,
               "there are no secrets at " + options.credentials.secret_file +
                   "; make them with rtcbot-server secret make, or start a server with that --secret-file");
}

Result<access::Secrets> secrets_of(const AccessOptions& options) {
  if (!options.credentials.secret_text.empty()) return access::Secrets::parse(options.credentials.secret_text);
  if (options.credentials.secret_file.empty()) {
    return fail(Errc::bad_config, "name the server's secrets with --secret-file, or in RTCBOT_SECRET_FILE");
  }
  if (auto missing = without_secrets(options)) return fail(*std::move(missing));
  return access::load_secrets(options.credentials.secret_file);
}

/// So that `token list` shows it. A token that is not listed is a token all the same: its id was printed.
void keep_in_list(const AccessOptions& options, const nlohmann::ordered_json& token) {
  if (options.files().issued.empty()) return;
  const auto kept = server::add_to_token_list(options.files().issued, token, unix_now());
  if (!kept) std::fprintf(stderr, "rtcbot-server: token list will not show this one: %s\n", kept.error().what());
}

nlohmann::ordered_json description_of_link(const access::LinkCode& code) {
  auto json = server::description_of(code.grant);
  json["link"] = {{"uses", code.uses}, {"until", code.until.time_since_epoch().count()}};
  return json;
}

int print_link(const AccessOptions& options, const server::SignInLink& link, const access::Credential& grant,
               const access::Secrets& secrets) {
  const auto& wanted = options.token;
  const auto life = life_of(wanted.link_life);
  if (!life) return say_wrong("'" + wanted.link_life + "' is not a time such as 12h, 7d or 8w");
  const access::LinkCode code{
      .grant = grant, .uses = wanted.link_uses, .until = std::min(grant.issued + *life, grant.expires)};
  const auto text = access::sign_link(code, secrets.signing());
  if (!text) return say_wrong(text.error().what());
  std::fprintf(stderr, "id %s; the link may be opened %s\n", grant.id.c_str(),
               code.uses == 1 ? "once" : counted(code.uses, "time").c_str());
  if (link.is_readable_on_the_way) {
    std::fprintf(stderr,
                 "rtcbot-server: with http:// anybody on the network path can read this link's code; use https:// if "
                 "the server speaks TLS\n");
  }
  keep_in_list(options, description_of_link(code));
  std::cout << link.origin << "/login#code=" << *text << "\n";
  return kExitOk;
}

int make_token(const AccessOptions& options) {
  const auto& wanted = options.token;
  const auto role = access::role_named(wanted.role);
  const auto life = life_of(wanted.life);
  if (!role || wanted.robots.empty())
    return say_wrong(
        "a token requires --role and --robots, for example: rtcbot-server token --secret-file FILE --role drive "
        "--robots "
        "'rover*'");
  if (!life) return say_wrong("'" + wanted.life + "' is not a time such as 12h, 30d, 8w or 1y, ten years at most");
  const auto link = wanted.link.empty() ? Result<server::SignInLink>() : server::sign_in_link(wanted.link);
  if (!link) return say_wrong(link.error().what());
  if (!wanted.link.empty() && *role == access::Role::robot) {
    return say_wrong(
        "a link is for people, not for robots: remove --link, and give the robot its token as RTCBOT_TOKEN");
  }
  const auto secrets = secrets_of(options);
  if (!secrets) return say_wrong(secrets.error().what());
  access::Credential grant;
  grant.role = *role;
  for (const auto& text : wanted.robots) grant.robots.push_back(*access::RobotPattern::parse(text));
  grant.issued = grant.not_before = unix_now();
  grant.expires = grant.issued + *life;
  grant.id = access::random_name(9);
  grant.owner = wanted.owner;
  if (!wanted.link.empty()) return print_link(options, *link, grant, *secrets);
  const auto token = access::sign(grant, secrets->signing());
  if (!token) return say_wrong(token.error().what());
  std::fprintf(stderr, "id %s\n", grant.id.c_str());
  keep_in_list(options, server::description_of(grant));
  std::cout << *token << "\n";
  return kExitOk;
}

/// From the environment or standard input: a process list shows everybody what stands on a command line.
std::string token_from_outside() {
  if (const char* given = std::getenv("RTCBOT_TOKEN"); given != nullptr && *given != '\0') return given;
  std::string line;
  std::getline(std::cin, line);
  line.erase(line.find_last_not_of(" \t\r") + 1);
  const auto pasted = access::pasted_token(line);
  return pasted ? *pasted : line;
}

int show_token(const AccessOptions& options) {
  const auto secrets = secrets_of(options);
  if (!secrets) return say_wrong(secrets.error().what());
  const auto revocations = access::load_revocations(options.files().revocations);
  if (!revocations) return say_wrong(revocations.error().what());
  const auto text = token_from_outside();
  const auto code = access::verify_link(text, *secrets, *revocations, unix_now());
  const auto grant = access::is_link_code(text) ? code.map([](const auto& link) { return link.grant; })
                                                : access::verify(text, *secrets, *revocations, unix_now());
  if (!grant) {
    std::fprintf(stderr, "rtcbot-server: %s (%s)\n", access::sentence_of(grant.error()).c_str(),
                 std::string(name_of(grant.error())).c_str());
    return kExitFailure;
  }
  const auto json = code ? description_of_link(*code) : server::description_of(*grant);
  std::cout << json.dump() << "\n";
  return kExitOk;
}

int list_tokens(const AccessOptions& options) {
  if (options.files().issued.empty()) {
    return say_wrong("name the server's secrets with --secret-file: the list of tokens is stored beside them");
  }
  if (const auto missing = without_secrets(options)) return say_wrong(missing->what());
  const auto revocations = access::load_revocations(options.files().revocations);
  if (!revocations) return say_wrong(revocations.error().what());
  const auto tokens = server::read_token_list(options.files().issued, *revocations, unix_now());
  if (!tokens) return say_wrong(tokens.error().what());
  if (!options.token.as_json) std::cout << server::table_of(*tokens);
  for (std::size_t i = 0; options.token.as_json && i < tokens->size(); ++i) std::cout << tokens->at(i).dump() << "\n";
  return kExitOk;
}

/// False only if a list exists and does not contain the id: it may be mistyped. Tokens made elsewhere are not listed.
bool may_be_known(const AccessOptions& options, const std::string& id) {
  const auto tokens = server::read_token_list(options.files().issued, {}, unix_now());
  if (!tokens || tokens->empty()) return true;
  return std::any_of(tokens->begin(), tokens->end(), [&](const auto& token) { return token.at("id") == id; });
}

int revoke_token(const AccessOptions& options) {
  const auto path = options.files().revocations;
  if (path.empty()) return say_wrong("name the server's files with --secret-file or --revocation-file");
  if (const auto missing = without_secrets(options)) return say_wrong(missing->what());
  if (!access::is_label(options.token.id))
    return say_wrong("that is not the id of a token; 'token list' shows the ids");
  auto revocations = access::load_revocations(path);
  if (!revocations) return say_wrong(revocations.error().what());
  revocations->prune(unix_now());
  // How long the token would have lived is not known here: as long as any can.
  revocations->add(options.token.id, unix_now() + access::kMaxLife);
  const auto written = access::write_private_file(path, revocations->text());
  if (!written) return say_wrong(written.error().what());
  std::fprintf(stderr, "%s is revoked; running servers notice within seconds\n", options.token.id.c_str());
  if (!may_be_known(options, options.token.id)) {
    std::fprintf(stderr, "rtcbot-server: 'token list' shows no valid token with this id; is it mistyped?\n");
  }
  return kExitOk;
}

int make_secrets(const AccessOptions& options) {
  const auto& path = options.credentials.secret_file;
  if (path.empty()) return say_wrong("name the file with --secret-file");
  if (!without_secrets(options)) return say_wrong("there are secrets at " + path + " already; see secret rotate");
  const auto secrets = access::load_or_make_secrets(path);
  if (!secrets) return say_wrong(secrets.error().what());
  std::fprintf(stderr, "'%s' in %s signs from now on\n", secrets->signing().name.c_str(), path.c_str());
  return kExitOk;
}

int rotate_secret(const AccessOptions& options) {
  if (options.credentials.secret_file.empty()) return say_wrong("name the server's secrets with --secret-file");
  if (const auto missing = without_secrets(options)) return say_wrong(missing->what());
  const auto secrets = access::load_secrets(options.credentials.secret_file);
  if (!secrets) return say_wrong(secrets.error().what());
  const auto rotated = secrets->rotated(access::make_secret(), options.keep_secrets);
  const auto written = access::write_private_file(options.credentials.secret_file, rotated.text());
  if (!written) return say_wrong(written.error().what());
  std::fprintf(stderr, "'%s' signs from now on; %s accepted\n", rotated.signing().name.c_str(),
               counted(rotated.size(), "secret is", "secrets are").c_str());
  return kExitOk;
}

}  // namespace

std::optional<int> run_access_command(const CLI::App& app, const AccessOptions& options) {
  if (app.got_subcommand("secret")) {
    return app.get_subcommand("secret")->got_subcommand("make") ? make_secrets(options) : rotate_secret(options);
  }
  if (!app.got_subcommand("token")) return std::nullopt;
  const auto* token = app.get_subcommand("token");
  if (token->got_subcommand("list")) return list_tokens(options);
  if (token->got_subcommand("show")) return show_token(options);
  if (token->got_subcommand("revoke")) return revoke_token(options);
  return make_token(options);
}

}  // namespace rtcbot::app
