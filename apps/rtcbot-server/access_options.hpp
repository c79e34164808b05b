#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "rtcbot/server/credential_files.hpp"
#include "rtcbot/signalling_server.hpp"

namespace rtcbot::app {

/// The flags that require credentials, and the commands that make them.
struct AccessOptions {
  SignallingServer::Credentials credentials;
  bool is_public = false;
  std::string user_role;

  /// True if everybody needs a credential.
  [[nodiscard]] bool asks_people() const {
    return !credentials.secret_file.empty() || !credentials.secret_text.empty();
  }
  [[nodiscard]] server::CredentialFiles files() const {
    return server::credential_files(credentials.secret_file, credentials.revocation_file);
  }

  struct Token {
    std::string role;
    std::vector<std::string> robots;
    std::string life = "30d";
    std::string owner;
    std::string link;
    int link_uses = 1;
    std::string link_life = "7d";
    std::string id;        ///< That is revoked.
    bool as_json = false;  ///< The list.
  } token;
  std::size_t keep_secrets = 1;
};

/// Call it after the flags of TLS and proxies were added, because `--public` checks them.
void add_access_options(CLI::App& app, AccessOptions& options);

/// Returns an unsafe or contradictory setting as a sentence; fills in the meaning of the flags' texts.
[[nodiscard]] std::optional<std::string> finish_access_options(const CLI::App& app, AccessOptions& options);

/// Carries out `token …` or `secret …`, if requested. Returns its exit code.
[[nodiscard]] std::optional<int> run_access_command(const CLI::App& app, const AccessOptions& options);

/// "90s", "12h", "30d", "8w", "1y" in seconds; nothing for another text, or for more than ten years.
[[nodiscard]] std::optional<std::chrono::seconds> life_of(const std::string& text);

}  // namespace rtcbot::app
