#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ice_server_provider.hpp"
#include "own_page.hpp"
#include "rtcbot/access/ended_sessions.hpp"
#include "rtcbot/access/fields.hpp"
#include "rtcbot/access/files.hpp"
#include "rtcbot/access/link_uses.hpp"
#include "rtcbot/access/token.hpp"
#include "rtcbot/base/log_sampler.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/broker/pages.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/server/credential_files.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/refusal.hpp"

namespace rtcbot::server {

/// Who needs a credential for what. All empty: nobody needs one.
struct AuthOptions {
  std::string secret_file{};      ///< Created on first use.
  std::string secret_text{};      ///< The file's content, in place of the file.
  std::string revocation_file{};  ///< Empty: `secret_file` with the suffix ".revoked".
  std::string robot_token{};      ///< A shared token: its bearer may be any robot.
  std::string user_header{};      ///< The header in which a proxy names the signed-in user; empty: ignored.
  access::Role user_role = access::Role::watch;
  std::vector<access::RobotPattern> user_robots{};
  bool metrics_open = false;
  /// The program's own decision: the credential of a requester whom it knows. Must not throw or block.
  std::function<std::optional<access::Credential>(const net::HttpRequest&)> authenticate{};

  /// True if tokens are accepted.
  [[nodiscard]] bool has_secrets() const { return !secret_file.empty() || !secret_text.empty(); }
  [[nodiscard]] bool asks_people() const { return has_secrets() || authenticate; }
  [[nodiscard]] CredentialFiles files() const { return credential_files(secret_file, revocation_file); }
};

/// The permission that an address requires.
struct Need {
  bool credential = true;                    ///< False: nobody needs one.
  std::optional<access::Action> action{};    ///< Nothing: any credential of a person is enough.
  std::optional<signal::RobotName> robot{};  ///< For which the action needs permission, if it needs a robot.

  [[nodiscard]] static Need nothing() { return {.credential = false}; }
  [[nodiscard]] static Need person() { return {}; }
  [[nodiscard]] static Need of(access::Action action) { return {.action = action}; }
  [[nodiscard]] static Need of(access::Action action, signal::RobotName robot) {
    return {.action = action, .robot = std::move(robot)};
  }
};

/// The authenticator's decision about a request.
struct Authorization {
  std::optional<signal::Refusal> refusal{};
  std::string message{};                              ///< For the person; empty: the refusal's own sentence.
  std::shared_ptr<const access::Credential> grant{};  ///< The requester's grant; null if none was required.
  bool may_sign_out = false;                          ///< Signed in by this server's own cookie.
  std::string session{};                              ///< The `access::session_id` of the browser; empty: none.

  /// The caller's permissions, for the robot that the caller is going to meet.
  [[nodiscard]] signal::Permissions permissions_for(const signal::RobotName& robot) const;
  /// The owner of credentials for the relays.
  [[nodiscard]] RelayOwner relay_owner() const;
  /// True if this caller may send an offer to that robot.
  [[nodiscard]] bool may_connect_to(const signal::RobotName& robot) const {
    return !refusal && (!grant || access::may(*grant, access::Action::connect, robot));
  }
  /// True if this caller may see that robot.
  [[nodiscard]] bool shows(const signal::RobotName& robot) const {
    return !grant || access::may(*grant, access::Action::look, robot);
  }
};

/// Decides who may do what, from the credentials of a request: the program's own identities, tokens, cookies, and the
/// names that a login proxy gives. Not thread-safe.
class Authenticator {
 public:
  /// Errors: bad_config.
  [[nodiscard]] static Result<Authenticator> make(const AuthOptions& options);

  [[nodiscard]] bool is_open() const { return !options_.asks_people(); }
  /// True if /metrics needs no credential.
  [[nodiscard]] bool has_open_metrics() const { return options_.metrics_open; }
  /// True if robots need a credential.
  [[nodiscard]] bool robots_are_known() const { return !is_open() || !options_.robot_token.empty(); }

  /// Judges a request that is not an upgrade. `allowed`: other origins whose pages may connect.
  [[nodiscard]] Authorization judge(const net::HttpRequest& request, const Need& need,
                                    const AllowedOrigins& allowed) const;
  /// Judges the upgrade of a robot's websocket. At "/ws" the robot may still name itself; `grant` limits the names.
  [[nodiscard]] Authorization judge_robot(const net::HttpRequest& request) const;
  /// Judges the upgrade of a page's websocket.
  [[nodiscard]] Authorization judge_page_socket(const net::HttpRequest& request, const Need& need,
                                                const AllowedOrigins& allowed) const;

  /// A session whose user signed out.
  struct EndedSession {
    std::string id{};          ///< As in `Authorization::session`.
    access::UnixTime until{};  ///< When its credential expires.
    friend bool operator==(const EndedSession&, const EndedSession&) = default;
  };
  /// Ends the session of a request, so that `why_ended` reports it; nothing if it has none, or if it ended already.
  std::optional<EndedSession> sign_out(const net::HttpRequest& request);
  /// Ends a session whose user signed out at another server; false if it ended already.
  bool end_session(EndedSession session);

  /// The Set-Cookie field with the session that the caller lacks: the browser signed in at an earlier version. Nothing
  /// if the caller has one or needs none.
  [[nodiscard]] std::optional<std::string> missing_session(const net::HttpRequest& request,
                                                           const Authorization& caller) const;

  /// Handles POST /login: sets a cookie with the form's token, or with the token for a link's code, or answers with a
  /// page that says why not. Logs failures to count a link's uses.
  [[nodiscard]] net::HttpResponse login(const net::HttpRequest& request, const LogSink& log);

  /// Checks the files; call it about once a second.  Returns true after a change.
  bool refresh(const LogSink& log) { return keyring_ && keyring_->refresh(log); }
  /// Why a grant that was valid is no longer valid; nothing if it still is.
  [[nodiscard]] std::optional<std::string> why_ended(const access::Credential& grant) const;
  /// The same for a caller's page.
  [[nodiscard]] std::optional<broker::PageEnd> why_ended(const Authorization& caller) const;
  /// The same for the name that `Authorization::permissions_for` gave the grant. Ignores its expiry, which the robot
  /// enforces itself.
  [[nodiscard]] std::optional<std::string> why_ended(std::string_view grant) const;

 private:
  struct Caller {
    std::shared_ptr<const access::Credential> grant{};
    bool by_cookie = false;      ///< Or by another credential that a browser sends automatically.
    bool is_own_cookie = false;  ///< This server has set the cookie, and can remove it.
    std::string session{};       ///< As in `Authorization`.
    std::string fault{};         ///< What is wrong with the given credential.
  };
  [[nodiscard]] std::optional<std::string> why_ended(std::string_view secret, const std::string& id) const;
  explicit Authenticator(AuthOptions options) : options_(std::move(options)), links_(options_.files().links) {}

  /// A person who presents a token or a link's code, with the token to store.
  struct SignIn {
    Caller caller{};
    std::string token{};
    bool is_kept_already = false;  ///< The browser already has this link's token.
  };
  /// The address that a person who has signed in is sent to, relative to /login; `to`: the wanted one, not checked.
  [[nodiscard]] static std::string address_after(const access::Credential& grant, std::string_view to);
  [[nodiscard]] SignIn sign_in_by(const net::HttpRequest& request, const std::string& text, const LogSink& log);
  [[nodiscard]] SignIn exchange(const net::HttpRequest& request, const access::LinkCode& code, const LogSink& log);
  [[nodiscard]] Caller caller_of(const net::HttpRequest& request) const;
  [[nodiscard]] Caller caller_with(std::string_view token) const;
  /// As `caller_with`, for the token of this server's cookie.
  [[nodiscard]] Caller caller_by_cookie(std::string_view token, std::string_view cookies, bool is_secure) const;
  [[nodiscard]] std::optional<Caller> caller_of_program(const net::HttpRequest& request) const;
  [[nodiscard]] std::optional<Caller> caller_of_proxy(const net::HttpRequest& request) const;
  [[nodiscard]] Authorization authorization_for(const net::HttpRequest& request, const Caller& caller,
                                                bool is_allowed) const;
  [[nodiscard]] Authorization for_person(const net::HttpRequest& request, const Need& need,
                                         const AllowedOrigins& allowed) const;

  AuthOptions options_;
  std::optional<access::Keyring> keyring_;
  access::LinkLedger links_;
  access::EndedSessions ended_sessions_;
  LogSampler link_troubles_{};
};

}  // namespace rtcbot::server
