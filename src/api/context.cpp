#include "context.hpp"

#include <thread>
#include <utility>

#include "rtcbot/base/log_sampler.hpp"
#include "rtcbot/engine_client/engine_client.hpp"

namespace rtcbot {
namespace {

struct WeakContext {
  std::mutex mutex;
  std::weak_ptr<Context> context;
};

WeakContext& weak_context() {
  static WeakContext weak;
  return weak;
}

/// Limits the log, because a viewer's messages can make a callback throw each time.
std::function<void(const std::string&)> tell_of_throws() {
  return [sampler = LogSampler()](const std::string& what) mutable {
    const auto addition = sampler.next();
    if (!addition) return;
    current_log()({LogLevel::error, "callback",
                   "a callback of this program threw " + what + ". It is called again for the next event" + *addition});
  };
}

}  // namespace

std::shared_ptr<Context> Context::get() {
  auto& weak = weak_context();
  const std::lock_guard lock(weak.mutex);
  if (auto context = weak.context.lock()) return context;
  auto context = std::make_shared<Context>();
  weak.context = context;
  return context;
}

Context::Context()
    : io_(net::IoThread::create()),
      callbacks_(std::make_shared<runtime::CallbackThread>(tell_of_throws())),
      peer_log_(std::make_shared<PeerLog>(peer_log_parts())) {}

Context::~Context() {
  network_.reset();  // Its thread uses the members that follow.
  if (!io_->is_current()) return;
  // A callback on the I/O thread released the last reference. That thread cannot join itself.
  std::thread([io = std::move(io_), engine = std::move(engine_)]() mutable {
    engine.reset();
    io.reset();
  }).detach();
}

PeerLog::Parts Context::peer_log_parts() const {
  return {.io = io_, .run = executor(), .sink = current_log(), .room = "peer"};
}

Executor Context::executor() const {
  return [weak = std::weak_ptr(callbacks_)](std::function<void()> task) {
    if (const auto thread = weak.lock()) thread->post(std::move(task));
  };
}

std::shared_ptr<peer::Engine> Context::engine() {
  const std::lock_guard lock(mutex_);
  if (!engine_) engine_ = value_or_throw(engine_client::start({.log = current_log()}));
  watch_network();
  return engine_;
}

std::shared_ptr<void> Context::on_network_change(std::function<void()> listener) {
  auto held = std::make_shared<std::function<void()>>(std::move(listener));
  const std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [](const auto& weak) { return weak.expired(); });
  listeners_.push_back(held);
  watch_network();
  return held;
}

void Context::watch_network() {
  if (network_) return;
  auto made = device::NetworkWatch::create([this] { tell_network_change(); });
  if (made) {
    network_ = std::move(*made);
  } else {
    // Not fatal: the connections' time-outs notice a change too, only later.
    current_log()({LogLevel::warning, "device", made.error().what()});
  }
}

void Context::tell_network_change() {
  std::shared_ptr<peer::Engine> engine;
  std::vector<std::shared_ptr<std::function<void()>>> listeners;
  {
    const std::lock_guard lock(mutex_);
    engine = engine_;
    for (const auto& weak : listeners_) {
      if (auto listener = weak.lock()) listeners.push_back(std::move(listener));
    }
  }
  if (engine) engine->network_changed();
  for (const auto& listener : listeners) (*listener)();
}

}  // namespace rtcbot
