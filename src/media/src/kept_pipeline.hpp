#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gst.hpp"
#include "rtcbot/base/log.hpp"

namespace rtcbot::media {

/// A GStreamer pipeline that plays while it is wanted, opened again with growing pauses when it fails, on a thread of
/// its own: whoever wants it waits for nothing. A failure is said once, until it works again.
///
/// Thread-safe.
class KeptPipeline {
 public:
  struct Config {
    std::string name{};         ///< For the log: "microphone".
    std::string description{};  ///< Checked already.
    LogSink log{};
    /// Called on the thread before it plays, and after it has ended with null.
    std::function<void(GstElement*)> wire{};
    std::chrono::milliseconds first_pause{500};   ///< Before it is opened again, doubling
    std::chrono::milliseconds last_pause{8'000};  ///< up to this.
  };

  explicit KeptPipeline(Config config);
  ~KeptPipeline();
  KeptPipeline(const KeptPipeline&) = delete;
  KeptPipeline& operator=(const KeptPipeline&) = delete;

  void want(bool wanted);
  [[nodiscard]] bool is_running() const { return shared_->running; }
  /// So often it could not be opened, or ended by itself.
  [[nodiscard]] std::int64_t failures() const { return shared_->failures; }

 private:
  /// What a driver that hangs may still call.
  struct Shared {
    std::mutex mutex;
    std::condition_variable wake;
    bool wanted = false, closing = false;
    std::string trouble;  ///< Of the one that plays; empty: none.
    std::atomic<bool> running{false};
    std::atomic<std::int64_t> failures{0};
  };

  void run();
  /// Plays until it is not wanted or fails.  @returns what went wrong; empty: nothing.
  [[nodiscard]] std::string play();
  [[nodiscard]] std::string open(GstElement* pipeline);
  void watch(GstElement* pipeline);
  void tell(const std::string& trouble);

  const Config config_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  bool has_told_ = false;  ///< Of the thread.
  std::thread thread_;     ///< From the first `want` on.
};

}  // namespace rtcbot::media
