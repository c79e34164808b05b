#include "host.hpp"

#include <utility>

namespace rtcbot::engine_host {
namespace {

constexpr std::size_t kMaxPeers = 256;
constexpr std::size_t kMaxLookups = 64;

}  // namespace

void ForwardedLookups::ask(const std::string& host, std::function<void(std::vector<std::string>)> done) {
  std::uint32_t request = 0;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMaxLookups) {
      request = next_++;
      waiting_[request] = std::exchange(done, nullptr);
    }
  }
  if (done) return done({});
  outbox_.send(ipc::Resolve{.request = request, .host = host});
}

void ForwardedLookups::on(const ipc::Resolved& answer) {
  std::function<void(std::vector<std::string>)> done;
  {
    const std::lock_guard lock(mutex_);
    if (auto found = waiting_.extract(answer.request)) done = std::move(found.mapped());
  }
  if (done) done(answer.addresses);
}

Host::Host(std::shared_ptr<engine::LocalEngine> engine, std::shared_ptr<ForwardedLookups> lookups, Outbox outbox)
    : engine_(std::move(engine)),
      lookups_(std::move(lookups)),
      outbox_(std::move(outbox)),
      worker_(std::make_unique<runtime::CallbackThread>()) {}

Host::~Host() {
  worker_.reset();
  peers_.clear();
}

bool Host::on_message(const ipc::MessageBytes& bytes) {
  auto command = ipc::decode_command(bytes.view());
  if (!command) return false;
  std::visit([&](const auto& order) { handle(order, bytes); }, *command);
  return true;
}

std::shared_ptr<HostedPeer> Host::find(ipc::PeerId id) {
  const std::lock_guard lock(mutex_);
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : found->second;
}

void Host::handle(const ipc::Ping& order, const ipc::MessageBytes&) {
  engine_->check([outbox = outbox_, number = order.number] { outbox.send(ipc::Pong{.number = number}); });
}

void Host::handle(const ipc::VideoFrame& order, const ipc::MessageBytes& bytes) {
  if (const auto peer = find(order.peer)) peer->on_frame(order, bytes);
}

void Host::handle(const ipc::CapturedSound& order, const ipc::MessageBytes&) {
  if (const auto peer = find(order.peer)) peer->on_sound(order);
}

void Host::handle(const ipc::SendMessage& order, const ipc::MessageBytes&) {
  if (const auto peer = find(order.peer)) peer->on_send(order);
}

void Host::handle(const ipc::Resolved& order, const ipc::MessageBytes&) { lookups_->on(order); }

template <class Order>
void Host::handle(const Order& order, const ipc::MessageBytes&) {
  worker_->post([this, order] { work(order); });
}

void Host::work(const ipc::MakePeer& order) {
  ipc::PeerMade answer{.peer = order.peer};
  auto made = HostedPeer::make(*engine_, order, outbox_);
  const bool is_full = [&] {
    const std::lock_guard lock(mutex_);
    return peers_.size() >= kMaxPeers || peers_.contains(order.peer);
  }();
  if (!made) {
    answer.failure = {.code = made.error().code(), .message = made.error().what()};
  } else if (is_full) {
    answer.failure = {.code = Errc::queue_full, .message = "there are too many connections"};
  } else {
    const std::lock_guard lock(mutex_);
    peers_[order.peer] = std::move(*made);
  }
  outbox_.send(answer);
}

void Host::work(const ipc::DropPeer& order) {
  std::shared_ptr<HostedPeer> dropped;  // Destroyed after the lock is released, because that takes some milliseconds.
  const std::lock_guard lock(mutex_);
  if (auto found = peers_.extract(order.peer)) dropped = std::move(found.mapped());
}

void Host::work(const ipc::NetworkChanged&) { engine_->network_changed(); }

void Host::work(const ipc::SetOutgoingInterface& order) { engine_->set_egress(order.name); }

template <class Order>
void Host::work(const Order& order) {
  if (const auto peer = find(order.peer)) peer->on(order);
}

}  // namespace rtcbot::engine_host
