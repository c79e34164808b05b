#include "../json.hpp"

#include "../flat_json.hpp"
#include "fuzz.hpp"

using namespace rtcbot;

/// Checks that our fast JSON reader and writer agree with nlohmann/json on every text that they accept.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (const auto flat = signal::parse_flat(text)) {
    const auto whole = signal::Json::parse(text, nullptr, false);
    fuzz::require(*flat == whole && flat->dump() == whole.dump());
  }
  signal::OrderedJson json{{"text", std::string(text)}, {"list", {std::string(text.substr(0, size / 2)), 1, true}}};
  if (auto whole = signal::OrderedJson::parse(text, nullptr, false); !whole.is_discarded()) json["whole"] = whole;
  fuzz::require(signal::dump(json) == json.dump(-1, ' ', false, signal::OrderedJson::error_handler_t::replace));
  return 0;
}
