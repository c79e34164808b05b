#include "rtcbot-robot/token_options.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "rtcbot/runtime/private_file.hpp"

namespace rtcbot::app {
namespace {

/// The file of systemd's credential, if the service has one.
std::string credential_file() {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || *folder == '\0') return {};
  const auto path = std::filesystem::path(folder) / "token";
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) ? path.string() : std::string();
}

Result<std::string> raw_token(const TokenOptions& options) {
  if (!options.token.empty() && !options.file.empty()) {
    return fail(Errc::bad_config, "--token (or RTCBOT_TOKEN) and --token-file are both given; use only one");
  }
  if (!options.token.empty()) return options.token;
  if (!options.file.empty()) {
    auto token = runtime::read_secret(options.file);
    if (token && token->empty()) return fail(Errc::bad_config, options.file + " is empty; it should contain the token");
    return token;
  }
  const std::string credential = credential_file();
  if (credential.empty()) return std::string();
  return runtime::read_secret(credential);
}

}  // namespace

void describe_token(CLI::App& cli, TokenOptions& options) {
  cli.add_option("--token", options.token, "The token that the server requires; better given as --token-file")
      ->envname("RTCBOT_TOKEN");
  cli.add_option(
         "--token-file", options.file,
         "File with the token, which others must not be able to read; by default systemd's credential \"token\"")
      ->envname("RTCBOT_TOKEN_FILE");
}

Result<std::string> token_of(const TokenOptions& options) {
  auto token = raw_token(options);
  if (!token) return token;
  if (std::any_of(token->begin(), token->end(), [](char c) { return c < 0x21 || c > 0x7e; })) {
    return fail(Errc::bad_config, "the token contains a space, or a character that is not permitted in an HTTP header");
  }
  return token;
}

}  // namespace rtcbot::app
