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

namespace rtcbot::app {

/// When `/` is the list of robots. Otherwise it is the page of the robot without a name, as in the tutorial.
enum class ListAtRoot {
  automatic,  ///< As soon as a robot with a name is, or lately was, online; not with a page of the user's own.
  always,
  never,
};

struct PageDeskOptions {
  broker::Pages::Config pages{};
  broker::RobotDirectory::Config directory{};
  ListAtRoot list = ListAtRoot::automatic;
};

/// What `/metrics` shows of it.
struct PageDeskFigures {
  broker::Pages::Stats pages{};
  std::size_t open = 0;
  std::int64_t slow_closed = 0;   ///< Pages that did not read what they were sent.
  std::int64_t rate_refused = 0;  ///< Offers over the rate of their address.
};

/// Pages' websockets, and what is remembered of robots for them: `broker::Pages` and `broker::RobotDirectory` with
/// sockets. Belongs to the I/O thread.
class PageDesk {
 public:
  /// What the desk asks of, and tells, the server around it.
  struct Host {
    /// How long that address has to wait before another offer to that robot; nothing: it need not.
    std::function<std::optional<std::chrono::seconds>(const std::string& address, const signal::RobotName&)> rate;
    /// An offer has come; gives the id under which it is logged.
    std::function<std::string(broker::RequestId, const signal::RobotName&, const std::string& address)> began;
    std::function<void(broker::RequestId)> given_up;
    /// Puts a complete offer to a robot that is at another server; false: it is not, or there are none.
    std::function<bool(const broker::PageOffer&, const std::string& log_id)> elsewhere;
  };

  /// `broker` must outlive this.
  PageDesk(const PageDeskOptions& options, broker::Broker& broker, Host host, LogSink log);

  /// Whether a request for an upgrade is a page's.
  [[nodiscard]] static bool is_asked_by(const net::HttpRequest& request);
  [[nodiscard]] bool admits(const std::string& address) { return pages_.admits(address); }

  /// A page's socket is open; the caller sets its observer and passes on what it hears.
  void connected(Timestamp now, broker::PageId page, std::shared_ptr<net::WebSocket> socket, broker::PageView view,
                 const std::string& address);
  void message(Timestamp now, broker::PageId page, const std::string& text, bool binary);
  void disconnected(broker::PageId page);
  /// Closes the pages whose credential is not valid any more; `pump` has to follow.
  void close_invalid() { pages_.close_invalid(); }

  /// Takes what the broker says to pages; false: it is not for them, or not for them alone.
  [[nodiscard]] bool take(Timestamp now, const broker::Action& action);
  /// Takes what is new of a robot that is at another server, or no more.
  void changed_elsewhere(Timestamp now, const broker::RobotChanged& change);
  /// Carries out what was decided; more of the broker's may follow.
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

}  // namespace rtcbot::app
