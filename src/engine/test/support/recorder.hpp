#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "peer_types.hpp"

namespace rtcbot::engine::testing {

/// A deadline that only a failing test reaches, even on a busy machine.
inline constexpr std::chrono::seconds kDeadline{20};

/// A value that another thread sets once.
template <class T>
class Slot {
 public:
  void set(T value) {
    std::lock_guard lock(mutex_);
    value_ = std::move(value);
    changed_.notify_all();
  }
  /// Empty when the deadline passed.
  std::optional<T> wait(std::chrono::milliseconds limit = kDeadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return value_.has_value(); });
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> value_;
};

/// Records the events of a connection, and waits for them.
class Recorder : public PeerObserver {
 public:
  struct Message {
    std::string channel;
    std::string text;
    bool binary = false;
    friend bool operator==(const Message&, const Message&) = default;
  };

  void on_state(State state, const Error* reason) override {
    change([&] {
      states_.push_back(state);
      if (reason != nullptr) reason_ = *reason;
    });
  }
  void on_channel_open(const std::string& channel) override {
    change([&] { open_.insert(channel); });
  }
  void on_channel_closed(const std::string& channel) override {
    change([&] { open_.erase(channel); });
  }
  void on_message(const std::string& channel, std::string message, bool binary) override {
    change([&] { messages_.push_back({channel, std::move(message), binary}); });
  }

  void on_candidate(Candidate candidate) override {
    change([&] { candidates_.push_back(std::move(candidate)); });
  }
  void on_gathered() override {
    change([&] { gathered_ = true; });
  }

  bool wait_gathered() {
    return wait([&] { return gathered_; }, kDeadline);
  }
  std::vector<Candidate> candidates() {
    std::lock_guard lock(mutex_);
    return candidates_;
  }
  bool wait_state(State state, std::chrono::milliseconds limit = kDeadline) {
    return wait([&] { return !states_.empty() && states_.back() == state; }, limit);
  }
  bool wait_open(const std::string& channel) {
    return wait([&] { return open_.contains(channel); }, kDeadline);
  }
  bool wait_closed(const std::string& channel) {
    return wait([&] { return !open_.contains(channel); }, kDeadline);
  }
  bool wait_messages(std::size_t count) {
    return wait([&] { return messages_.size() >= count; }, kDeadline);
  }
  std::vector<Message> messages() {
    std::lock_guard lock(mutex_);
    return messages_;
  }
  std::vector<State> states() {
    std::lock_guard lock(mutex_);
    return states_;
  }
  std::optional<Error> reason() {
    std::lock_guard lock(mutex_);
    return reason_;
  }

 private:
  template <class Change>
  void change(Change what) {
    std::lock_guard lock(mutex_);
    what();
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition, std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<State> states_;
  std::optional<Error> reason_;
  std::set<std::string> open_;
  std::vector<Message> messages_;
  std::vector<Candidate> candidates_;
  bool gathered_ = false;
};

}  // namespace rtcbot::engine::testing
