#include "request_parts.hpp"

#include <algorithm>

namespace rtcbot::server {
namespace {

/// Removes the first word of a comma-separated list and returns it.
std::string_view take_word(std::string_view& list) {
  constexpr std::string_view kSpace = " \t";
  const auto comma = std::min(list.find(','), list.size());
  auto word = list.substr(0, comma);
  list.remove_prefix(std::min(comma + 1, list.size()));
  word.remove_prefix(std::min(word.find_first_not_of(kSpace), word.size()));
  return word.substr(0, word.find_last_not_of(kSpace) + 1);
}

}  // namespace

std::string header(const net::HttpRequest& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

std::string_view header_view(const net::HttpRequest& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string_view() : std::string_view(found->second);
}

PageSource page_source(const net::HttpRequest& request) {
  return {.origin = header_view(request, "origin"),
          .fetch_site = header_view(request, "sec-fetch-site"),
          .host = header_view(request, "host"),
          .is_secure = request.is_secure};
}

bool is_of_own_page(const net::HttpRequest& request, const AllowedOrigins& allowed) {
  const auto source = page_source(request);
  return is_own_page(source) || allowed.allows(source.origin);
}

std::string_view without_slash(std::string_view path) {
  return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

bool offers_subprotocol(std::string_view field, std::string_view name) {
  while (!field.empty()) {
    if (take_word(field) == name) return true;
  }
  return false;
}

std::optional<std::string_view> subprotocol_after(std::string_view field, std::string_view prefix) {
  while (!field.empty()) {
    const auto word = take_word(field);
    if (word.starts_with(prefix)) return word.substr(prefix.size());
  }
  return std::nullopt;
}

bool is_media_type(std::string_view field, std::string_view type) {
  field = field.substr(0, field.find(';'));
  field.remove_prefix(std::min(field.find_first_not_of(" \t"), field.size()));
  field = field.substr(0, field.find_last_not_of(" \t") + 1);
  return std::equal(field.begin(), field.end(), type.begin(), type.end(), [](char given, char lower) {
    return (given >= 'A' && given <= 'Z' ? static_cast<char>(given + 32) : given) == lower;
  });
}

bool wants_page(const net::HttpRequest& request) {
  return request.method == "GET" && header(request, "accept").find("text/html") != std::string::npos;
}

Result<signal::RobotName> robot_of(std::string_view path) {
  path = without_slash(path);
  if (path == "/connect" || path == "/ws") return signal::RobotName();
  if (path.size() < 2) return fail(Errc::bad_message, "no name");
  return signal::RobotName::parse(path.substr(1));
}

}  // namespace rtcbot::server
