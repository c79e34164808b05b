#include "web_socket_handle.hpp"

#include <utility>

#include "rtcbot/base/weakly.hpp"

namespace rtcbot::net {
namespace {

constexpr int kGoingAway = 1001;

}  // namespace

WebSocketHandle::~WebSocketHandle() {
  parts_.link->handle_gone = true;
  close(kGoingAway, {});
}

void WebSocketHandle::set_observer(WebSocketObserver observer) {
  parts_.loop->post(weakly(
      parts_.work, [watcher = std::move(observer)](WebSocketWork& work) mutable { work.observe(std::move(watcher)); }));
}

Result<void> WebSocketHandle::send(std::string message, bool binary) {
  const auto must_wake = parts_.link->queue.push({.text = std::move(message), .binary = binary});
  if (!must_wake) return fail(must_wake.error());
  if (!*must_wake) return {};
  const bool runs = parts_.loop->dispatch(weakly(parts_.work, [](WebSocketWork& work) { work.pump(); }));
  if (!runs) return fail(Errc::closed, "the I/O thread of this WebSocket has ended");
  return {};
}

void WebSocketHandle::settle() {
  parts_.loop->dispatch(weakly(parts_.work, [](WebSocketWork& work) { work.settle(); }));
}

void WebSocketHandle::check_alive(std::function<void()> responded) {
  parts_.loop->post([weak = parts_.work, tell = std::move(responded)]() mutable {
    if (const auto work = weak.lock()) work->check_alive(std::move(tell));
  });
}

void WebSocketHandle::close(int code, std::string reason) {
  parts_.link->queue.close();
  parts_.loop->post(weakly(parts_.work, [code, why = std::move(reason)](WebSocketWork& work) mutable {
    work.begin_close(code, std::move(why));
  }));
}

}  // namespace rtcbot::net
