#include "context.hpp"

#include <thread>
#include <utility>

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

}  // namespace

std::shared_ptr<Context> Context::get() {
  auto& weak = weak_context();
  const std::lock_guard lock(weak.mutex);
  if (auto context = weak.context.lock()) return context;
  auto context = std::make_shared<Context>();
  weak.context = context;
  return context;
}

Context::Context() : io_(net::IoThread::create()), callbacks_(std::make_shared<runtime::CallbackThread>()) {}

Context::~Context() {
  if (!io_->is_current()) return;
  // The last user went away in a call-back of the I/O thread, which cannot join itself.
  std::thread([io = std::move(io_), engine = std::move(engine_)]() mutable {
    engine.reset();
    io.reset();
  }).detach();
}

Executor Context::executor() const {
  return [weak = std::weak_ptr(callbacks_)](std::function<void()> task) {
    if (const auto thread = weak.lock()) thread->post(std::move(task));
  };
}

std::shared_ptr<peer::Engine> Context::engine() {
  const std::lock_guard lock(mutex_);
  if (!engine_) engine_ = value_or_throw(peer::Engine::create(current_log()));
  return engine_;
}

}  // namespace rtcbot
