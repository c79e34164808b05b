#include "rtcbot/rtc_connection.hpp"

#include <future>
#include <utility>

#include "json_text.hpp"
#include "rtc_connection_impl.hpp"
#include "rtcbot/signal/sdp.hpp"

namespace rtcbot {
namespace {

using std::chrono::milliseconds;
using Type = peer::Description::Type;

// Longer than any operation below takes. A wait without a limit must still end if the engine has a fault.
constexpr milliseconds kMax{30'000};

/// Waits for the callback of an operation.
template <class T>
class Waiter {
 public:
  [[nodiscard]] std::function<void(Result<T>)> callback() const {
    return [promise = promise_](Result<T> result) { promise->set_value(std::move(result)); };
  }
  [[nodiscard]] Result<T> wait(milliseconds limit) {
    auto future = promise_->get_future();
    if (future.wait_for(limit) == std::future_status::ready) return future.get();
    return fail(Errc::timeout, "the WebRTC engine did not answer within " + std::to_string(limit.count()) + " ms");
  }

 private:
  std::shared_ptr<std::promise<Result<T>>> promise_ = std::make_shared<std::promise<Result<T>>>();
};

peer::Peer::OnDescription json_callback(std::function<void(Result<Json>)> done) {
  return [done = std::move(done)](Result<peer::Description> description) {
    if (!description) {
      done(fail(description.error()));
    } else {
      done(to_json(*description));
    }
  };
}

/// A checked description. Some legal descriptions end the engine's process (see `signal::check_sdp`).
Result<peer::Description> gated(const Json& json, Type expected) {
  auto description = from_json(json, expected);
  if (!description) return description;
  auto sdp = signal::check_sdp(description->sdp);
  if (!sdp) return fail(sdp.error());
  description->sdp = std::move(*sdp);
  return description;
}

void answer(const RTCConnection::Impl& impl, const Json& offer, std::function<void(Result<Json>)> done) {
  auto description = gated(offer, Type::offer);
  if (!description) {
    done(fail(description.error()));
    return;
  }
  impl.peer->answer(std::move(*description), json_callback(std::move(done)));
}

void complete(const RTCConnection::Impl& impl, const Json& json, std::function<void(Result<void>)> done) {
  auto description = gated(json, Type::answer);
  if (!description) {
    done(fail(description.error()));
    return;
  }
  impl.peer->set_answer(std::move(*description), std::move(done));
}

template <class T>
std::function<void(Result<T>)> on_callback_thread(const RTCConnection::Impl& impl,
                                                  std::function<void(Result<T>)> done) {
  return [done = std::move(done), executor = impl.context->executor()](Result<T> result) {
    executor([done, result = std::move(result)] { done(result); });
  };
}

}  // namespace

RTCConnection::Impl::Impl(const Options& options)
    : context(Context::get()),
      events(std::make_shared<ConnectionEvents>(context->executor(), options.watch_only)),
      outgoing(std::make_shared<OutgoingMessages>()),
      peer(value_or_throw(context->engine()->make_peer(options, events))) {
  // On the callback thread: the pointer locked there may be the last, and a peer must not be destroyed inside its own
  // call.
  events->set_channel_listener([outgoing = outgoing, weak = std::weak_ptr(peer), run = context->executor()] {
    run([outgoing, weak] {
      const auto alive = weak.lock();
      if (alive) outgoing->open([&](const std::string& text) { return alive->send("default", text, false); });
    });
  });
}

RTCConnection::Impl::~Impl() {
  events->set_channel_listener({});
  peer->close();
}

Result<void> RTCConnection::Impl::put(const Json& message) {
  const auto state = events->state();
  if (state == ConnectionState::failed || state == ConnectionState::closed) {
    return fail(events->error().value_or(Error(Errc::closed, "the connection was closed")));
  }
  auto text = to_text(message);
  if (!text) return fail(text.error());
  return outgoing->put(std::move(*text), [this](const std::string& t) { return peer->send("default", t, false); });
}

RTCConnection::RTCConnection() : RTCConnection(Options{}) {}

RTCConnection::RTCConnection(Options options) : impl_(std::make_shared<Impl>(options)) {}

void RTCConnection::Video::put_subscription(const Camera& camera) const {
  value_or_throw(connection_.impl_->peer->add_video(camera.source()));
}

void RTCConnection::Video::put_subscription(const CameraSwitch& cameras) const {
  value_or_throw(connection_.impl_->peer->add_video(cameras.source()));
}

Json RTCConnection::get_local_description(const Json& offer) const {
  return value_or_throw(get_local_description(offer, kMax));
}

Result<Json> RTCConnection::get_local_description(const Json& offer, milliseconds limit) const {
  Waiter<Json> waiter;
  answer(*impl_, offer, waiter.callback());
  return waiter.wait(limit);
}

void RTCConnection::get_local_description(const Json& offer, std::function<void(Result<Json>)> done) const {
  answer(*impl_, offer, on_callback_thread(*impl_, std::move(done)));
}

Json RTCConnection::get_local_description() const { return value_or_throw(get_local_description(kMax)); }

Result<Json> RTCConnection::get_local_description(milliseconds limit) const {
  Waiter<Json> waiter;
  impl_->peer->create_offer(json_callback(waiter.callback()));
  return waiter.wait(limit);
}

void RTCConnection::get_local_description(std::function<void(Result<Json>)> done) const {
  impl_->peer->create_offer(json_callback(on_callback_thread(*impl_, std::move(done))));
}

void RTCConnection::set_remote_description(const Json& answer) const {
  value_or_throw(set_remote_description(answer, kMax));
}

Result<void> RTCConnection::set_remote_description(const Json& answer, milliseconds limit) const {
  Waiter<void> waiter;
  complete(*impl_, answer, waiter.callback());
  return waiter.wait(limit);
}

void RTCConnection::set_remote_description(const Json& answer, std::function<void(Result<void>)> done) const {
  complete(*impl_, answer, on_callback_thread(*impl_, std::move(done)));
}

void RTCConnection::on_candidate(std::function<void(const Json&)> callback) const {
  impl_->events->set_candidate_listener(std::move(callback));
}

Result<void> RTCConnection::add_candidate(const Json& json) const {
  auto candidate = candidate_from_json(json);
  if (!candidate) return fail(candidate.error());
  impl_->peer->add_candidate(std::move(*candidate));
  return {};
}

Json RTCConnection::get() const { return impl_->events->incoming.get(); }
Json RTCConnection::get(milliseconds limit) const { return impl_->events->incoming.get(limit); }
Result<Json> RTCConnection::try_get(milliseconds limit) const { return impl_->events->incoming.try_get(limit); }

std::shared_ptr<QueueSubscription<Json>> RTCConnection::subscribe() const {
  return impl_->events->incoming.subscribe();
}

void RTCConnection::subscribe(std::function<void(Json)> callback) const {
  impl_->events->incoming.subscribe(std::move(callback), impl_->context->executor());
}

void RTCConnection::put_nowait(const Json& message) const { value_or_throw(impl_->put(message)); }
Result<void> RTCConnection::try_put(const Json& message) const { return impl_->put(message); }

ConnectionState RTCConnection::state() const { return impl_->events->state(); }
std::optional<Error> RTCConnection::error() const { return impl_->events->error(); }

void RTCConnection::on_state(std::function<void(ConnectionState, std::optional<Error>)> callback) const {
  impl_->events->add_state_listener(std::move(callback));
}

void RTCConnection::on_ready(std::function<void()> callback) const {
  impl_->events->add_state_listener_from_now([callback = std::move(callback), called = std::make_shared<bool>(false)](
                                                 ConnectionState state, const std::optional<Error>&) {
    if (state == ConnectionState::connected && !std::exchange(*called, true)) callback();
  });
}

void RTCConnection::on_close(std::function<void(std::optional<Error>)> callback) const {
  impl_->events->add_state_listener_from_now(
      [callback = std::move(callback)](ConnectionState state, const std::optional<Error>& reason) {
        if (state == ConnectionState::failed || state == ConnectionState::closed) callback(reason);
      });
}

Result<void> RTCConnection::wait_connected(milliseconds limit) const {
  const auto connected = [](ConnectionState state) { return state == ConnectionState::connected; };
  if (!impl_->events->wait_for(limit, connected)) return fail(Errc::timeout, "not connected in time");
  if (state() == ConnectionState::connected) return {};
  return fail(error().value_or(Error(Errc::closed, "the connection was closed")));
}

Result<void> RTCConnection::wait_closed(milliseconds limit) const {
  if (impl_->events->wait_for(limit, [](ConnectionState) { return false; })) return {};
  return fail(Errc::timeout, "the connection is still open");
}

RTCConnection::Stats RTCConnection::stats() const {
  auto promise = std::make_shared<std::promise<Stats>>();
  auto future = promise->get_future();
  impl_->peer->get_stats([promise](Stats stats) { promise->set_value(std::move(stats)); });
  Stats stats;
  if (future.wait_for(std::chrono::seconds(1)) == std::future_status::ready) {
    stats = future.get();
  } else {
    stats.state = state();
  }
  stats.watch_only = impl_->events->is_watch_only();
  stats.messages_not_heard = impl_->events->messages_not_heard();
  return stats;
}

void RTCConnection::set_max_bitrate(DataRate limit) const { impl_->peer->set_max_bitrate(limit); }

void RTCConnection::set_drives(bool drives) const { impl_->peer->set_drives(drives); }

void RTCConnection::close() const { impl_->peer->close(); }

}  // namespace rtcbot
