#include "rtcbot/blackbox/record_text.hpp"

#include <array>
#include <boost/crc.hpp>
#include <charconv>
#include <cstdio>
#include <utility>

namespace rtcbot::blackbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kHead = 18;  // two numbers of eight digits, each followed by a space

std::uint32_t crc_of(std::string_view text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return crc.checksum();
}

std::optional<std::uint32_t> hexadecimal(std::string_view digits) {
  std::uint32_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string write_record(const nlohmann::ordered_json& record) {
  const std::string text = record.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kMaxRecordBytes) return {};
  std::array<char, kHead + 1> head{};
  std::snprintf(head.data(), head.size(), "%08zx %08x ", text.size(), crc_of(text));
  return std::string(head.data()).append(text).append("\n");
}

std::optional<Json> RecordReader::parse(std::string_view line) {
  if (line.size() <= kHead || line[8] != ' ' || line[17] != ' ') return std::nullopt;
  const auto text = line.substr(kHead);
  if (hexadecimal(line.substr(0, 8)) != text.size() || hexadecimal(line.substr(9, 8)) != crc_of(text)) {
    return std::nullopt;
  }
  // The checksum shows that the text is unchanged, not who wrote it, so the parser may still fail.
  Json record = Json::parse(text, nullptr, false);
  if (!record.is_object()) return std::nullopt;
  return record;
}

std::vector<Json> RecordReader::feed(std::string_view bytes) {
  std::vector<Json> records;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    if (!is_skipping_ && waiting_.size() + part.size() > kHead + kMaxRecordBytes) {
      waiting_.clear();
      is_skipping_ = true;
    }
    if (!is_skipping_) waiting_.append(part);
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 1);
    auto record = std::exchange(is_skipping_, false) ? std::nullopt : parse(waiting_);
    waiting_.clear();
    ++(record ? counts_.records : counts_.broken);
    if (record) records.push_back(std::move(*record));
  }
  return records;
}

void RecordReader::end_of_file() {
  if (is_skipping_ || !waiting_.empty()) ++counts_.broken;
  waiting_.clear();
  is_skipping_ = false;
}

}  // namespace rtcbot::blackbox
