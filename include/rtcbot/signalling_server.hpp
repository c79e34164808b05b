#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/http/message.hpp"
#include "rtcbot/net/web_socket.hpp"

namespace rtcbot {

/// The signalling server, as `rtcbot-server` runs it, within a program: robots dial in, pages send their offers, and
/// the server introduces them. docs/programs.md lists its paths and refusals, docs/embed.md shows how to use it.
///
/// The program may decide who may do what (`Hooks::authenticate`), be notified of what happens, and answer further
/// addresses (`get`, `post`, `folder`). Link `rtcbot::server`, the component `server` of find_package(rtcbot).
///
/// Threads: one for sockets and all decisions, and one on which the hooks for events and the handlers run, one at a
/// time; these may block. Thread-safe. The destructor calls `stop`.
class SignallingServer {
 public:
  /// What the bearer of an identity may do.
  enum class Role {
    robot,  ///< Be a robot with one of the names.
    watch,  ///< Watch those robots, and nothing more.
    drive,  ///< Watch and drive them.
    admin,  ///< As drive, and read /metrics.
  };

  /// Who sends a request: a robot or a person.
  struct Identity {
    Role role = Role::watch;
    /// The robots for which the role holds: a name, a name with `*` for any characters, "/" for the robot without a
    /// name. At most 32; "*" are all.
    std::vector<std::string> robots{"*"};
    /// A name for logs, for TURN servers and for the driver's display; 0 to 64 of A-Z a-z 0-9 _ . @ + -
    /// Robots of the same owner may replace each other under a name.
    std::string owner{};
    /// When it ends, in Unix time: open websockets are then closed, and robots end their viewers. By default never.
    std::chrono::sys_seconds expires = std::chrono::sys_seconds::max();
  };

  /// A robot that is online at this server.
  struct RobotInfo {
    std::string name{};     ///< Empty: the robot without a name.
    std::string address{};  ///< "192.0.2.1:4711"; behind a trusted proxy the robot's own address, with port 0.
    /// How many viewers it has, as it reports; nothing if it does not report them.
    std::optional<int> viewers{};
    std::string camera{};  ///< As it reports; empty: none. Untrusted.
    std::chrono::milliseconds online_for{0};
  };

  /// A page's offer to a robot.
  struct Offer {
    std::string id{};       ///< Also in the log and in the answer's X-Request-Id.
    std::string robot{};    ///< The robot's name; empty: the robot without a name.
    std::string address{};  ///< Of the page; or "server ID", if it came through another server of the cluster.
  };

  /// How an offer ended.
  struct OfferEnd {
    std::string id{};
    std::string robot{};
    int status = 0;  ///< 200: answered. Otherwise the HTTP status of the refusal; 0: the page left first.
    std::chrono::milliseconds took{0};
  };

  /// What the program decides, and what it is notified of. Each may be empty.
  struct Hooks {
    /// Returns who sends a request, or nothing if the program does not know; called for each HTTP request and each
    /// websocket of a robot or a page that needs a permission. A requester without an identity needs a token of this
    /// server (`Credentials`), and is refused without one. If it is set, nobody is anonymous.
    ///
    /// Runs on the server's I/O thread and must not block: look the answer up in memory. An exception counts as nothing
    /// and is logged. Browsers send cookies with requests of other sites' pages too: the server refuses those unless
    /// `allowed_origins` names the site, whatever this function returns.
    std::function<std::optional<Identity>(const HttpRequest& request)> authenticate{};

    /// A robot has come online at this server. A newer connection of the same robot changes nothing.
    std::function<void(const RobotInfo& robot)> on_robot_online{};
    /// A robot is no longer online at this server.
    std::function<void(const std::string& name)> on_robot_offline{};
    /// A page has sent an offer, by POST or websocket.
    std::function<void(const Offer& offer)> on_offer{};
    /// An offer was answered or refused, or its page has left.
    std::function<void(const OfferEnd& end)> on_offer_end{};
  };

  /// The port's certificate. Empty: no TLS.
  struct Tls {
    std::string certificate{};        ///< The certificate and its chain, a PEM file.
    std::string key{};                ///< Its private key, a PEM file without a password.
    std::uint16_t redirect_port = 0;  ///< A port without TLS that redirects pages to the TLS port; 0: none.
  };

  /// Tokens that this server accepts. Without files, and without `Hooks::authenticate`, the server is open: everybody
  /// may watch and drive, and without `robot_token` everybody may be the robot.
  struct Credentials {
    std::string secret_file{};      ///< The secrets that sign tokens; created if it does not exist.
    std::string secret_text{};      ///< The content of that file, in its place.
    std::string revocation_file{};  ///< Ids of revoked tokens; empty: `secret_file` with the suffix ".revoked".
    std::string robot_token{};      ///< A shared token: its bearer may be any robot.
    /// The header field, in any case, in which a proxy of `trusted_proxies` names the person who is signed in; empty:
    /// none. It needs `secret_file` or `secret_text`.
    std::string user_header{};
    Role user_role = Role::watch;               ///< Of these persons; not `robot`.
    std::vector<std::string> user_robots{"*"};  ///< For them, as in `Identity::robots`.
    bool open_metrics = false;                  ///< /metrics needs no credential.
  };

  /// The STUN and TURN servers that pages and robots use.
  struct IceServers {
    std::vector<std::string> stun{};  ///< "stun:HOST:PORT"
    std::vector<std::string> turn{};  ///< "turn:HOST:PORT" or "turns:HOST:PORT?transport=tcp"
    std::string username{};           ///< A permanent credential of all TURN servers, ...
    std::string credential{};
    std::string secret{};                   ///< ... or the secret shared with them (coturn: static-auth-secret).
    std::chrono::seconds lifetime{3600};    ///< Of a credential that is made from the secret; 1 s to a week.
    std::map<std::string, int> weights{};   ///< By a TURN server's host, 1 to 1000: how often it is given out.
    std::size_t relays_per_connection = 2;  ///< How many of several TURN servers one connection gets, 1 to 16.
    bool relay_only = false;                ///< Pages use TURN only.
  };

  /// What the server holds at most, and at which rates. Of an IPv6 address, one /64 counts as one address.
  struct Limits {
    std::size_t connections = 20'000;         ///< Simultaneous ones, robots included.
    std::size_t pending_per_address = 1'000;  ///< That are neither robots nor pages' websockets; 0: no limit.
    std::size_t robots = 20'000;
    std::size_t robots_per_address = 100;   ///< Names online and remembered, without credentials; 0: no limit.
    std::size_t remembered_robots = 1'000;  ///< That stay listed after they left, for up to a week.
    std::size_t pages = 10'000;             ///< Websockets of pages; other pages use POST.
    std::size_t pages_per_address = 50;
    double offers_per_second = 5;                     ///< Of one address, sustained; above 0.
    double offers_burst = 20;                         ///< Of one address; at least 1.
    double robot_messages_per_second = 100;           ///< Messages of one robot, and offers to it, sustained; above 0.
    double robot_messages_burst = 500;                ///< At least 1.
    std::chrono::milliseconds robot_timeout{10'000};  ///< Within which a robot has to answer an offer; 0.1 to 25 s.
  };

  /// Several servers that act as one, through NATS with JetStream.
  struct Cluster {
    std::vector<std::string> nats{};  ///< `nats://HOST[:PORT]` or `tls://HOST[:PORT]`; empty: a single server.
    std::string prefix = "rtcbot";    ///< Clusters with different prefixes do not see each other: [A-Za-z0-9_-]{1,32}.
    std::string credentials_file{};   ///< A .creds file for NATS, or ...
    std::string user{};               ///< ... a user and a password, or ...
    std::string password{};
    std::string token{};             ///< ... a token.
    std::string ca_file{};           ///< PEM; empty: the system's authorities.
    std::string certificate_file{};  ///< PEM, with `key_file`, if NATS requires a certificate of its clients.
    std::string key_file{};
    int replicas = 1;  ///< How many NATS servers store the list of robots, 1 to 5.
  };

  /// When `/` is the list of robots. Otherwise it is the page of the robot without a name.
  enum class List {
    automatic,  ///< If a robot with a name is, or recently was, online, and without `page`.
    always,
    never,
  };

  struct Options {
    std::string address = "0.0.0.0";
    std::uint16_t port = 8080;  ///< 0: any free port; see `port()`.
    /// False: no port. Requests come by `request` and `connect` alone, for example in tests.
    bool listen = true;
    /// A listening TCP socket in place of `address` and `port`; -1: none. The server closes it.
    int listening_descriptor = -1;
    /// An HTML file, or a folder with index.html (a built web app), that is shown at `/` and `/{robot}` in place of the
    /// built-in page. A folder's other files are served at their own paths.
    std::string page{};
    List list = List::automatic;
    Tls tls{};
    /// Addresses of proxies whose header fields about clients are trusted (X-Forwarded-For, -Proto, -Host, -Port).
    std::vector<std::string> trusted_proxies{};
    bool only_secure = false;  ///< Answers only requests over TLS, at this server or a trusted proxy.
    /// Names by which people reach this server. An open server answers only at these, at IP addresses, localhost and
    /// names in .local.
    std::vector<std::string> hosts{};
    std::vector<std::string> allowed_origins{};  ///< "https://example.org": their pages may connect; "*": all.
    std::vector<std::string> frame_ancestors{};  ///< Sites that may show its pages in a frame: an origin, or "self".
    Credentials credentials{};
    IceServers ice_servers{};
    Limits limits{};
    Cluster cluster{};
    Hooks hooks{};
    LogSink log{};  ///< Empty: warnings and errors go to standard error.
  };

  /// Who may use a route.
  enum class Access {
    person,  ///< Persons with any identity or token; everybody, if the server is open.
    everybody,
  };

  /// A request at a route of the program.
  struct Request : HttpRequest {
    /// Who sends it; nothing at an open server, and at a route for everybody.
    std::optional<Identity> identity{};
  };
  using Handler = std::function<HttpResponse(const Request& request)>;

  SignallingServer();
  explicit SignallingServer(Options options);
  ~SignallingServer();
  SignallingServer(const SignallingServer&) = delete;
  SignallingServer& operator=(const SignallingServer&) = delete;

  // Further routes, added before `start`. Patterns are as in `HttpServer`: "/status", "/map/{area}",
  // "/files/{path...}". A path of one segment is no longer a robot's: use two, as in "/fleet/status", where robots
  // choose their names. An `Error` that a handler throws becomes a refusal in JSON, as in `HttpServer`.
  // @throws Error bad_config if the pattern is invalid, or is one of the server's own paths; invalid_state after
  // `start`.

  void get(const std::string& pattern, Handler handler, Access access = Access::person);
  void post(const std::string& pattern, Handler handler, Access access = Access::person);
  /// Serves the files of a folder below `path`, which ends with '/'.  @throws Error also bad_config if it is no folder.
  void folder(const std::string& path, const std::string& folder, Access access = Access::person);

  /// Starts to listen.  @throws Error address_in_use, bad_address; bad_config for an invalid option or unreadable file;
  /// invalid_state after the first call.
  void start();
  /// The same without exceptions.
  [[nodiscard]] Result<void> try_start();
  /// Calls `start`, waits until Ctrl-C or SIGTERM, and calls `stop`.
  void run();
  /// Notifies and disconnects everybody. Returns when they have left, or after `limit`. Not in a handler or a hook.
  void stop(std::chrono::milliseconds limit = std::chrono::seconds(10));

  /// The port that the server listens on; 0 before `start`, after `stop`, and without one.
  [[nodiscard]] std::uint16_t port() const;
  /// The addresses to open in a browser, the one for this machine first; none where only a proxy knows them.
  [[nodiscard]] std::vector<std::string> urls() const;
  /// The robots that are online, here and at the cluster's other servers, by name.
  [[nodiscard]] std::vector<RobotInfo> robots() const;

  /// Reads the certificate again. On an error nothing changes.  Errors: bad_config.
  [[nodiscard]] Result<void> reload_certificate();
  /// Reads the files of secrets and revocations again soon. Otherwise this happens about once a second.
  void reload_credentials();

  /// Answers a request within the process, with all checks, as if it had come through the port. Waits for the answer,
  /// at most 30 s (then 504). Not in a handler or a hook.  @throws Error invalid_state before `start`.
  [[nodiscard]] HttpResponse request(HttpRequest request);
  /// Opens a websocket within the process, as a robot or a page: `request.path` is "/ws" or "/NAME", and the header
  /// field "sec-websocket-protocol" holds the subprotocols (docs/protocol.md). Errors: refused, with the sentence of
  /// the refusal; invalid_state before `start`.
  [[nodiscard]] Result<std::shared_ptr<net::WebSocket>> connect(HttpRequest request);

  /// Calls `task` soon on the server's I/O thread, so that a watchdog can see that this thread works.
  void on_io_thread(std::function<void()> task);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
