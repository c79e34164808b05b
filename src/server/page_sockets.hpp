#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "rtcbot/base/log.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/broker/pages.hpp"
#include "rtcbot/broker/robot_directory.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::server {

/// When `/` is the list of robots. Otherwise it is the page of the default robot, as in the tutorial.
enum class ListAtRoot {
  automatic,  ///< If a named robot is, or recently was, online; not with a page of the user's own.
  always,
  never,
};

struct PageOptions {
  broker::Pages::Config pages{};
  broker::RobotDirectory::Config directory{};
  ListAtRoot list = ListAtRoot::automatic;
};

/// For `/metrics`.
struct PageDeskFigures {
  broker::Pages::Stats pages{};
  std::size_t open = 0;
  std::int64_t slow_closed = 0;   ///< Closed, because they did not read.
  std::int64_t rate_refused = 0;  ///< Offers above the rate of their address.
};

/// Pages' websockets, and stored information about robots: `broker::Pages` and `broker::RobotDirectory` with sockets.
/// Used only on the I/O thread.
class PageSockets {
 public:
  /// Callbacks to the server.
  struct Host {
    /// How long that address has to wait before another offer to that robot; nothing: no wait.
    std::function<std::optional<std::chrono::seconds>(const std::string& address, const signal::RobotName&)> rate;
    /// A new offer; returns its id for the log.
    std::function<std::string(broker::RequestId, const signal::RobotName&, const std::string& address)> began;
    std::function<void(broker::RequestId)> given_up;
    /// Forwards a complete offer to a robot at another server; false: it is not there, or there are no other servers.
    std::function<bool(const broker::PageOffer&, const std::string& log_id)> elsewhere;
    // These may be called after this object is gone.
    /// Call `message`.
    std::function<void(broker::PageId, const std::string& text, bool binary)> on_message;
    /// Call `disconnected`.
    std::function<void(broker::PageId)> on_closed;
  };

  /// `broker` must outlive this.
  PageSockets(const PageOptions& options, broker::Broker& broker, Host host, LogSink log);

  /// True if an upgrade is requested by a page.
  [[nodiscard]] static bool is_asked_by(const net::HttpRequest& request);
  /// As `Pages::refusal_for`.
  [[nodiscard]] std::optional<signal::ErrorMessage> refusal_for(const std::string& address) {
    return pages_.refusal_for(address);
  }

  /// Adds a page's open socket, and receives from it from now on.
  void connected(Timestamp now, broker::PageId page, const std::shared_ptr<net::WebSocket>& socket,
                 broker::PageView view, const std::string& address);
  void message(Timestamp now, broker::PageId page, const std::string& text, bool binary);
  void disconnected(broker::PageId page);
  /// Closes the pages whose credential is no longer valid, or whose user signed out; call `pump` afterwards.
  void close_ended() { pages_.close_ended(); }

  /// Takes the broker's actions for pages; false: not for pages, or not only for them.
  [[nodiscard]] bool take(Timestamp now, const broker::Action& action);
  /// Takes a change of a robot at another server.
  void changed_elsewhere(Timestamp now, const broker::RobotChanged& change);
  /// Carries out the decisions; the broker may add more.
  void pump(Timestamp now);
  void stop(Timestamp now);

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;

  [[nodiscard]] bool lists_at_root(bool has_own_page) const;
  [[nodiscard]] const broker::RobotDirectory& directory() const { return directory_; }
  [[nodiscard]] PageDeskFigures figures() const;

 private:
  void carry_out(Timestamp now, broker::PageAction action);
  void offer(Timestamp now, broker::PageOffer offer);

  struct Socket {
    std::shared_ptr<net::WebSocket> socket;
    std::string address;
  };

  const ListAtRoot list_;
  broker::Broker& broker_;
  const Host host_;
  const LogSink log_;
  broker::RobotDirectory directory_;
  broker::Pages pages_;
  std::unordered_map<broker::PageId, Socket> sockets_;
  std::int64_t slow_closed_ = 0;
  std::int64_t rate_refused_ = 0;
};

}  // namespace rtcbot::server
