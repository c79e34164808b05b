// The connection to the server: when to dial, when to wait, and the first messages.
#include "rtcbot/session/session.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/base/counted.hpp"

namespace rtcbot::session {

using signal::Protocol;

std::string_view name_of(State state) {
  switch (state) {
    case State::waiting: return "waiting";
    case State::dialing: return "dialing";
    case State::online: return "online";
    case State::stopped: return "stopped";
  }
  return "unknown";
}

Session::Session(Config config, std::uint64_t seed) : config_(std::move(config)), backoff_(config_.backoff, seed) {}

void Session::start(Timestamp now) {
  if (state_ == State::waiting && dial_at_ == kNever) dial_after(now, Duration::zero());
}

void Session::stop(Timestamp) {
  if (state_ == State::stopped) return;
  const bool has_socket = state_ == State::dialing || state_ == State::online;
  state_ = State::stopped;
  for (const auto& [id, viewer] : std::exchange(viewers_, {})) {
    actions_.push_back(DropViewer{id, "The robot's program has ended.", signal::Refusal::robot_left});
  }
  if (has_socket) actions_.push_back(CloseSocket{1000, "the robot stops"});
  line_.clear();
  dial_at_ = dial_by_ = status_at_ = kNever;
  log_counts(kNever);
}

void Session::dial_after(Timestamp now, Duration delay, Wait wait) {
  state_ = State::waiting;
  wait_ = wait;
  dial_by_ = kNever;
  dial_at_ = now + delay;
  handle_timeout(now);
}

void Session::dialed(Timestamp now, Protocol protocol) {
  if (state_ == State::dialing) go_online(now, protocol);
}

void Session::go_online(Timestamp now, Protocol protocol) {
  ++stats_.connections;
  state_ = State::online;
  protocol_ = protocol;
  dial_by_ = kNever;
  online_since_ = now;
  told_to_wait_.reset();
  last_status_.reset();
  next_status_allowed_ = now;
  ice_servers_.clear();
  server_takes_snapshots_ = false;
  if (protocol == Protocol::legacy) {
    log(LogLevel::info, "online, at a server that speaks RTCBot's own protocol");
    return;
  }
  log(LogLevel::info, "online");
  signal::Hello hello{signal::kVersion, config_.name.text(), config_.instance, config_.max_viewers};
  hello.features.emplace_back(signal::kFeatureTrickle);
  hello.features.emplace_back(signal::kFeatureCancelAnswered);
  hello.features.emplace_back(signal::kFeatureEnd);
  if (config_.sends_snapshots) hello.features.emplace_back(signal::kFeatureSnapshot);
  send(write_message(hello));
  status_changed(now);
}

void Session::dial_failed(Timestamp now, const Error& error) {
  if (state_ != State::dialing) return;
  ++stats_.dial_failures;
  const Duration wait = backoff_.next();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  log(LogLevel::warning, "the server cannot be reached (" + std::string(error.what()) + "); next try in " +
                             std::to_string(milliseconds) + " ms");
  dial_after(now, wait);
}

void Session::dial_refused(Timestamp now, signal::Refusal refusal, const Error& error) {
  const bool is_final_for_now = refusal == signal::Refusal::unauthorized || refusal == signal::Refusal::forbidden ||
                                refusal == signal::Refusal::name_taken;
  if (!is_final_for_now) return dial_failed(now, error);
  if (state_ != State::dialing) return;
  ++stats_.dial_failures;
  ++stats_.turned_away;
  const std::string remedy = refusal == signal::Refusal::name_taken
                                 ? "Stop the other robot, or give this one another name."
                                 : "Give this robot a token of this server that allows its name.";
  wait_long(now, std::string("THE SERVER REFUSES THIS ROBOT (").append(error.what()).append("). ").append(remedy));
}

std::string Session::place() const {
  return config_.name.is_default() ? "THE PLACE OF THE ROBOT WITHOUT A NAME" : "THE NAME '" + config_.name.text() + "'";
}

std::string Session::other_name() const {
  return config_.name.is_default() ? "Stop it, or give this one a name." : "Stop it, or give this one another name.";
}

void Session::wait_long(Timestamp now, const std::string& why) {
  const Duration wait = config_.replaced_wait + backoff_.up_to(config_.replaced_wait);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait).count();
  log(LogLevel::error, why + " Next try in " + std::to_string(seconds) + " s.");
  dial_after(now, wait, Wait::asked);
}

void Session::lose_server() {
  ++stats_.disconnections;
  line_.clear();
  status_at_ = kNever;
  // The server notifies viewers without an answer; connected viewers do not need the server.
  for (auto it = viewers_.begin(); it != viewers_.end();) {
    it->second.offers.clear();
    if (it->second.is_being_answered()) {
      actions_.push_back(DropViewer{it->first, "the server was lost before the answer could be sent"});
      it = viewers_.erase(it);
    } else {
      ++it;
    }
  }
}

void Session::disconnected(Timestamp now, int code, std::string_view reason) {
  if (state_ != State::online) return;
  lose_server();
  if (code == signal::kCloseReplaced) {
    ++stats_.replaced;
    return wait_long(now, "ANOTHER ROBOT HAS TAKEN OVER " + place() + " on this server. " + other_name());
  }
  if (code == signal::kCloseForbidden) {
    ++stats_.turned_away;
    return wait_long(now, "THE SERVER DOES NOT ALLOW THIS ROBOT " + place() + " (" + std::string(reason) +
                              "). Give it a token that does.");
  }
  if (code == signal::kCloseNameTaken) {
    ++stats_.turned_away;
    return wait_long(now,
                     "ANOTHER ROBOT HAS " + place() + " on this server (" + std::string(reason) + "). " + other_name());
  }
  log(LogLevel::warning, "the server was lost (" + std::to_string(code) + " " + std::string(reason) + "); " +
                             counted(viewers_.size(), "viewer stays", "viewers stay") + " connected without it");
  if (now - online_since_ >= config_.proven_after) backoff_.reset();
  const Wait wait = told_to_wait_ ? Wait::asked : Wait::ours;
  const Duration told = std::exchange(told_to_wait_, {}).value_or(Duration::zero());
  dial_after(now, std::max(told + backoff_.up_to(told), backoff_.next()), wait);
}

void Session::path_changed(Timestamp now) {
  const bool waits = state_ == State::waiting;
  if (state_ == State::stopped || (waits && (dial_at_ == kNever || wait_ == Wait::asked))) return;
  if (!waits) actions_.push_back(CloseSocket{1001, "the robot's network changed"});
  if (state_ == State::online) {
    lose_server();
    log(LogLevel::info, "the network changed; dialling the server again, " +
                            counted(viewers_.size(), "viewer stays", "viewers stay") + " connected meanwhile");
  }
  ++stats_.path_changes;
  backoff_.reset();
  dial_after(now, Duration::zero());
}

void Session::handle_timeout(Timestamp now) {
  if (state_ == State::waiting && now >= dial_at_) {
    ++stats_.dials;
    state_ = State::dialing;
    dial_at_ = kNever;
    dial_by_ = now + config_.dial_limit;
    actions_.push_back(Dial{});
  }
  if (state_ == State::dialing && now >= dial_by_) {
    actions_.push_back(CloseSocket{1001, "dialling took too long"});
    dial_failed(now, Error(Errc::timeout, "dialling took too long"));
  }
  for (auto next = viewers_.begin(); next != viewers_.end();) {
    if (now >= next->second.ends_at) {
      next = end_right(now, next,
                       "The credential of this viewer has expired. Ask the operator of the server for a new one.");
      status_changed(now);
      continue;
    }
    const auto viewer = next++;
    if (now < viewer->second.answer_by) continue;
    ++stats_.answers_timed_out;
    actions_.push_back(DropViewer{viewer->first, "its answer was not ready in time"});
    refuse_viewer(now, viewer,
                  "The robot could not make an answer in time. Try again. If it fails again, see the robot's log.");
  }
  if (now >= status_at_) status_changed(now);
  log_counts(now);
}

Timestamp Session::next_timeout() const {
  Timestamp next = std::min({dial_at_, dial_by_, status_at_, log_limiter_.next_timeout()});
  for (const auto& [id, viewer] : viewers_) next = std::min({next, viewer.answer_by, viewer.ends_at});
  return next;
}

std::optional<Action> Session::poll_action() {
  if (actions_.empty()) return std::nullopt;
  Action action = std::move(actions_.front());
  actions_.pop_front();
  return action;
}

void Session::camera_state(Timestamp now, std::string text) {
  camera_ = std::move(text);
  camera_.resize(std::min<std::size_t>(camera_.size(), 64));
  status_changed(now);
}

void Session::status_changed(Timestamp now) {
  status_at_ = kNever;
  if (state_ != State::online || protocol_ != Protocol::v1) return;
  const signal::Status status{viewers(), camera_, grants()};
  if (last_status_ == status) return;
  if (now < next_status_allowed_) {
    status_at_ = next_status_allowed_;
    return;
  }
  next_status_allowed_ = now + config_.status_interval;
  last_status_ = status;
  send(write_message(status));
}

void Session::log(LogLevel level, std::string message) {
  actions_.push_back(LogRecord{level, "session", std::move(message)});
}

void Session::log_limited(Timestamp now, std::string_view kind, LogLevel level, std::string message) {
  if (log_limiter_.allow(now, kind, message)) return log(level, std::move(message));
  stats_.log_lines_suppressed = log_limiter_.suppressed();
}

void Session::log_counts(Timestamp now) {
  while (const auto summary = log_limiter_.poll_summary(now)) log(LogLevel::warning, summary->text());
}

}  // namespace rtcbot::session
