#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "loop.hpp"
#include "rtcbot/net/web_socket.hpp"
#include "send_queue.hpp"

namespace rtcbot::net {

/// Shared state of a handle and its session.
struct WebSocketLink {
  explicit WebSocketLink(std::size_t send_queue_limit) : queue(send_queue_limit) {}
  SendQueue queue;
  std::atomic<bool> handle_gone = false;  ///< No observer needs events any more.
};

/// The part of a WebSocket on the I/O thread, owned by its pending operations.
class WebSocketWork {
 public:
  virtual ~WebSocketWork() = default;
  virtual void observe(WebSocketObserver observer) = 0;
  /// Sends the queue.
  virtual void pump() = 0;
  virtual void begin_close(int code, std::string reason) = 0;
  virtual void settle() = 0;
  virtual void check_alive(std::function<void()> responded) = 0;
};

/// The part of a WebSocket that users hold: it queues and posts, and never uses the socket.
class WebSocketHandle final : public WebSocket {
 public:
  struct Parts {
    std::shared_ptr<Loop> loop;
    std::weak_ptr<WebSocketWork> work;  ///< Locked on the I/O thread only, so that the session is destroyed there.
    std::shared_ptr<WebSocketLink> link;
    std::string subprotocol;
    std::shared_ptr<IoThread> keeps;  ///< Kept alive by the handle; may be null.
  };

  explicit WebSocketHandle(Parts parts) : parts_(std::move(parts)) {}
  ~WebSocketHandle() override;
  WebSocketHandle(const WebSocketHandle&) = delete;
  WebSocketHandle& operator=(const WebSocketHandle&) = delete;

  void set_observer(WebSocketObserver observer) override;
  Result<void> send(std::string message, bool binary) override;
  void close(int code, std::string reason) override;
  void settle() override;
  void check_alive(std::function<void()> responded) override;
  [[nodiscard]] const std::string& subprotocol() const override { return parts_.subprotocol; }

 private:
  Parts parts_;
};

}  // namespace rtcbot::net
