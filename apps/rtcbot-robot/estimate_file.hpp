#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "rtcbot/base/log.hpp"
#include "rtcbot/congestion/cached_estimate.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// Keeps the last bandwidth estimate over a restart of the program, in a small file. Its own thread checks the viewers
/// periodically; `congestion::start_from` decides whether the estimate is used. Thread-safe.
class EstimateFile {
 public:
  /// `file`: "none" stores nothing, "auto" is $XDG_STATE_HOME/rtcbot/rate-NAME.json. `server` selects the outbound
  /// route.
  EstimateFile(const std::string& file, const std::string& name, const std::string& server, LogSink log);
  ~EstimateFile();
  EstimateFile(const EstimateFile&) = delete;
  EstimateFile& operator=(const EstimateFile&) = delete;

  /// The start bitrate of a connection that is created now.
  [[nodiscard]] DataRate start(DataRate configured) const;

  /// Starts to store the estimates of the viewers' connections, until `stop`. `robot` must live until then.
  void watch(const Robot& robot);
  /// Writes the last estimate. May be called repeatedly, and without `watch`.
  void stop();

 private:
  struct Kept {
    DataRate estimate{};
    std::int64_t at_ms = 0;  ///< Unix time.
    congestion::Egress egress{};
  };
  void load();
  void run(const Robot& robot);
  void look(const Robot& robot);
  void save() const;
  [[nodiscard]] congestion::Egress egress() const;

  std::filesystem::path file_;  ///< Empty: no file.
  const std::string host_;
  const LogSink log_;
  std::optional<Kept> earlier_;  ///< From the previous run; not changed after construction.
  std::optional<Kept> newest_;   ///< Used by the thread.
  std::int64_t saved_at_ms_ = 0;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_closed_ = false;
  std::thread thread_;
};

}  // namespace rtcbot::app
