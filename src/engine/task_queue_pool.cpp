#include "task_queue_pool.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace rtcbot::engine {

namespace {

using Clock = std::chrono::steady_clock;
using Task = absl::AnyInvocable<void() &&>;
class PooledQueue;

/// The threads and their work: the queues with tasks due, and the tasks that are due later.
class Pool {
 public:
  explicit Pool(int threads) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }

  ~Pool() {
    {
      std::lock_guard lock(mutex_);
      ends_ = true;
    }
    wake_.notify_all();
    watch_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void post(PooledQueue& queue, Task task);
  void post_at(PooledQueue& queue, Clock::time_point due, Task task);
  /// After this returns, no task of the queue runs or will run.
  void remove(PooledQueue& queue);

 private:
  struct Delayed {
    PooledQueue* queue;
    Task task;
  };

  void work();
  void make_ready(PooledQueue& queue, Task task);
  void take_due(Clock::time_point now);
  void run_one(std::unique_lock<std::mutex>& lock);
  void wake_somebody();
  [[nodiscard]] bool is_own_thread() const;
  void wait(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable wake_;   ///< For idle threads that wait for a task.
  std::condition_variable watch_;  ///< For the one idle thread that also waits for the first deadline.
  bool is_watched_ = false;        ///< True while there is that thread: two would both wake for each deadline.
  int idle_ = 0;                   ///< Number of threads that wait on `wake_`.
  std::condition_variable task_done_;
  std::deque<PooledQueue*> ready_;                     ///< Queues with a task due and none running; each at most once.
  std::multimap<Clock::time_point, Delayed> delayed_;  ///< Equal times keep the order of posting.
  bool ends_ = false;
  std::vector<std::thread> threads_;
};

class PooledQueue : public webrtc::TaskQueueBase {
 public:
  explicit PooledQueue(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

  void Delete() override {
    pool_->remove(*this);
    {
      // Destructors in the dropped tasks may use the current queue.
      CurrentTaskQueueSetter current(this);
      tasks_.clear();
      dropped_.clear();
    }
    delete this;
  }

  void PostTask(Task task) override { pool_->post(*this, std::move(task)); }

  void PostDelayedTask(Task task, webrtc::TimeDelta delay) override {
    pool_->post_at(*this, Clock::now() + std::chrono::microseconds(delay.us()), std::move(task));
  }

  void PostDelayedHighPrecisionTask(Task task, webrtc::TimeDelta delay) override {
    PostDelayedTask(std::move(task), delay);
  }

  void run(Task task) {
    CurrentTaskQueueSetter current(this);
    std::move(task)();
    task = nullptr;  // Destroyed while the queue is current, as in libwebrtc's own queues.
  }

 private:
  friend class Pool;

  std::shared_ptr<Pool> pool_;
  // All guarded by the pool's mutex.
  std::deque<Task> tasks_;
  std::vector<Task> dropped_;
  bool running_ = false;
};

void Pool::post(PooledQueue& queue, Task task) {
  std::lock_guard lock(mutex_);
  make_ready(queue, std::move(task));
  // A pool thread that posts will look for work itself, so one task needs no wake-up; only a second one wakes another
  // thread.
  const std::size_t own = is_own_thread() ? 1 : 0;
  if (ready_.size() > own) wake_somebody();
}

bool Pool::is_own_thread() const {
  const auto self = std::this_thread::get_id();
  return std::any_of(threads_.begin(), threads_.end(), [&](const std::thread& t) { return t.get_id() == self; });
}

void Pool::post_at(PooledQueue& queue, Clock::time_point due, Task task) {
  std::lock_guard lock(mutex_);
  const auto added = delayed_.emplace(due, Delayed{&queue, std::move(task)});
  if (added != delayed_.begin()) return;
  if (is_watched_) {
    watch_.notify_one();
  } else {
    wake_.notify_one();
  }
}

void Pool::remove(PooledQueue& queue) {
  std::unique_lock lock(mutex_);
  task_done_.wait(lock, [&] { return !queue.running_; });
  std::erase(ready_, &queue);
  for (auto it = delayed_.begin(); it != delayed_.end();) {
    if (it->second.queue != &queue) {
      ++it;
      continue;
    }
    queue.dropped_.push_back(std::move(it->second.task));
    it = delayed_.erase(it);
  }
}

void Pool::make_ready(PooledQueue& queue, Task task) {
  queue.tasks_.push_back(std::move(task));
  if (queue.running_ || queue.tasks_.size() > 1) return;
  ready_.push_back(&queue);
}

void Pool::wake_somebody() {
  if (idle_ > 0) {
    wake_.notify_one();
  } else if (is_watched_) {
    watch_.notify_one();
  }
}

void Pool::take_due(Clock::time_point now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    Delayed due = std::move(delayed_.begin()->second);
    delayed_.erase(delayed_.begin());
    make_ready(*due.queue, std::move(due.task));
  }
}

void Pool::run_one(std::unique_lock<std::mutex>& lock) {
  PooledQueue& queue = *ready_.front();
  ready_.pop_front();
  Task task = std::move(queue.tasks_.front());
  queue.tasks_.pop_front();
  queue.running_ = true;
  lock.unlock();
  queue.run(std::move(task));
  lock.lock();
  queue.running_ = false;
  // At the end, so that a busy queue does not delay the others.
  if (!queue.tasks_.empty()) ready_.push_back(&queue);
  task_done_.notify_all();
}

void Pool::wait(std::unique_lock<std::mutex>& lock) {
  if (is_watched_) {
    ++idle_;
    wake_.wait(lock);
    --idle_;
    return;
  }
  is_watched_ = true;
  if (delayed_.empty()) {
    watch_.wait(lock);
  } else {
    watch_.wait_until(lock, Clock::time_point(delayed_.begin()->first));
  }
  is_watched_ = false;
}

void Pool::work() {
  std::unique_lock lock(mutex_);
  while (!ends_) {
    take_due(Clock::now());
    if (ready_.empty()) {
      wait(lock);
      continue;
    }
    // Nobody watches the deadlines until this task is done, which is soon. Waking another thread for each would cost
    // more than the tasks themselves.
    if (ready_.size() > 1) wake_somebody();
    run_one(lock);
  }
}

class PoolFactory : public webrtc::TaskQueueFactory {
 public:
  PoolFactory(int threads, int audio_threads)
      : pool_(std::make_shared<Pool>(threads)),
        audio_pool_(audio_threads > 0 ? std::make_shared<Pool>(audio_threads) : pool_) {}

  std::unique_ptr<webrtc::TaskQueueBase, webrtc::TaskQueueDeleter> CreateTaskQueue(absl::string_view name,
                                                                                   Priority) const override {
    // libwebrtc's name for the queue of one connection's audio encoder.
    const auto& pool = name == "AudioEncoder" ? audio_pool_ : pool_;
    return std::unique_ptr<webrtc::TaskQueueBase, webrtc::TaskQueueDeleter>(new PooledQueue(pool));
  }

 private:
  std::shared_ptr<Pool> pool_, audio_pool_;
};

}  // namespace

std::unique_ptr<webrtc::TaskQueueFactory> make_task_queue_pool(int threads, int audio_threads) {
  return std::make_unique<PoolFactory>(threads, audio_threads);
}

}  // namespace rtcbot::engine
