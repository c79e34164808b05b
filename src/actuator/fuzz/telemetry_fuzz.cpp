// Arbitrary telemetry of a program or a board: any bytes, in any pieces.
#include "rtcbot/actuator/telemetry.hpp"

#include "fuzz.hpp"
#include "rtcbot/actuator/mended_json.hpp"
#include "rtcbot/actuator/struct_format.hpp"

using namespace rtcbot;
using namespace rtcbot::actuator;

/// The output is bounded JSON that can be written, and does not depend on how the bytes are split.
template <class Reader>
void check(Reader reader, std::string_view text, std::size_t cut) {
  const auto whole = Reader(reader).feed(Timestamp(), text);
  auto parts = reader.feed(Timestamp(), text.substr(0, cut));
  for (auto& value : reader.feed(Timestamp(), text.substr(cut))) parts.push_back(std::move(value));
  fuzz::require(parts == whole);
  fuzz::require(whole.size() <= static_cast<std::size_t>(kMaxTelemetryPerSecond));
  fuzz::require(reader.counts().taken == static_cast<std::int64_t>(whole.size()));
  for (const auto& value : whole) {
    fuzz::require(!value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).empty());
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  check(TelemetryLines(), text, cut);
  const auto mended = mend_json(text);
  fuzz::require(mended.text.size() <= 4 * text.size());
  fuzz::require(mend_json(mended.text).faults == 0);
  const auto format = StructFormat::parse("<hB?f").value();
  check(TelemetryRecords(format, {"a", "b", "c", "d"}, "\xc0i"), text, cut);
  check(TelemetryRecords(format, {"a", "b", "c", "d"}, ""), text, cut);
  if (const auto other = StructFormat::parse(text)) {
    fuzz::require(other->size() > 0 && other->size() <= StructFormat::kMaxBytes && !other->items().empty());
  }
  return 0;
}
