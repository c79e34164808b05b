#include "websocket_impl.hpp"

#include "json_text.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kUnsentLimit = 1024 * 1024;
constexpr milliseconds kMaxPause{5'000};

Error closed_error(const net::WebSocketClosed& closed) {
  std::string message = "the websocket was closed (code " + std::to_string(closed.code);
  if (!closed.reason.empty()) message += ": " + closed.reason;
  return Error(Errc::closed, message + ")");
}

}  // namespace

void Websocket::Impl::dial(const std::string& url, const Options& options) {
  config_.url = url;
  config_.headers = options.headers;
  config_.connect_limit = options.connect_limit;
  config_.verify_certificate = options.verify_certificate;
  config_.ca_file = options.ca_file;
  retry_ = options.dial_until_answered;
  // On the I/O thread, where the result arrives too, so that it cannot arrive before `pending_` is set.
  context->io()->post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->attempt();
  });
}

void Websocket::Impl::attempt() {
  {
    const std::lock_guard lock(mutex);
    if (end) return;  // closed before it was dialled
  }
  auto attempt =
      net::dial(context->io(), config_, [weak = weak_from_this()](Result<std::shared_ptr<net::WebSocket>> dialed) {
        if (const auto self = weak.lock()) self->on_dialed(std::move(dialed));
      });
  const std::lock_guard lock(mutex);
  if (!socket && !end) pending_ = std::move(attempt);
}

void Websocket::Impl::on_dialed(Result<std::shared_ptr<net::WebSocket>> dialed) {
  if (dialed) {
    open(std::move(*dialed));
    return;
  }
  report(dialed.error());
  bool again = false;
  {
    const std::lock_guard lock(mutex);
    again = retry_ && dialed.error().code() != Errc::bad_address;
  }
  if (!again) {
    finish(dialed.error());
    return;
  }
  auto timer = context->io()->after(pause_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->attempt();
  });
  pause_ = std::min(pause_ * 2, kMaxPause);
  const std::lock_guard lock(mutex);
  if (!close_requested) pending_ = std::move(timer);
}

void Websocket::Impl::open(std::shared_ptr<net::WebSocket> opened) {
  std::vector<std::function<void()>> listeners;
  bool close_now = false;
  {
    const std::lock_guard lock(mutex);
    socket = opened;
    pending_.reset();
    for (auto& text : waiting) (void)opened->send(std::move(text));
    waiting.clear();
    listeners.swap(ready_listeners);
    close_now = close_requested;
  }
  opened->set_observer({
      .on_message =
          [weak = weak_from_this()](const std::string& text, bool binary) {
            if (const auto self = weak.lock()) self->on_message(text, binary);
          },
      .on_closed =
          [weak = weak_from_this()](const net::WebSocketClosed& closed) {
            if (const auto self = weak.lock()) self->finish(closed_error(closed));
          },
  });
  if (close_now) opened->close();
  changed.notify_all();
  for (auto& listener : listeners) context->executor()(std::move(listener));
}

void Websocket::Impl::on_message(const std::string& text, bool binary) {
  // RTCBot passes text that does not parse as a string, and ignores binary frames. Both hide a fault, so report it.
  if (binary) {
    report(Error(Errc::bad_message, "a binary frame came where JSON text was expected; it was dropped"));
    return;
  }
  Json message = from_text(text);
  if (message.is_discarded()) {
    report(Error(Errc::bad_message, "a message that is not JSON was dropped; it begins with: " + text.substr(0, 60)));
    return;
  }
  incoming.put_nowait(message);
}

Result<void> Websocket::Impl::put(const Json& message) {
  auto text = to_text(message);
  if (!text) return fail(text.error());
  const std::lock_guard lock(mutex);
  if (end) return fail(*end);
  if (close_requested) return fail(Errc::closed, "this websocket was closed by the program");
  if (socket) return socket->send(std::move(*text));
  if (waiting_bytes + text->size() > kUnsentLimit) {
    return fail(Errc::queue_full, "the socket is not open yet and 1 MiB waits for it already" + dialing_trouble());
  }
  waiting_bytes += text->size();
  waiting.push_back(std::move(*text));
  return {};
}

void Websocket::Impl::close() {
  std::shared_ptr<net::WebSocket> opened;
  bool over = false;
  {
    const std::lock_guard lock(mutex);
    if (std::exchange(close_requested, true) || end) return;
    opened = socket;
    retry_ = false;
    if (!opened && !waiting.empty()) {
      // The queued messages are still sent if the current attempt succeeds. No user remains, so the object holds
      // itself.
      until_sent_ = shared_from_this();
    } else if (!opened) {
      pending_.reset();
      over = true;
    }
  }
  if (opened) opened->close();
  if (over) finish(Error(Errc::closed, "this websocket was closed by the program"));
}

void Websocket::Impl::finish(const Error& reason) {
  std::vector<std::function<void(Error)>> listeners;
  std::shared_ptr<Impl> last;  // destroyed after the lock is released
  {
    const std::lock_guard lock(mutex);
    if (end) return;
    end = reason;
    listeners.swap(close_listeners);
    last.swap(until_sent_);
  }
  incoming.close(reason);
  changed.notify_all();
  for (auto& listener : listeners) {
    context->executor()([listener = std::move(listener), reason] { listener(reason); });
  }
}

void Websocket::Impl::report(const Error& error) {
  std::vector<std::function<void(Error)>> listeners;
  {
    const std::lock_guard lock(mutex);
    last_error = error;
    listeners = error_listeners;
  }
  context->peer_log()->write("websocket", {LogLevel::warning, "websocket", error.what()});
  for (auto& listener : listeners) {
    context->executor()([listener = std::move(listener), error] { listener(error); });
  }
}

std::string Websocket::Impl::dialing_trouble() const {
  if (socket || !last_error) return "";
  return std::string(" (still dialling ") + config_.url + ": " + last_error->what() + ")";
}

}  // namespace rtcbot
