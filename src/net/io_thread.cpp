#include "rtcbot/net/io_thread.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <latch>
#include <utility>

#include "loop.hpp"

namespace rtcbot::net {

namespace asio = boost::asio;

bool Loop::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (ended_) return false;
  asio::post(*context_, std::move(task));
  return true;
}

void Loop::run() {
  const auto work = asio::make_work_guard(*context_);
  context_->run();
}

/// Joins its thread. If its own callback drops it, it detaches the thread instead, because it cannot wait for itself.
class AsioIoThread final : public IoThread {
 public:
  AsioIoThread() {
    std::latch started(1);
    thread_ = std::thread([loop = loop_, &started] {
      loop->thread_id_ = std::this_thread::get_id();
      started.count_down();
      loop->run();
      end(*loop);
    });
    started.wait();
  }

  ~AsioIoThread() override {
    if (is_current()) {
      loop_->context().stop();
      thread_.detach();
      return;
    }
    loop_->post([loop = loop_.get()] { loop->context().stop(); });
    thread_.join();
  }

  AsioIoThread(const AsioIoThread&) = delete;
  AsioIoThread& operator=(const AsioIoThread&) = delete;

  void post(std::function<void()> task) override { loop_->post(std::move(task)); }
  [[nodiscard]] std::shared_ptr<void> after(std::chrono::microseconds delay, std::function<void()> task) override;
  [[nodiscard]] bool is_current() const override { return loop_->is_current(); }
  [[nodiscard]] const std::shared_ptr<Loop>& loop() const { return loop_; }

 private:
  static void end(Loop& loop) {
    {
      const std::lock_guard lock(loop.mutex_);
      loop.ended_ = true;
    }
    // Outside the lock, because destructors may call `post`.
    loop.context_.reset();
  }

  std::shared_ptr<Loop> loop_ = std::make_shared<Loop>();
  std::thread thread_;
};

namespace {

struct DelayedTask {
  DelayedTask(asio::io_context& context, std::function<void()> work) : timer(context), task(std::move(work)) {}

  asio::steady_timer timer;
  std::function<void()> task;
};

/// Shared state of a timer's handle and its wait.
struct TimerState {
  std::atomic<bool> dropped = false;
  std::weak_ptr<DelayedTask> waiting;  ///< I/O thread only. Owned by its wait in the context.
};

void start_timer(Loop& loop, const std::shared_ptr<TimerState>& state, std::chrono::microseconds delay,
                 std::function<void()> task) {
  if (state->dropped) return;
  const auto delayed = std::make_shared<DelayedTask>(loop.context(), std::move(task));
  state->waiting = delayed;
  delayed->timer.expires_after(delay);
  delayed->timer.async_wait([state, delayed](const boost::system::error_code& error) {
    const auto work = std::move(delayed->task);
    if (!error && !state->dropped) work();
  });
}

class TimerHandle {
 public:
  TimerHandle(std::shared_ptr<Loop> loop, std::shared_ptr<TimerState> state)
      : loop_(std::move(loop)), state_(std::move(state)) {}

  ~TimerHandle() {
    state_->dropped = true;
    loop_->post([state = std::move(state_)] {
      if (const auto delayed = state->waiting.lock()) delayed->timer.cancel();
    });
  }

  TimerHandle(const TimerHandle&) = delete;
  TimerHandle& operator=(const TimerHandle&) = delete;

 private:
  std::shared_ptr<Loop> loop_;
  std::shared_ptr<TimerState> state_;
};

}  // namespace

std::shared_ptr<void> AsioIoThread::after(std::chrono::microseconds delay, std::function<void()> task) {
  auto state = std::make_shared<TimerState>();
  loop_->post([loop = loop_.get(), state, delay, work = std::move(task)]() mutable {
    start_timer(*loop, state, delay, std::move(work));
  });
  return std::make_shared<TimerHandle>(loop_, std::move(state));
}

std::shared_ptr<IoThread> IoThread::create() { return std::make_shared<AsioIoThread>(); }

std::shared_ptr<Loop> loop_of(IoThread& io) { return static_cast<AsioIoThread&>(io).loop(); }

}  // namespace rtcbot::net
