#include "rtcbot/server/token_list.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "rtcbot/access/files.hpp"
#include "rtcbot/base/ascii.hpp"

namespace rtcbot::server {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::array<std::string, 6>;

/// Larger than this, a list is written again without what has expired.
constexpr std::uintmax_t kLarge = 4U << 20U;

std::int64_t expires(const Json& token) { return token.at("expires").get<std::int64_t>(); }

bool is_token(const Json& json) {
  const auto has = [&](const char* key, Json::value_t type) { return json.contains(key) && json[key].type() == type; };
  return json.is_object() && has("id", Json::value_t::string) && has("role", Json::value_t::string) &&
         has("robots", Json::value_t::array) && json.contains("expires") && json["expires"].is_number_integer();
}

std::vector<Json> tokens_in(std::string_view text, access::UnixTime now) {
  std::vector<Json> tokens;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    auto json = Json::parse(line, nullptr, false);
    if (is_token(json) && expires(json) > now.time_since_epoch().count()) tokens.push_back(std::move(json));
  }
  return tokens;
}

Result<std::vector<Json>> read(const std::string& path, access::UnixTime now) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::vector<Json>();
  const auto text = access::read_private_file(path);
  if (!text) return fail(text.error());
  return tokens_in(*text, now);
}

Result<void> forget_expired(const std::string& path, access::UnixTime now) {
  const auto tokens = read(path, now);
  if (!tokens) return fail(tokens.error());
  std::string text;
  for (const auto& token : *tokens) text.append(token.dump()).append("\n");
  return access::write_private_file(path, text);
}

/// In one write at the end of the file, so that two programs that do it at a time both keep their line.
Result<void> append(const std::string& path, const std::string& line) {
  const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  const bool is_written = file >= 0 && write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int why = errno;
  if (file >= 0) close(file);
  if (is_written) return {};
  return fail(Errc::bad_config, "cannot write " + path + ": " + std::generic_category().message(why));
}

std::string day_of(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  std::array<char, 32> text{};
  if (gmtime_r(&time, &parts) == nullptr) return "?";
  return {text.data(), std::strftime(text.data(), text.size(), "%F %R", &parts)};
}

/// Any program may have written the file, so its texts are made printable.
Row row_of(const Json& token) {
  std::string robots;
  for (const auto& each : token.at("robots")) {
    if (!each.is_string()) continue;
    robots.append(robots.empty() ? "" : " ").append(each.get<std::string>());
  }
  const auto owner = token.contains("owner") && token["owner"].is_string() ? token["owner"].get<std::string>() : "-";
  const auto text = [&](const char* key) { return printable(token.at(key).get_ref<const std::string&>()); };
  return {text("id"),       text("role"),           printable(robots),
          printable(owner), day_of(expires(token)), token.at("revoked") ? "revoked" : "valid"};
}

}  // namespace

Json description_of(const access::Credential& grant) {
  Json json{{"id", grant.id}, {"role", name_of(grant.role)}};
  for (const auto& pattern : grant.robots) json["robots"].push_back(pattern.text());
  if (!grant.owner.empty()) json["owner"] = grant.owner;
  json["issued"] = grant.issued.time_since_epoch().count();
  json["expires"] = grant.expires.time_since_epoch().count();
  return json;
}

Result<void> add_to_token_list(const std::string& path, const Json& token, access::UnixTime now) {
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  if (!unknown && size > kLarge) {
    if (auto shorter = forget_expired(path, now); !shorter) return shorter;
  }
  return append(path, token.dump() + "\n");
}

Result<std::vector<Json>> read_token_list(const std::string& path, const access::Revocations& revocations,
                                          access::UnixTime now) {
  auto tokens = read(path, now);
  if (!tokens) return tokens;
  for (auto& token : *tokens) token["revoked"] = revocations.contains(token.at("id"));
  return tokens;
}

std::string table_of(const std::vector<Json>& tokens) {
  std::vector<Row> rows{{"ID", "ROLE", "ROBOTS", "OWNER", "EXPIRES (UTC)", "STATE"}};
  std::transform(tokens.begin(), tokens.end(), std::back_inserter(rows), row_of);
  std::array<std::size_t, std::tuple_size_v<Row>> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths.at(i) = std::max(widths.at(i), row.at(i).size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      text.append(row.at(i)).append(widths.at(i) + 2 - row.at(i).size(), ' ');
    text.append(row.back()).append("\n");
  }
  return text;
}

}  // namespace rtcbot::server
