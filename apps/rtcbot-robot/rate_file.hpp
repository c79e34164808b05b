#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "rtcbot/base/log.hpp"
#include "rtcbot/congestion/kept_rate.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// Carries what the path was found to carry over a restart of the program, in a small file. A thread of its own looks
/// at the viewers now and again; what decides is `congestion::start_from`. Thread-safe.
class RateFile {
 public:
  /// `file`: "none" keeps nothing, "auto" is $XDG_STATE_HOME/rtcbot/rate-NAME.json. `server` says which way is taken.
  RateFile(const std::string& file, const std::string& name, const std::string& server, LogSink log);
  ~RateFile();
  RateFile(const RateFile&) = delete;
  RateFile& operator=(const RateFile&) = delete;

  /// Where a connection that is made now begins.
  [[nodiscard]] DataRate start(DataRate configured) const;

  /// Begins to write down what the viewers' connections find out, until `stop`. `robot` must live until then.
  void watch(const Robot& robot);
  /// Writes what was found last. May be called again, and without `watch`.
  void stop();

 private:
  struct Kept {
    DataRate estimate{};
    std::int64_t at_ms = 0;  ///< Unix time.
    congestion::KeptWay way{};
  };
  void load();
  void run(const Robot& robot);
  void look(const Robot& robot);
  void save() const;
  [[nodiscard]] congestion::KeptWay way() const;

  std::filesystem::path file_;  ///< Empty: none.
  const std::string host_;
  const LogSink log_;
  std::optional<Kept> earlier_;  ///< Of the run before; not changed after construction.
  std::optional<Kept> newest_;   ///< Of the thread.
  std::int64_t saved_at_ms_ = 0;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace rtcbot::app
