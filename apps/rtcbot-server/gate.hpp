#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot-server/own_page.hpp"
#include "rtcbot-server/relay_desk.hpp"
#include "rtcbot/access/fields.hpp"
#include "rtcbot/access/files.hpp"
#include "rtcbot/access/link_uses.hpp"
#include "rtcbot/access/token.hpp"
#include "rtcbot/base/log_thinner.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/refusal.hpp"

namespace rtcbot::app {

/// Who is asked for what. All empty: nobody for anything.
struct GateOptions {
  std::string secret_file;      ///< Made on first use.
  std::string secret_text;      ///< In place of the file: what would stand in it.
  std::string revocation_file;  ///< Empty: `secret_file` with ".revoked" behind it.
  std::string robot_token;      ///< One text that makes its bearer any robot.
  std::string user_header;      ///< A proxy's word for who is signed in; empty: not listened to.
  access::Role user_role = access::Role::watch;
  std::vector<access::RobotPattern> user_robots;
  bool metrics_open = false;

  [[nodiscard]] bool asks_people() const { return !secret_file.empty() || !secret_text.empty(); }
  /// Where the uses of links are counted; empty: in memory.
  [[nodiscard]] std::string links() const { return secret_file.empty() ? std::string() : secret_file + ".links"; }
  /// Where `rtcbot-server token` notes the tokens that it makes; empty: nowhere.
  [[nodiscard]] std::string issued() const { return secret_file.empty() ? std::string() : secret_file + ".issued"; }
  [[nodiscard]] std::string revocations() const {
    return revocation_file.empty() && !secret_file.empty() ? secret_file + ".revoked" : revocation_file;
  }
};

/// What the gate says to a request.
struct Verdict {
  std::optional<signal::Refusal> refusal{};
  std::string message{};                         ///< For the person; empty: the refusal's own sentence.
  std::shared_ptr<const access::Grant> grant{};  ///< Whose request it is; null where nothing was asked.
  bool may_sign_out = false;                     ///< Signed in by this server's own cookie.

  /// What that robot is told of this caller, whom it is about to meet.
  [[nodiscard]] signal::Right right_to(const signal::RobotName& robot) const;
  /// Whom credentials for the relays are made for.
  [[nodiscard]] RelayOwner relay_owner() const;
  /// Whether this caller may put an offer to that robot.
  [[nodiscard]] bool may_connect_to(const signal::RobotName& robot) const {
    return !refusal && (!grant || access::may(*grant, access::Action::connect, robot));
  }
  /// Whether this caller may know of that robot.
  [[nodiscard]] bool shows(const signal::RobotName& robot) const {
    return !grant || access::may(*grant, access::Action::look, robot);
  }
};

/// Who may do what at which path: credentials of a request in, verdict out. Every path that is not named is closed to
/// those without a credential. Not thread-safe.
class Gate {
 public:
  /// Errors: bad_config.
  [[nodiscard]] static Result<Gate> make(const GateOptions& options);

  [[nodiscard]] bool is_open() const { return !options_.asks_people(); }
  /// Whether robots show something before they are taken.
  [[nodiscard]] bool robots_are_known() const { return !is_open() || !options_.robot_token.empty(); }

  /// A request that is no upgrade. `allowed`: whose pages may connect besides our own.
  [[nodiscard]] Verdict judge(const net::HttpRequest& request, const AllowedOrigins& allowed) const;
  /// The upgrade of a robot's websocket. At "/ws" it may still name itself; `grant` says what it may be.
  [[nodiscard]] Verdict judge_robot(const net::HttpRequest& request) const;
  /// The upgrade of a page's websocket.
  [[nodiscard]] Verdict judge_page_socket(const net::HttpRequest& request, const AllowedOrigins& allowed) const;

  /// POST /login: the token of its form, or the one that a link's code stands for, becomes a cookie, or the page says
  /// why not. What goes wrong with the count of a link's uses is logged.
  [[nodiscard]] net::HttpResponse login(const net::HttpRequest& request, const LogSink& log);

  /// Looks at the files; to be called about once a second.  Returns: whether something is new.
  bool refresh(const LogSink& log) { return keyring_ && keyring_->refresh(log); }
  /// Why that grant, once valid, is so no more; nothing: it still is.
  [[nodiscard]] std::optional<std::string> why_ended(const access::Grant& grant) const;
  /// The same by what `Verdict::right_to` called it, but for its expiry, to which the robot keeps by itself.
  [[nodiscard]] std::optional<std::string> why_ended(std::string_view grant) const;

 private:
  struct Caller {
    std::shared_ptr<const access::Grant> grant{};
    bool by_cookie = false;      ///< Or by another thing that a browser sends by itself.
    bool is_own_cookie = false;  ///< Which this server has set, and can take back.
    std::string fault{};         ///< What is wrong with the credential that was shown.
  };
  [[nodiscard]] std::optional<std::string> why_ended(std::string_view secret, const std::string& id) const;
  explicit Gate(GateOptions options) : options_(std::move(options)), links_(options_.links()) {}

  /// A person who shows a token or a link's code, with the token that is to be kept.
  struct SignIn {
    Caller caller{};
    std::string token{};
    bool is_kept_already = false;  ///< The browser has this link's token.
  };
  [[nodiscard]] SignIn sign_in_by(const net::HttpRequest& request, const std::string& text, const LogSink& log);
  [[nodiscard]] SignIn exchange(const net::HttpRequest& request, const access::LinkCode& code, const LogSink& log);
  [[nodiscard]] Caller caller_of(const net::HttpRequest& request) const;
  [[nodiscard]] Caller caller_with(std::string_view token) const;
  [[nodiscard]] std::optional<Caller> caller_of_proxy(const net::HttpRequest& request) const;
  [[nodiscard]] Verdict verdict_for(const net::HttpRequest& request, const Caller& caller, bool is_allowed) const;
  [[nodiscard]] Verdict for_person(const net::HttpRequest& request, const AllowedOrigins& allowed) const;

  GateOptions options_;
  std::optional<access::Keyring> keyring_;
  access::LinkLedger links_;
  LogThinner link_troubles_{};
};

/// The page for a person who may not see what he asked for: why, and where to put a link's token. Also `/login` itself.
/// `path` is the one that was asked for; the form finds /login from there, also below a path that a proxy takes away.
[[nodiscard]] net::HttpResponse login_page(int status, const std::string& headline, const std::string& sentence,
                                           std::string_view path = "/login");
/// The same without the form, where a credential would not help.
[[nodiscard]] net::HttpResponse notice_page(int status, const std::string& headline, const std::string& sentence);

/// The time by which credentials are judged and made.
[[nodiscard]] access::UnixTime unix_now();

/// Whether a person's browser asks, who is better served by a page than by JSON.
[[nodiscard]] bool wants_page(const net::HttpRequest& request);

}  // namespace rtcbot::app
