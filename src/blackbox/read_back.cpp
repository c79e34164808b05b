#include "rtcbot/blackbox/read_back.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include "ring_folder.hpp"

namespace rtcbot::blackbox {
namespace {

bool is_wanted(const nlohmann::ordered_json& record, const ReadOptions& options) {
  const auto time = record.find("unix_ms");
  const auto type = record.find("type");
  const auto at = time != record.end() && time->is_number() ? time->get<double>() : 0;
  if (at < static_cast<double>(options.since_unix_ms)) return false;
  if (options.types.empty()) return true;
  const auto is_type = [&](const std::string& wanted) { return *type == wanted; };
  return type != record.end() && std::any_of(options.types.begin(), options.types.end(), is_type);
}

}  // namespace

Result<RecordReader::Counts> read_back(const std::filesystem::path& folder, const ReadOptions& options,
                                       const std::function<void(const nlohmann::ordered_json&)>& on_record) {
  std::error_code error;
  const auto files = ring_files(folder, error);
  if (error) {
    return fail(Errc::bad_config,
                std::string("there is no black box at ").append(folder.string()).append(": ").append(error.message()));
  }
  RecordReader reader;
  for (const auto& file : files) {
    if (file.extension != "log") continue;
    std::ifstream stream(folder / file.name(), std::ios::binary);
    std::array<char, 64 * 1024> chunk;
    while (stream.read(chunk.data(), chunk.size()), stream.gcount() > 0) {
      for (const auto& record : reader.feed({chunk.data(), static_cast<std::size_t>(stream.gcount())})) {
        if (is_wanted(record, options)) on_record(record);
      }
    }
    reader.end_of_file();
  }
  return reader.counts();
}

}  // namespace rtcbot::blackbox
