#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rtcbot/net/http_server.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/net/web_socket.hpp"

namespace rtcbot::server::test {

/// An I/O thread without a thread: a test runs its tasks. Timers never expire.
class FakeIo final : public net::IoThread {
 public:
  void post(std::function<void()> task) override { tasks_.push_back(std::move(task)); }
  [[nodiscard]] std::shared_ptr<void> after(std::chrono::microseconds, std::function<void()> task) override {
    return std::make_shared<std::function<void()>>(std::move(task));
  }
  [[nodiscard]] bool is_current() const override { return true; }

  /// Runs all tasks, also those that they post.
  void run() {
    while (!tasks_.empty()) {
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }

 private:
  std::deque<std::function<void()>> tasks_;
};

/// A websocket that keeps what is sent, and receives what a test says.
class FakeSocket final : public net::WebSocket {
 public:
  explicit FakeSocket(std::string subprotocol = {}) : subprotocol_(std::move(subprotocol)) {}

  void set_observer(net::WebSocketObserver observer) override { observer_ = std::move(observer); }
  Result<void> send(std::string message, bool) override {
    if (is_full) return fail(Errc::queue_full, "full");
    sent.push_back(std::move(message));
    return {};
  }
  void close(int code, std::string reason) override { closed.push_back({code, std::move(reason)}); }
  void settle() override { is_settled = true; }
  void check_alive(std::function<void()> responded) override { checks.push_back(std::move(responded)); }
  [[nodiscard]] const std::string& subprotocol() const override { return subprotocol_; }

  void receive(const std::string& message) const { observer_.on_message(message, false); }
  void end() const { observer_.on_closed({}); }

  std::vector<std::string> sent;
  std::vector<net::WebSocketClosed> closed;
  std::vector<std::function<void()>> checks;  ///< Call one: the other side responds.
  bool is_full = false;
  bool is_settled = false;

 private:
  std::string subprotocol_;
  net::WebSocketObserver observer_;
};

/// A responder that keeps the answer.
class FakeResponder final : public net::HttpResponder {
 public:
  void respond(net::HttpResponse response) override { answers.push_back(std::move(response)); }
  void on_abandoned(std::function<void()> gone) override { leave = std::move(gone); }

  std::vector<net::HttpResponse> answers;
  std::function<void()> leave;  ///< The browser has gone.
};

/// The value of a field of an answer; empty without it.
inline std::string field(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [each, value] : response.headers) {
    if (each == name) return value;
  }
  return {};
}

inline net::HttpRequest request(std::string method, std::string path, std::map<std::string, std::string> headers = {}) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.headers = std::move(headers);
  request.remote_address = "192.0.2.1:4711";
  return request;
}

}  // namespace rtcbot::server::test
