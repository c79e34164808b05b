#include <utility>

#include "rtcbot/http/json_text.hpp"
#include "rtc_connection_impl.hpp"
#include "rtcbot/base/utf8.hpp"

namespace rtcbot {
namespace {

constexpr std::size_t kWaitingLimit = 1024 * 1024;

/// A message as the program gets it: parsed if it is JSON; a text as a JSON string; bytes as JSON's binary, which can
/// be written like any other value.
Json as_json(std::string message, bool binary) {
  Json parsed = from_text(message);
  if (!parsed.is_discarded()) return parsed;
  if (binary) return Json::binary({message.begin(), message.end()});
  return is_utf8(message) ? Json(std::move(message)) : Json(as_utf8(message));
}

bool is_final(ConnectionState state) { return state == ConnectionState::failed || state == ConnectionState::closed; }

}  // namespace

void ConnectionEvents::on_state(peer::State state, const Error* reason) {
  std::vector<OnState> listeners;
  std::shared_ptr<SideChannels> ended;
  const auto why = reason != nullptr ? std::optional<Error>(*reason) : std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    if (is_final(state_) || state_ == state) return;
    state_ = state;
    if (why) error_ = why;
    listeners = listeners_;
    if (is_final(state)) ended = std::move(side_channels_);
  }
  changed_.notify_all();
  if (ended) ended->on_end();
  if (is_final(state)) incoming.close(why.value_or(Error(Errc::closed, "the connection was closed")));
  for (auto& listener : listeners) {
    callbacks_([listener = std::move(listener), state, why] { listener(state, why); });
  }
}

void ConnectionEvents::on_channel_open(const std::string& channel) {
  if (channel != "default") {
    if (const auto side = side_channels()) side->on_open(channel);
    return;
  }
  std::function<void()> opened;
  {
    const std::lock_guard lock(mutex_);
    opened = channel_opened_;
  }
  if (opened) opened();
}

void ConnectionEvents::on_channel_closed(const std::string&) {
  // The end of the default channel arrives as the end of the connection, in `on_state`.
}

void ConnectionEvents::on_message(const std::string& channel, std::string message, bool binary) {
  if (channel != "default") {
    if (const auto side = side_channels()) side->on_message(channel, std::move(message));
    return;
  }
  if (watch_only_) {
    ++messages_not_heard_;
    return;
  }
  incoming.put_nowait(as_json(std::move(message), binary));
}

void ConnectionEvents::on_candidate(peer::Candidate candidate) { tell_candidate(to_json(candidate)); }

void ConnectionEvents::on_gathered() { tell_candidate(nullptr); }

void ConnectionEvents::tell_candidate(Json candidate) {
  const std::lock_guard lock(mutex_);
  if (!on_candidate_) return;
  callbacks_([listener = on_candidate_, candidate = std::move(candidate)] { listener(candidate); });
}

void ConnectionEvents::set_candidate_listener(std::function<void(const Json&)> listener) {
  const std::lock_guard lock(mutex_);
  on_candidate_ = std::move(listener);
}

void ConnectionEvents::add_state_listener(OnState listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(listener));
}

void ConnectionEvents::add_state_listener_from_now(OnState listener) {
  const std::lock_guard lock(mutex_);
  if (state_ != ConnectionState::connecting) {
    callbacks_([listener, state = state_, error = error_] { listener(state, error); });
  }
  listeners_.push_back(std::move(listener));
}

void ConnectionEvents::set_side_channels(std::shared_ptr<SideChannels> listener) {
  const std::lock_guard lock(mutex_);
  side_channels_ = std::move(listener);
}

std::shared_ptr<SideChannels> ConnectionEvents::side_channels() const {
  const std::lock_guard lock(mutex_);
  return side_channels_;
}

ConnectionState ConnectionEvents::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::optional<Error> ConnectionEvents::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

bool ConnectionEvents::wait_for(std::chrono::milliseconds limit,
                                const std::function<bool(ConnectionState)>& reached) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return reached(state_) || is_final(state_); });
}

void ConnectionEvents::set_channel_listener(std::function<void()> opened) {
  const std::lock_guard lock(mutex_);
  channel_opened_ = std::move(opened);
}

Result<void> OutgoingMessages::put(std::string text, const Send& send) {
  const std::lock_guard lock(mutex_);
  if (open_) return send(text);
  if (waiting_bytes_ + text.size() > kWaitingLimit) {
    return fail(Errc::queue_full, "the data channel is not open yet and 1 MiB waits for it already");
  }
  waiting_bytes_ += text.size();
  waiting_.push_back(std::move(text));
  return {};
}

void OutgoingMessages::open(const Send& send) {
  const std::lock_guard lock(mutex_);
  open_ = true;
  for (const auto& text : waiting_) (void)send(text);
  waiting_.clear();
}

}  // namespace rtcbot
