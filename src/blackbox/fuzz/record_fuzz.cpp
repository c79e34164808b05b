// Arbitrary bytes on the disk, read as a black box.
#include "rtcbot/blackbox/record_text.hpp"

#include "fuzz.hpp"

using namespace rtcbot;
using namespace rtcbot::blackbox;

/// Every split of the bytes gives the same records, each record equals what was written, and an intact one that follows
/// is found.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  RecordReader whole, parts;
  const auto records = whole.feed(text);
  auto pieces = parts.feed(text.substr(0, cut));
  for (auto& record : parts.feed(text.substr(cut))) pieces.push_back(std::move(record));
  fuzz::require(pieces == records && parts.counts() == whole.counts());
  fuzz::require(whole.counts().records == static_cast<std::int64_t>(records.size()));
  whole.end_of_file();
  const nlohmann::ordered_json sound{{"type", "x"}, {"text", std::string(text.substr(0, 200))}};
  const auto found = whole.feed(write_record(sound));
  fuzz::require(found.size() == 1);
  return 0;
}
