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

/// A GStreamer pipeline that plays while it is wanted, on its own thread, so that callers never wait. After a failure
/// it is reopened with growing pauses. A failure is logged once, until the pipeline works again.
///
/// Thread-safe.
class KeptPipeline {
 public:
  struct Config {
    std::string name{};         ///< For the log: "microphone".
    std::string description{};  ///< Already checked.
    LogSink log{};
    /// Called on the thread with the pipeline before it plays, and with null after it has ended.
    std::function<void(GstElement*)> wire{};
    std::chrono::milliseconds first_pause{500};   ///< Pause before it is reopened; doubles
    std::chrono::milliseconds last_pause{8'000};  ///< up to this.
  };

  explicit KeptPipeline(Config config);
  ~KeptPipeline();
  KeptPipeline(const KeptPipeline&) = delete;
  KeptPipeline& operator=(const KeptPipeline&) = delete;

  void want(bool wanted);
  [[nodiscard]] bool is_running() const { return shared_->running; }
  /// How often it could not be opened, or ended on its own.
  [[nodiscard]] std::int64_t failures() const { return shared_->failures; }

 private:
  /// State that a driver that hangs may still access.
  struct Shared {
    std::mutex mutex;
    std::condition_variable wake;
    bool wanted = false, closing = false;
    std::string trouble;  ///< Error of the playing pipeline; empty: none.
    std::atomic<bool> running{false};
    std::atomic<std::int64_t> failures{0};
  };

  void run();
  /// Plays until the pipeline is not wanted or fails.  @returns the error; empty: none.
  [[nodiscard]] std::string play();
  [[nodiscard]] std::string open(GstElement* pipeline);
  void watch(GstElement* pipeline);
  void tell(const std::string& trouble);

  const Config config_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  bool has_told_ = false;  ///< Used only by the thread.
  std::thread thread_;     ///< Started by the first `want`.
};

}  // namespace rtcbot::media
