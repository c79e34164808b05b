#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "http_connection.hpp"
#include "http_text.hpp"

namespace rtcbot::net {

/// A handler's means to answer. On other threads than the connection's it posts.
class ConnectionResponder final : public HttpResponder {
 public:
  ConnectionResponder(std::shared_ptr<Loop> loop, std::weak_ptr<HttpConnection> connection, std::uint64_t number)
      : loop_(std::move(loop)), connection_(std::move(connection)), number_(number) {}

  ~ConnectionResponder() override {
    if (*answered_) return;
    respond(json_error(500, "internal", "the server did not answer this request; see its log"));
  }

  ConnectionResponder(const ConnectionResponder&) = delete;
  ConnectionResponder& operator=(const ConnectionResponder&) = delete;

  void respond(HttpResponse response) override {
    if (answered_->exchange(true)) return;
    loop_->dispatch([weak = connection_, number = number_, answer = std::move(response)]() mutable {
      if (const auto connection = weak.lock()) connection->answer(number, std::move(answer));
    });
  }

  void on_abandoned(std::function<void()> gone) override {
    loop_->post([weak = connection_, number = number_, answered = answered_, tell = std::move(gone)]() mutable {
      const auto connection = weak.lock();
      if (connection && connection->watch(number, tell)) return;
      if (!*answered && tell) tell();
    });
  }

 private:
  std::shared_ptr<Loop> loop_;
  std::weak_ptr<HttpConnection> connection_;  ///< Locked on the I/O thread only, so that the connection is destroyed
                                              ///< there.
  std::uint64_t number_;
  std::shared_ptr<std::atomic<bool>> answered_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace rtcbot::net
