#include "http_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rtcbot/base/ascii.hpp"

namespace rtcbot::net {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kQuoteLimit = 300;

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return {};
  }
}

bool is_token(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto fits = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kMarks.find(c) != kMarks.npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

bool is_field_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) { return is_ascii_control(c) && c != '\t'; });
}

/// True for the fields that the server itself sets; a handler must not contradict them.
bool is_framing(std::string_view name) {
  const auto lower = ascii_lower(name);
  return lower == "content-length" || lower == "transfer-encoding" || lower == "connection";
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_field_value(value)) return;
  head.append(name).append(": ").append(value).append("\r\n");
}

bool means_refused(int status) {
  return status == 401 || status == 403 || status == 404 || status == 409 || status == 429 || status == 503;
}

std::string message_in(std::string_view body) {
  const auto json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return {};
  const auto message = json.find("message");
  return message != json.end() && message->is_string() ? message->get<std::string>() : std::string();
}

}  // namespace

HttpResponse json_error(int status, std::string_view code, std::string_view sentence) {
  const Json body{{"error", code}, {"message", sentence}};
  return HttpResponse{.status = status,
                      .content_type = "application/json",
                      .body = body.dump(-1, ' ', false, Json::error_handler_t::replace),
                      .headers = {}};
}

std::string response_head(const HttpResponse& response, bool keep_alive) {
  const int status = response.status >= 200 && response.status <= 999 ? response.status : 500;
  std::string head = "HTTP/1.1 " + std::to_string(status) + " ";
  head.append(reason_phrase(status)).append("\r\n");
  if (!response.content_type.empty()) append_field(head, "Content-Type", response.content_type);
  // 204 and 304 have no body and must not announce one.
  if (status != 204 && status != 304) append_field(head, "Content-Length", std::to_string(response.body.size()));
  if (!keep_alive) append_field(head, "Connection", "close");
  for (const auto& [name, value] : response.headers) {
    if (!is_framing(name)) append_field(head, name, value);
  }
  return head + "\r\n";
}

void add_header(std::map<std::string, std::string>& headers, std::string_view name, std::string_view value) {
  const auto [place, is_new] = headers.try_emplace(ascii_lower(name), value);
  if (!is_new) place->second.append(", ").append(value);
}

std::string_view cut_utf8(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string clean(cut_utf8(text, limit));
  std::replace_if(clean.begin(), clean.end(), is_ascii_control, ' ');
  return clean;
}

Error refusal(const std::string& url, int status, std::string_view body) {
  const auto answered = url + " answered " + std::to_string(status);
  if (means_refused(status)) {
    const auto message = message_in(body);
    const auto reason = printable(message.empty() ? body : std::string_view(message), kQuoteLimit);
    return Error(Errc::refused, answered + ": " + (reason.empty() ? std::string(reason_phrase(status)) : reason));
  }
  const auto start = printable(body, kQuoteLimit);
  return Error(Errc::handshake_failed, answered + " instead of opening a WebSocket. Is the path right?" +
                                           (start.empty() ? "" : " It answered: " + start));
}

}  // namespace rtcbot::net
