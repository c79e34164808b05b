#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::media {

/// A deadline for events that take milliseconds on an idle machine.
inline constexpr std::chrono::seconds kTimeout{30};

/// A viewer that keeps the frames that it gets.
class RecordingSink final : public EncodedFrameSink {
 public:
  [[nodiscard]] bool has_room(Timestamp /*now*/) override {
    const std::lock_guard lock(mutex_);
    ++asked_;
    changed_.notify_all();
    return room_;
  }
  void on_frame(const EncodedFrame& frame) override {
    const std::lock_guard lock(mutex_);
    frames_.push_back(frame);
    arrived_.push_back(std::chrono::steady_clock::now());
    changed_.notify_all();
  }

  [[nodiscard]] ViewerPriority priority() const override {
    const std::lock_guard lock(mutex_);
    return priority_;
  }

  void set_priority(ViewerPriority priority) {
    const std::lock_guard lock(mutex_);
    priority_ = priority;
  }
  void set_room(bool room) {
    const std::lock_guard lock(mutex_);
    room_ = room;
  }
  /// Waits for at least `count` frames; false after `kTimeout`.
  [[nodiscard]] bool wait_for_frames(std::size_t count) {
    return wait([&] { return frames_.size() >= count; });
  }
  /// Waits for at least `count` calls of `has_room`; false after `kTimeout`.
  [[nodiscard]] bool wait_for_questions(int count) {
    return wait([&] { return asked_ >= count; });
  }
  /// Waits for the first key frame at or after `index`.
  [[nodiscard]] std::optional<EncodedFrame> wait_for_key_frame(std::size_t index) {
    std::optional<EncodedFrame> found;
    static_cast<void>(wait([&] {
      for (std::size_t i = index; i < frames_.size() && !found; ++i) {
        if (frames_[i].key_frame) found = frames_[i];
      }
      return found.has_value();
    }));
    return found;
  }
  [[nodiscard]] std::vector<EncodedFrame> frames() {
    const std::lock_guard lock(mutex_);
    return frames_;
  }
  [[nodiscard]] std::size_t count() { return frames().size(); }
  [[nodiscard]] int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  [[nodiscard]] std::chrono::steady_clock::time_point arrived(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return arrived_.at(index);
  }
  [[nodiscard]] std::size_t bytes_from(std::size_t index) {
    const std::lock_guard lock(mutex_);
    std::size_t sum = 0;
    for (std::size_t i = index; i < frames_.size(); ++i) sum += frames_[i].data.size();
    return sum;
  }

 private:
  template <class Condition>
  [[nodiscard]] bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kTimeout, condition);
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool room_ = true;
  ViewerPriority priority_{};
  int asked_ = 0;
  std::vector<EncodedFrame> frames_;
  std::vector<std::chrono::steady_clock::time_point> arrived_;
};

/// Remembers a camera's states and records.
class CameraDiary {
 public:
  template <class Key>
  void note(Key key) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::string(key));
    changed_.notify_all();
  }
  /// Waits for a line, after the first `skip`, that contains `text`; false after `kTimeout`.
  [[nodiscard]] bool wait_for(const std::string& text, std::size_t skip = 0) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kTimeout, [&] {
      for (std::size_t i = skip; i < lines_.size(); ++i) {
        if (lines_[i].find(text) != std::string::npos) return true;
      }
      return false;
    });
  }
  [[nodiscard]] std::size_t size() {
    const std::lock_guard lock(mutex_);
    return lines_.size();
  }
  /// Whether a line contains `text` now.
  [[nodiscard]] bool has(const std::string& text) {
    const std::lock_guard lock(mutex_);
    for (const auto& line : lines_) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

}  // namespace rtcbot::media
