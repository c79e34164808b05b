#include "rtcbot/net/local_socket.hpp"

#include <deque>
#include <mutex>
#include <optional>

namespace rtcbot::net {
namespace {

constexpr std::size_t kMaxWaiting = 1'000;  // Messages that the other side has not received yet.

/// What one side receives. Any thread adds to it; the I/O thread delivers.
class Inbox {
 public:
  void set_observer(WebSocketObserver observer) {
    const std::lock_guard lock(mutex_);
    observer_ = std::move(observer);
    has_observer_ = true;
  }
  [[nodiscard]] Result<void> put(std::string message, bool binary) {
    const std::lock_guard lock(mutex_);
    if (closed_) return fail(Errc::closed, "the websocket is closed");
    if (waiting_.size() >= kMaxWaiting) return fail(Errc::queue_full, "messages were not read in time");
    waiting_.push_back({std::move(message), binary});
    return {};
  }
  void close(const WebSocketClosed& closed) {
    const std::lock_guard lock(mutex_);
    if (!closed_) closed_ = closed;
  }
  [[nodiscard]] bool is_closed() {
    const std::lock_guard lock(mutex_);
    return closed_.has_value();
  }
  /// No more events.
  void forget() {
    const std::lock_guard lock(mutex_);
    observer_ = {};
    waiting_.clear();
    has_observer_ = is_over_ = true;
  }

  /// Delivers all that waits.
  void deliver() {
    while (deliver_one()) {
    }
  }

 private:
  struct Message {
    std::string text;
    bool binary;
  };
  [[nodiscard]] bool deliver_one() {
    std::unique_lock lock(mutex_);
    if (!has_observer_ || is_over_) return false;
    if (!waiting_.empty()) {
      auto message = std::move(waiting_.front());
      waiting_.pop_front();
      // A copy, because the call may replace or drop it.
      const auto on_message = observer_.on_message;
      lock.unlock();
      if (on_message) on_message(std::move(message.text), message.binary);
      return true;
    }
    if (!closed_) return false;
    is_over_ = true;
    const auto on_closed = std::exchange(observer_, {}).on_closed;
    const auto closed = *closed_;
    lock.unlock();
    if (on_closed) on_closed(closed);
    return false;
  }

  std::mutex mutex_;
  WebSocketObserver observer_;
  bool has_observer_ = false;
  bool is_over_ = false;
  std::deque<Message> waiting_;
  std::optional<WebSocketClosed> closed_;
};

class LocalSocket final : public WebSocket {
 public:
  LocalSocket(std::shared_ptr<IoThread> io, std::string subprotocol, std::shared_ptr<Inbox> own,
              std::shared_ptr<Inbox> other)
      : io_(std::move(io)), subprotocol_(std::move(subprotocol)), own_(std::move(own)), other_(std::move(other)) {}
  ~LocalSocket() override {
    own_->forget();
    other_->close({1001, {}});
    wake(other_);
  }
  LocalSocket(const LocalSocket&) = delete;
  LocalSocket& operator=(const LocalSocket&) = delete;

  void set_observer(WebSocketObserver observer) override {
    own_->set_observer(std::move(observer));
    wake(own_);
  }
  Result<void> send(std::string message, bool binary) override {
    if (own_->is_closed()) return fail(Errc::closed, "the websocket is closed");
    auto put = other_->put(std::move(message), binary);
    wake(other_);
    return put;
  }
  void close(int code, std::string reason) override {
    const WebSocketClosed closed{code, std::move(reason)};
    other_->close(closed);
    own_->close(closed);
    wake(other_);
    wake(own_);
  }
  void settle() override {}
  void check_alive(std::function<void()> responded) override {
    if (!own_->is_closed()) io_->post(std::move(responded));
  }
  [[nodiscard]] const std::string& subprotocol() const override { return subprotocol_; }

 private:
  void wake(const std::shared_ptr<Inbox>& inbox) {
    io_->post([inbox] { inbox->deliver(); });
  }

  const std::shared_ptr<IoThread> io_;
  const std::string subprotocol_;
  const std::shared_ptr<Inbox> own_;
  const std::shared_ptr<Inbox> other_;
};

}  // namespace

std::pair<std::shared_ptr<WebSocket>, std::shared_ptr<WebSocket>> make_local_sockets(std::shared_ptr<IoThread> io,
                                                                                     const std::string& subprotocol) {
  const auto first = std::make_shared<Inbox>(), second = std::make_shared<Inbox>();
  return {std::make_shared<LocalSocket>(io, subprotocol, first, second),
          std::make_shared<LocalSocket>(io, subprotocol, second, first)};
}

}  // namespace rtcbot::net
