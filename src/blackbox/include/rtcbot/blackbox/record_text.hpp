#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace rtcbot::blackbox {

/// The longest line of a record's JSON.
inline constexpr std::size_t kMostRecordBytes = 64 * 1024;

/// A record as it stands in a file, one line that grep finds things in:
///
///     0000004f 1c291ca3 {"unix_ms":1700000000000,"ms":5.25,"type":"drive","data":{…}}
///
/// length of the JSON and CRC-32 of it (IEEE 802.3, as zlib has it) as eight hexadecimal digits each, JSON, line feed.
/// Empty where the JSON would be over `kMostRecordBytes`.
[[nodiscard]] std::string write_record(const nlohmann::ordered_json& record);

/// Finds the records in what was written, whatever has become of it: the power went in mid-write, blocks hold zeros,
/// bits were lost. What is no record is passed over up to the next line, and counted. Pure; not thread-safe.
class RecordReader {
 public:
  struct Counts {
    std::int64_t records = 0;
    std::int64_t broken = 0;  ///< Lines, or what is left of them, that are no record.
    friend bool operator==(const Counts&, const Counts&) = default;
  };

  /// Takes the next bytes of a file and returns the records that have become complete.
  [[nodiscard]] std::vector<nlohmann::ordered_json> feed(std::string_view bytes);

  /// The file ends here; the next bytes are of another.
  void end_of_file();

  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  [[nodiscard]] static std::optional<nlohmann::ordered_json> parse(std::string_view line);

  std::string waiting_;
  bool is_skipping_ = false;  ///< Within a line that is too long to be one.
  Counts counts_;
};

}  // namespace rtcbot::blackbox
