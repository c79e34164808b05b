#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rtcbot/blackbox/black_box.hpp"
#include "rtcbot/blackbox/read_back.hpp"

namespace rtcbot::blackbox::testing {

/// Polls `condition` until it is true, at most about 20 s.
inline bool until(const std::function<bool()>& condition) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  for (int i = 0; i < 4'000; ++i) {
    if (condition()) return true;
    never.wait_for(lock, std::chrono::milliseconds(5));
  }
  return false;
}

/// A temporary folder for one test's black box.
class BoxFolder {
 public:
  BoxFolder() {
    std::string made = (std::filesystem::temp_directory_path() / "blackbox-XXXXXX").string();
    path_ = mkdtemp(made.data());
  }
  ~BoxFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  BoxFolder(const BoxFolder&) = delete;
  BoxFolder& operator=(const BoxFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::unique_ptr<BlackBox> open(std::uint64_t max_bytes = 10'000'000, LogSink log = {}) const {
    auto box = BlackBox::open({.folder = path_, .max_bytes = max_bytes, .log = std::move(log)});
    return std::move(*box);
  }
  [[nodiscard]] std::vector<nlohmann::ordered_json> records(const ReadOptions& options = {}) const {
    std::vector<nlohmann::ordered_json> records;
    counts_ = read_back(path_, options, [&](const auto& record) { records.push_back(record); }).value();
    return records;
  }
  /// The counts of the last call of `records`.
  [[nodiscard]] const RecordReader::Counts& counts() const { return counts_; }
  [[nodiscard]] std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      std::error_code gone;
      const auto size = entry.file_size(gone);
      if (!gone) sum += size;
    }
    return sum;
  }

 private:
  std::filesystem::path path_;
  mutable RecordReader::Counts counts_;
};

}  // namespace rtcbot::blackbox::testing
