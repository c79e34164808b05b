#include "rtcbot/runtime/callback_thread.hpp"

#include <cxxabi.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>
#include <typeinfo>
#include <utility>

namespace rtcbot::runtime {
namespace {

std::string readable(const char* mangled) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(abi::__cxa_demangle(mangled, nullptr, nullptr, &status),
                                                         &std::free);
  return name ? name.get() : mangled;
}

}  // namespace

std::string what_was_thrown(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return readable(typeid(error).name()) + ": " + error.what();
  } catch (...) {
    return "something that is not a std::exception";
  }
}

struct CallbackThread::Shared {
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> tasks;
  bool stopping = false;
  std::int64_t dropped = 0;
  std::int64_t threw = 0;
  std::thread thread;
  std::function<void(const std::string&)> on_throw;

  void run() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return stopping || !tasks.empty(); });
      if (stopping) return;
      auto task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      const bool failed = !run_task(task);
      task = nullptr;  // destroys the task's captures outside the lock
      lock.lock();
      if (failed) ++threw;
    }
  }

  [[nodiscard]] bool run_task(const std::function<void()>& task) const {
    try {
      task();
      return true;
    } catch (...) {
      if (on_throw) on_throw(what_was_thrown(std::current_exception()));
      return false;
    }
  }
};

CallbackThread::CallbackThread(std::function<void(const std::string&)> on_throw) : shared_(std::make_shared<Shared>()) {
  shared_->on_throw = std::move(on_throw);
  shared_->thread = std::thread([shared = shared_] { shared->run(); });
}

CallbackThread::~CallbackThread() {
  std::deque<std::function<void()>> left;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
    left.swap(shared_->tasks);
  }
  shared_->changed.notify_all();
  if (is_current()) {
    shared_->thread.detach();
  } else {
    shared_->thread.join();
  }
}

void CallbackThread::post(std::function<void()> task) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->stopping) return;
    if (shared_->tasks.size() >= kCapacity) {
      ++shared_->dropped;
      return;
    }
    shared_->tasks.push_back(std::move(task));
  }
  shared_->changed.notify_one();
}

bool CallbackThread::is_current() const { return shared_->thread.get_id() == std::this_thread::get_id(); }

std::int64_t CallbackThread::dropped() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->dropped;
}

std::int64_t CallbackThread::threw() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->threw;
}

}  // namespace rtcbot::runtime
