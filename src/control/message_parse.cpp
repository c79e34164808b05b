#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "rtcbot/base/ascii.hpp"
#include "rtcbot/base/overloaded.hpp"
#include "rtcbot/control/message.hpp"

namespace rtcbot::control {
namespace {

using Json = nlohmann::json;

constexpr double kLargestNumber = 9'007'199'254'740'991;  // 2^53 - 1: numbers in JavaScript are doubles.
constexpr std::size_t kMaxModeBytes = 16;
constexpr std::size_t kMaxCameraBytes = 64;

auto bad(const std::string& why) { return fail(Errc::bad_message, "not a message of the control protocol: " + why); }

/// Parses a JSON object of protocol version 1.
Result<Json> parse(std::string_view text, std::size_t limit) {
  if (text.size() > limit) return fail(Errc::too_large, "the message has over " + std::to_string(limit) + " bytes");
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return bad("not a JSON object");
  const auto version = json.find("v");
  if (version == json.end() || *version != 1) return bad("\"v\" is not 1");
  return json;
}

std::optional<double> number_in(const Json& json, const char* name, double least, double most) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  if (!(value >= least && value <= most)) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> whole_in(const Json& json, const char* name, double least, double most) {
  const auto value = number_in(json, name, least, most);
  if (!value || *value != std::floor(*value)) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

const std::string* text_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() ? nullptr : found->get_ptr<const std::string*>();
}

bool is_type(const Json& json, const char* type) {
  const std::string* found = text_in(json, "type");
  return found != nullptr && *found == type;
}

bool read_axes(const Json& json, safety::Controls& controls) {
  const auto axes = json.find("axes");
  if (axes == json.end() || !axes->is_array() || axes->empty() || axes->size() > safety::Controls::kMaxAxes) {
    return false;
  }
  controls.axes = axes->size();
  for (std::size_t i = 0; i < axes->size(); ++i) {
    if (!(*axes)[i].is_number()) return false;
    controls.axis[i] = (*axes)[i].get<double>();
    if (!(std::abs(controls.axis[i]) <= 1)) return false;
  }
  return true;
}

bool is_mode(const std::string& mode) {
  return mode.size() <= kMaxModeBytes &&
         std::all_of(mode.begin(), mode.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

Result<PageMessage> command_in(const Json& json, std::uint64_t number) {
  safety::Command command;
  command.number = number;
  const auto page = number_in(json, "t", -kLargestNumber, kLargestNumber);
  const auto heard = number_in(json, "r", -kLargestNumber, kLargestNumber);
  const auto held = number_in(json, "h", 0, kLargestNumber);
  if (!page || !heard || !held) return bad("its times are not numbers");
  command.page_ms = *page;
  command.heard_ms = *heard;
  command.held_ms = *held;
  const auto picture = json.find("p");
  if (picture == json.end()) return bad("the age of its picture is missing");
  if (!picture->is_null()) {
    command.picture_age_ms = number_in(json, "p", 0, kLargestNumber);
    if (!command.picture_age_ms) return bad("the age of its picture is not an age");
  }
  if (!read_axes(json, command.controls)) return bad("its axes are not 1 to 8 numbers from -1 to 1");
  const auto buttons = whole_in(json, "buttons", 0, 4'294'967'295.0);
  if (!buttons) return bad("its buttons are not a number of 32 bits");
  command.controls.buttons = static_cast<std::uint32_t>(*buttons);
  const std::string* mode = text_in(json, "mode");
  if (!mode || !is_mode(*mode)) return bad("its mode is not a short text");
  command.controls.mode = *mode;
  return command;
}

bool is_name(const std::string& name) {
  // The parser has checked that the name is UTF-8.
  const auto characters = std::count_if(name.begin(), name.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return static_cast<std::size_t>(characters) <= kMaxNameCharacters &&
         std::none_of(name.begin(), name.end(), is_ascii_control);
}

Request::What what_of(const std::string& word) {
  using What = Request::What;
  constexpr std::pair<std::string_view, What> kWords[] = {
      {"take", What::take},     {"give", What::give},       {"grant", What::grant}, {"refuse", What::refuse},
      {"stop", What::stop},     {"release", What::release}, {"limit", What::limit}, {"camera", What::camera},
      {"listen", What::listen}, {"talk", What::talk}};
  const auto* found =
      std::find_if(std::begin(kWords), std::end(kWords), [&](const auto& each) { return each.first == word; });
  return found == std::end(kWords) ? What::bad : found->second;
}

Result<PageMessage> request_in(const Json& json) {
  const auto id = whole_in(json, "id", 1, kLargestNumber);
  if (!id) return bad("its id is not a whole number from 1");
  Request request{.id = *id};
  const std::string* what = text_in(json, "what");
  if (what) request.what = what_of(*what);
  if (request.what == Request::What::limit) {
    const auto value = number_in(json, "value", 0, 1);
    if (!value) request.what = Request::What::bad;
    request.limit = value.value_or(1);
  } else if (request.what == Request::What::camera) {
    const std::string* value = text_in(json, "value");
    if (!value || value->size() > kMaxCameraBytes)
      request.what = Request::What::bad;
    else
      request.camera = *value;
  } else if (request.what == Request::What::listen || request.what == Request::What::talk) {
    const auto value = json.find("value");
    if (value == json.end() || !value->is_boolean())
      request.what = Request::What::bad;
    else
      request.on = value->get<bool>();
  }
  return request;
}

Result<PageMessage> parse_drive(std::string_view text) {
  const auto json = parse(text, kMaxDriveBytes);
  if (!json) return fail(json.error());
  const auto number = whole_in(*json, "n", 1, kLargestNumber);
  if (!number) return bad("\"n\" is not a whole number from 1");
  if (is_type(*json, "command")) return command_in(*json, *number);
  if (is_type(*json, "stop")) return StopMessage{*number};
  return bad("its type is unknown");
}

Result<PageMessage> parse_control(std::string_view text) {
  const auto json = parse(text, kMaxControlBytes);
  if (!json) return fail(json.error());
  if (is_type(*json, "request")) return request_in(*json);
  if (!is_type(*json, "hello")) return bad("its type is unknown");
  const std::string* name = text_in(*json, "name");
  if (!name || !is_name(*name)) return bad("its name is not a line of up to 40 characters");
  return Hello{*name};
}

}  // namespace

Result<PageMessage> parse_message(Channel channel, std::string_view text) {
  return channel == Channel::drive ? parse_drive(text) : parse_control(text);
}

bool is_stop(const PageMessage& message) {
  return std::visit(Overloaded{[](const safety::Command&) { return false; }, [](const StopMessage&) { return true; },
                               [](const Hello&) { return false; },
                               [](const Request& request) { return request.what == Request::What::stop; }},
                    message);
}

}  // namespace rtcbot::control
