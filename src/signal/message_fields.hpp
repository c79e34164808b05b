#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base64.hpp"
#include "json.hpp"
#include "rtcbot/signal/jpeg.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::signal {

inline constexpr std::size_t kMaxString = 512;
inline constexpr std::size_t kMaxSentence = 2'048;
inline constexpr std::int64_t kMaxId =
    (std::int64_t{1} << 53) - 1;  // The largest integer that JavaScript represents exactly.
inline constexpr std::size_t kMaxIceServers = 16;
inline constexpr std::int64_t kMaxViewers = 1'000;
inline constexpr std::int64_t kMaxRetrySeconds = 3'600;
inline constexpr std::int64_t kMaxDurationMs = std::int64_t{366} * 24 * 3'600 * 1'000;
inline constexpr std::size_t kMaxFeatures = 16;
inline constexpr std::size_t kMaxFeatureBytes = 32;
inline constexpr std::int64_t kMaxLine = 31;  // index of the last of 32 m= lines, see `Limits::max_media`

enum class Need { required, optional };

/// Reads fields of one object. After the first invalid field it keeps the reason and returns default values.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  std::string text(const char* name, Need need, std::size_t limit = kMaxString) {
    const auto field = object_.find(name);
    if (field == object_.end()) {
      if (need == Need::required) refuse(name, "is missing");
      return {};
    }
    const auto* value = field->get_ptr<const std::string*>();
    if (value == nullptr || value->size() > limit) {
      refuse(name, "is not a string of at most " + std::to_string(limit) + " bytes");
      return {};
    }
    return *value;
  }

  std::optional<std::int64_t> number(const char* name, Need need, std::int64_t limit) {
    const auto field = object_.find(name);
    if (field == object_.end()) {
      if (need == Need::required) refuse(name, "is missing");
      return std::nullopt;
    }
    // An unsigned value above 2^63 becomes negative here, and the range check rejects it.
    const std::int64_t value = field->is_number_integer() ? field->get<std::int64_t>() : -1;
    if (value < 0 || value > limit) {
      refuse(name, "is not a whole number from 0 to " + std::to_string(limit));
      return std::nullopt;
    }
    return value;
  }

  OfferId id() { return OfferId(static_cast<std::uint64_t>(number("id", Need::required, kMaxId).value_or(0))); }

  std::vector<IceServer> ice_servers() {
    std::vector<IceServer> servers;
    const auto field = object_.find("ice_servers");
    if (field == object_.end()) return servers;
    if (!field->is_array() || field->size() > kMaxIceServers) {
      refuse("ice_servers", "is not a list of at most " + std::to_string(kMaxIceServers));
      return servers;
    }
    for (const Json& entry : *field) servers.push_back(ice_server(entry));
    return servers;
  }

  bool flag(const char* name) {
    const auto field = object_.find(name);
    if (field == object_.end()) return false;
    if (!field->is_boolean()) refuse(name, "is neither true nor false");
    return field->is_boolean() && field->get<bool>();
  }

  std::vector<std::string> features() { return words("features", kMaxFeatures, kMaxFeatureBytes); }
  std::vector<std::string> grants() { return words("grants", Status::kMaxGrants, Permissions::kMaxGrantBytes); }

  std::vector<Candidate> candidates() {
    std::vector<Candidate> candidates;
    list("candidates", kMaxCandidatesAtOnce, [&](const Json& entry) {
      if (!entry.is_object()) return refuse("candidates", "contains something that is not an object");
      Fields fields(entry);
      candidates.push_back(fields.candidate());
      if (!fields.why_.empty()) refuse("candidates", "is wrong: " + fields.why_);
    });
    return candidates;
  }

  std::vector<Presence> robots() {
    std::vector<Presence> robots;
    list("robots", PresenceMessage::kMaxRobots, [&](const Json& entry) {
      if (!entry.is_object()) return refuse("robots", "contains something that is not an object");
      Fields fields(entry);
      robots.push_back(fields.presence());
      if (!fields.why_.empty()) refuse("robots", "is wrong: " + fields.why_);
    });
    return robots;
  }

  std::string jpeg() {
    constexpr std::size_t kMaxText = (Snapshot::kMaxBytes + 2) / 3 * 4;
    const auto bytes = from_base64(text("jpeg", Need::required, kMaxText));
    if (!bytes || bytes->size() > Snapshot::kMaxBytes) {
      refuse("jpeg", "is not a JPEG of at most 32 KiB in base64");
      return {};
    }
    if (const auto size = jpeg_size(*bytes); !size) {
      refuse("jpeg", std::string("is not a JPEG: ").append(size.error().what()));
      return {};
    }
    return *bytes;
  }

  Result<Message> finish(Message message) const {
    if (!why_.empty()) return fail(Errc::bad_message, why_);
    return message;
  }

 private:
  std::vector<std::string> words(const char* name, std::size_t limit, std::size_t max_bytes) {
    std::vector<std::string> words;
    list(name, limit, [&](const Json& entry) {
      const auto* word = entry.get_ptr<const std::string*>();
      if (word == nullptr || word->size() > max_bytes)
        return refuse(name, "contains something that is not a short word");
      words.push_back(*word);
    });
    return words;
  }

  /// Calls `read` with each entry of an optional list.
  template <class Read>
  void list(const char* name, std::size_t limit, Read read) {
    const auto field = object_.find(name);
    if (field == object_.end()) return;
    if (!field->is_array() || field->size() > limit) {
      return refuse(name, "is not a list of at most " + std::to_string(limit));
    }
    for (const Json& entry : *field) read(entry);
  }

  Candidate candidate() {
    Candidate candidate;
    candidate.text = text("candidate", Need::required, kMaxCandidateBytes);
    candidate.mid = text("sdpMid", Need::optional, Limits{}.max_mid_bytes);
    if (const auto line = number("sdpMLineIndex", Need::optional, kMaxLine)) {
      candidate.line = static_cast<int>(*line);
    }
    if (candidate.mid.empty() && !candidate.line) refuse("sdpMid", "or sdpMLineIndex is required");
    if (const auto checked = check_candidate(candidate.text); !checked) refuse("candidate", checked.error());
    return candidate;
  }

  Presence presence() {
    Presence robot;
    robot.name = text("name", Need::optional);
    robot.online = flag("online");
    const auto for_ms = number("for_ms", Need::optional, kMaxDurationMs);
    robot.for_time = std::chrono::milliseconds(for_ms.value_or(0));
    if (const auto viewers = number("viewers", Need::optional, kMaxViewers)) {
      robot.viewers = static_cast<int>(*viewers);
    }
    robot.camera = text("camera", Need::optional, 256);
    robot.protocol = text("protocol", Need::optional) == kSubprotocol ? Protocol::v1 : Protocol::legacy;
    robot.trickle = flag("trickle");
    robot.snapshot = number("snapshot", Need::optional, kMaxId);
    robot.forgotten = flag("forgotten");
    return robot;
  }

  IceServer ice_server(const Json& entry) {
    if (!entry.is_object()) {
      refuse("ice_servers", "contains something that is not an object");
      return {};
    }
    Fields fields(entry);
    IceServer server{fields.urls(), fields.text("username", Need::optional), fields.text("credential", Need::optional)};
    if (!fields.why_.empty()) refuse("ice_servers", "is wrong: " + fields.why_);
    return server;
  }

  /// Reads one address or a list of them; browsers accept both.
  std::vector<std::string> urls() {
    std::vector<std::string> urls;
    const auto field = object_.find("urls");
    const Json list = field == object_.end() ? Json::array() : field->is_array() ? *field : Json::array({*field});
    for (const Json& url : list) {
      const auto* text = url.get_ptr<const std::string*>();
      if (text != nullptr && text->size() <= kMaxString) urls.push_back(*text);
    }
    if (urls.empty() || urls.size() != list.size()) refuse("urls", "is not an address or a list of addresses");
    return urls;
  }

  void refuse(const char* name, const Error& error) { refuse(name, std::string("is wrong: ").append(error.what())); }

  void refuse(const char* name, const std::string& why) {
    if (why_.empty()) why_ = "The field \"" + std::string(name) + "\" " + why + ".";
  }

  const Json& object_;
  std::string why_;
};

}  // namespace rtcbot::signal
