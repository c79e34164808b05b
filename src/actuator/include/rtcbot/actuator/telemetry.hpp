#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rtcbot/actuator/struct_format.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/base/token_bucket.hpp"

namespace rtcbot::actuator {

/// The maximum rate of telemetry, and its burst; more is dropped.
inline constexpr int kMaxTelemetryPerSecond = 50;
inline constexpr TokenBucket::Rate kTelemetryRate{.per_second = kMaxTelemetryPerSecond,
                                                  .burst = kMaxTelemetryPerSecond};

/// Counts of received telemetry.
struct TelemetryCounts {
  std::int64_t taken = 0;
  std::int64_t mended = 0;    ///< Of these, with a value that JSON cannot express (NaN), replaced by null.
  std::int64_t not_json = 0;  ///< Lines that are not JSON, or nested too deeply.
  std::int64_t too_long = 0;  ///< Lines over the limit; bytes before a record's start are not counted.
  std::int64_t too_many = 0;  ///< Above the rate.
  [[nodiscard]] std::int64_t faults() const { return mended + not_json + too_long + too_many; }
  TelemetryCounts& operator+=(const TelemetryCounts& other);
  friend bool operator==(const TelemetryCounts&, const TelemetryCounts&) = default;
};

/// The first 60 bytes of the newest line of each kind of fault, printable.
struct TelemetrySamples {
  std::string mended{};
  std::string not_json{};
  std::string too_long{};
  std::string too_many{};
};

/// One line of a program as JSON: as it is, or mended (see `mend_json`), which only a line with an object or a list is.
struct TelemetryLine {
  nlohmann::json value = nlohmann::json::value_t::discarded;  ///< Discarded: not JSON, or nested too deeply.
  bool mended = false;
};
[[nodiscard]] TelemetryLine read_telemetry_line(std::string_view line);

/// Chooses the faults to log: each kind once for each reader, because they may occur 50 times a second. Pure.
class TelemetryFaults {
 public:
  /// Sentences for what is new in `counts`.
  [[nodiscard]] std::vector<std::string> news(const TelemetryCounts& counts, const TelemetrySamples& samples);

 private:
  TelemetryCounts told_;
};

/// Splits a stream of untrusted bytes into lines of JSON. Pure; not thread-safe.
class TelemetryLines {
 public:
  static constexpr std::size_t kMaxBytes = 15 * 1024;  ///< Of a line, so that it fits into a message to the page.
  static constexpr int kDeepest = 16;                  ///< Maximum nesting.

  /// Takes bytes and returns the completed values. Ignores empty lines.
  [[nodiscard]] std::vector<nlohmann::json> feed(Timestamp now, std::string_view bytes);
  /// Begins another stream; drops an incomplete line.
  void reset() {
    waiting_.clear();
    is_skipping_ = false;
  }
  [[nodiscard]] const TelemetryCounts& counts() const { return counts_; }
  [[nodiscard]] const TelemetrySamples& samples() const { return samples_; }

 private:
  void take_line(Timestamp now, std::string_view line, std::vector<nlohmann::json>& values);

  std::string waiting_;
  TelemetrySamples samples_;
  bool is_skipping_ = false;  ///< Within a line that was too long.
  TokenBucket rate_{kTelemetryRate};
  TelemetryCounts counts_;
};

/// Splits a stream into records of bytes, each after the bytes `begin`, and returns them as {"NAME": number, …}. Pure;
/// not thread-safe.
class TelemetryRecords {
 public:
  /// With an empty `begin` the stream must start with a record, as RTCBot's does.
  /// @pre as many names as the format has numbers.
  TelemetryRecords(StructFormat format, std::vector<std::string> names, std::string begin)
      : format_(std::move(format)), names_(std::move(names)), begin_(std::move(begin)) {}

  [[nodiscard]] std::vector<nlohmann::json> feed(Timestamp now, std::string_view bytes);
  void reset() { waiting_.clear(); }
  [[nodiscard]] const TelemetryCounts& counts() const { return counts_; }
  [[nodiscard]] const TelemetrySamples& samples() const { return samples_; }

 private:
  [[nodiscard]] nlohmann::json read(std::string_view record);

  StructFormat format_;
  std::vector<std::string> names_;
  std::string begin_;
  std::string waiting_;
  TelemetrySamples samples_;
  TokenBucket rate_{kTelemetryRate};
  TelemetryCounts counts_;
};

/// Either of them.
using TelemetryReader = std::variant<TelemetryLines, TelemetryRecords>;

}  // namespace rtcbot::actuator
