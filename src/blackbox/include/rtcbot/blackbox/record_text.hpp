#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace rtcbot::blackbox {

/// The maximum length of a record's JSON.
inline constexpr std::size_t kMaxRecordBytes = 64 * 1024;

/// A record as text for a file, one line that grep can search:
///
///     0000004f 1c291ca3 {"unix_ms":1700000000000,"ms":5.25,"type":"drive","data":{…}}
///
/// The length of the JSON and its CRC-32 (IEEE 802.3, as in zlib), each as eight hexadecimal digits, then the JSON and
/// a line feed. Empty if the JSON is longer than `kMaxRecordBytes`.
[[nodiscard]] std::string write_record(const nlohmann::ordered_json& record);

/// Finds the records in a file that may be damaged: a write cut by a power failure, blocks of zeros, flipped bits.
/// Skips invalid text up to the next line and counts it. Pure; not thread-safe.
class RecordReader {
 public:
  struct Counts {
    std::int64_t records = 0;
    std::int64_t broken = 0;  ///< Lines, or parts of lines, that are not records.
    friend bool operator==(const Counts&, const Counts&) = default;
  };

  /// Takes the next bytes of a file and returns the completed records.
  [[nodiscard]] std::vector<nlohmann::ordered_json> feed(std::string_view bytes);

  /// Ends the file; the next bytes belong to another one.
  void end_of_file();

  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  [[nodiscard]] static std::optional<nlohmann::ordered_json> parse(std::string_view line);

  std::string waiting_;
  bool is_skipping_ = false;  ///< Within a line that is too long for a record.
  Counts counts_;
};

}  // namespace rtcbot::blackbox
