#include "remote_connection.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/ipc/codec.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::engine_client {
namespace {

/// Maximum number of pending requests for reports.
constexpr std::size_t kMaxPendingStats = 64;

Error engine_gone() { return {Errc::engine_failed, "the WebRTC engine has ended; a new one is started"}; }

}  // namespace

RemoteConnection::RemoteConnection(ipc::PeerId id, pid_t process, std::shared_ptr<peer::PeerObserver> observer,
                                   std::shared_ptr<process::MessageSocket> socket)
    : id_(id), process_(process), socket_(std::move(socket)), observer_(std::move(observer)) {
  priority_->since = runtime::now();
  last_stats_.engine_process = process_;
}

Result<void> RemoteConnection::wait_made(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, limit, [this] { return made_.has_value(); })) return *made_;
  return fail(Errc::timeout, "the WebRTC engine did not answer within " + std::to_string(limit.count()) + " ms");
}

void RemoteConnection::command(const ipc::Command& command) { socket_->send({.head = ipc::encode(command)}); }

void RemoteConnection::negotiate(std::optional<std::string> offer, peer::Peer::OnDescription done) {
  auto setup = setup_.begin();
  if (!setup) return done(fail(setup.error()));
  ipc::Negotiate message{.peer = id_, .offer = std::move(offer)};
  if (setup->video) {
    message.setup.video = ipc::SetupVideo{.h264 = setup->video->can_encode(VideoCodec::h264),
                                          .vp8 = setup->video->can_encode(VideoCodec::vp8)};
  }
  message.setup.microphone = setup->audio.source != nullptr;
  message.setup.speaker = setup->audio.output != nullptr;
  for (const auto& channel : setup->channels) {
    message.setup.channels.push_back({.name = channel.name, .ordered = channel.ordered});
  }
  {
    const std::lock_guard lock(mutex_);
    video_ = std::move(setup->video);
    audio_ = std::move(setup->audio);
    if (!is_closed()) pending_.description = std::exchange(done, nullptr);
  }
  if (done) return done(fail(Errc::closed, "the connection is closed"));
  command(message);
}

void RemoteConnection::set_answer(std::string sdp, std::function<void(Result<void>)> done) {
  {
    const std::lock_guard lock(mutex_);
    if (pending_.answer_set) return done(fail(Errc::invalid_state, "an answer is being set already"));
    if (!is_closed()) pending_.answer_set = std::exchange(done, nullptr);
  }
  if (done) return done(fail(Errc::closed, "the connection is closed"));
  command(ipc::SetAnswer{.peer = id_, .sdp = std::move(sdp)});
}

Result<void> RemoteConnection::send(const std::string& channel, std::string_view message, bool binary) {
  if (auto reserved = channels_.reserve(channel, message.size()); !reserved) return reserved;
  const ipc::SendMessage order{.peer = id_, .channel = channel, .binary = binary, .data = std::string(message)};
  if (socket_->send({.head = ipc::encode(ipc::Command(order))})) return {};
  channels_.on_progress(channel, message.size(), std::nullopt);
  return fail(engine_gone());
}

void RemoteConnection::set_drives(bool drives) {
  priority_->drives = drives;
  command(ipc::SetDrives{.peer = id_, .drives = drives});
}

void RemoteConnection::get_stats(std::function<void(peer::Stats)> done) {
  peer::Stats last;
  {
    const std::lock_guard lock(mutex_);
    last = last_stats_;
    if (!is_closed() && pending_.stats.size() < kMaxPendingStats) {
      pending_.stats.push_back(std::exchange(done, nullptr));
    }
  }
  if (!done) return command(ipc::GetStats{.peer = id_});
  last.state = state_;
  done(last);
}

void RemoteConnection::dispose() {
  std::shared_ptr<peer::PeerObserver> observer;
  {
    const std::lock_guard calling(calling_);
    observer = std::exchange(observer_, nullptr);
    release_media();
    if (!is_closed()) state_ = peer::State::closed;
  }
  command(ipc::DropPeer{.peer = id_});
  fail_pending({Errc::closed, "the connection was closed before its description was ready"});
}

bool RemoteConnection::is_made() {
  const std::lock_guard lock(mutex_);
  return made_.has_value();
}

bool RemoteConnection::is_closed() const {
  const peer::State state = state_;
  return state == peer::State::failed || state == peer::State::closed;
}

void RemoteConnection::enter(peer::State state, const Error* reason) {
  state_ = state;
  if (observer_) observer_->on_state(state, reason);
  if (is_closed()) observer_ = nullptr;
}

void RemoteConnection::release_media() {
  tap_.reset();
  sink_.reset();
  microphone_.reset();
  voice_.reset();
}

void RemoteConnection::fail_pending(const Error& reason) {
  Pending pending;
  peer::Stats last;
  {
    const std::lock_guard lock(mutex_);
    pending = std::exchange(pending_, {});
    if (!made_) made_ = fail(reason);
    last = last_stats_;
  }
  changed_.notify_all();
  last.state = state_;
  if (pending.description) pending.description(fail(reason));
  if (pending.answer_set) pending.answer_set(fail(reason));
  for (const auto& done : pending.stats) done(last);
}

void RemoteConnection::on_engine_end(const Error& reason) {
  {
    const std::lock_guard calling(calling_);
    release_media();
    channels_.close_all();
    // The connection was not returned yet: its maker gets the reason, and may try again with the same observer.
    if (!is_made()) observer_ = nullptr;
    for (const std::string& channel : std::exchange(open_channels_, {})) {
      if (observer_) observer_->on_channel_closed(channel);
    }
    if (!is_closed()) enter(peer::State::failed, &reason);
  }
  fail_pending(reason);
}

}  // namespace rtcbot::engine_client
