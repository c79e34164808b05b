#include "rtcbot/websocket.hpp"

#include <utility>

#include "websocket_impl.hpp"

namespace rtcbot {

using std::chrono::milliseconds;

Websocket::Websocket(const std::string& url) : Websocket(url, Options{}) {}

// The handles share a pointer whose end closes the socket. The socket itself lives until the queued messages are sent.
Websocket::Websocket(std::shared_ptr<Impl> impl) : impl_(impl.get(), [impl](Impl*) { impl->close(); }) {}

Websocket::Websocket(const std::string& url, Options options) : Websocket(std::make_shared<Impl>()) {
  value_or_throw(net::check_url(url));
  impl_->dial(url, options);
}

Json Websocket::get() const { return impl_->incoming.get(); }

Json Websocket::get(milliseconds limit) const { return value_or_throw(try_get(limit)); }

Result<Json> Websocket::try_get(milliseconds limit) const {
  auto message = impl_->incoming.try_get(limit);
  if (message || message.error().code() != Errc::timeout) return message;
  const std::lock_guard lock(impl_->mutex);
  return fail(Errc::timeout, message.error().what() + impl_->dialing_trouble());
}

std::shared_ptr<QueueSubscription<Json>> Websocket::subscribe() const { return impl_->incoming.subscribe(); }

void Websocket::subscribe(std::function<void(Json)> callback) const {
  impl_->incoming.subscribe(std::move(callback), impl_->context->executor());
}

void Websocket::put_nowait(const Json& message) const { value_or_throw(impl_->put(message)); }

Result<void> Websocket::try_put(const Json& message) const { return impl_->put(message); }

Json Websocket::ask(const Json& message, milliseconds limit) const {
  // Messages that came before the question cannot be its answer, and would reach the wrong browser.
  while (impl_->incoming.try_get(milliseconds(0))) continue;
  put_nowait(message);
  auto answer = try_get(limit);
  if (!answer && answer.error().code() == Errc::timeout) close();
  return value_or_throw(std::move(answer));
}

void Websocket::close() const { impl_->close(); }

bool Websocket::ready() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->socket != nullptr && !impl_->end;
}

bool Websocket::closed() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->end.has_value();
}

std::optional<Error> Websocket::error() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->last_error;
}

void Websocket::on_ready(std::function<void()> callback) const {
  {
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->socket) {
      impl_->ready_listeners.push_back(std::move(callback));
      return;
    }
  }
  impl_->context->executor()(std::move(callback));
}

void Websocket::on_close(std::function<void(Error)> callback) const {
  std::optional<Error> end;
  {
    const std::lock_guard lock(impl_->mutex);
    end = impl_->end;
    if (!end) {
      impl_->close_listeners.push_back(std::move(callback));
      return;
    }
  }
  impl_->context->executor()([callback = std::move(callback), reason = *end] { callback(reason); });
}

void Websocket::on_error(std::function<void(Error)> callback) const {
  const std::lock_guard lock(impl_->mutex);
  impl_->error_listeners.push_back(std::move(callback));
}

Result<void> Websocket::wait_ready(milliseconds limit) const {
  std::unique_lock lock(impl_->mutex);
  const bool in_time = impl_->changed.wait_for(lock, limit, [&] { return impl_->socket || impl_->end; });
  if (!in_time) return fail(Errc::timeout, "the websocket did not open in time" + impl_->dialing_trouble());
  if (impl_->end) return fail(*impl_->end);
  return {};
}

Result<void> Websocket::wait_closed(milliseconds limit) const {
  std::unique_lock lock(impl_->mutex);
  if (impl_->changed.wait_for(lock, limit, [&] { return impl_->end.has_value(); })) return {};
  return fail(Errc::timeout, "the websocket is still open");
}

}  // namespace rtcbot
