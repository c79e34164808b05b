#include <utility>

#include "json_text.hpp"
#include "rtcbot/http_server.hpp"
#include "rtcbot/runtime/whole_file.hpp"

namespace rtcbot {
namespace {

constexpr std::uintmax_t kMaxFileBytes = 1 << 30;

HttpResponse make(std::string content_type, std::string body, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

std::string content_type_of(const std::string& path) {
  const auto ends_with = [&](std::string_view ending) { return std::string_view(path).ends_with(ending); };
  if (ends_with(".html")) return "text/html; charset=utf-8";
  if (ends_with(".js") || ends_with(".mjs")) return "application/javascript; charset=utf-8";
  if (ends_with(".css")) return "text/css; charset=utf-8";
  if (ends_with(".json")) return "application/json; charset=utf-8";
  if (ends_with(".svg")) return "image/svg+xml";
  if (ends_with(".png")) return "image/png";
  return "application/octet-stream";
}

}  // namespace

Json HttpRequest::json() const {
  Json parsed = from_text(body);
  if (parsed.is_discarded()) throw Error(Errc::bad_message, "the body is not JSON");
  return parsed;
}

HttpResponse HttpResponse::text(std::string body) { return make("text/plain; charset=utf-8", std::move(body)); }

HttpResponse HttpResponse::html(std::string body) { return make("text/html; charset=utf-8", std::move(body)); }

HttpResponse HttpResponse::javascript(std::string body) {
  return make("application/javascript; charset=utf-8", std::move(body));
}

HttpResponse HttpResponse::json(const Json& body, int status) {
  // Replaces bytes that are not UTF-8: an answer that quotes input must still be sent.
  return make("application/json; charset=utf-8", body.dump(-1, ' ', false, Json::error_handler_t::replace), status);
}

HttpResponse HttpResponse::refusal(int status, const std::string& error, const std::string& message) {
  return json({{"error", error}, {"message", message}}, status);
}

HttpResponse HttpResponse::file(const std::string& path) {
  return make(content_type_of(path), value_or_throw(runtime::read_whole_file(path, kMaxFileBytes)));
}

}  // namespace rtcbot
