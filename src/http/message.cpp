#include "rtcbot/http/message.hpp"

#include <utility>

#include "rtcbot/http/json_text.hpp"
#include "rtcbot/http/static_folder.hpp"
#include "rtcbot/runtime/whole_file.hpp"
#include "rtcbot/signal/refusal.hpp"

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

/// The refusal code that a page gets. Errors behind a handler are the robot's, as the page sees it.
signal::Refusal refusal_for(Errc code) {
  switch (code) {
    case Errc::bad_message:
    case Errc::bad_offer: return signal::Refusal::bad_offer;
    case Errc::too_large: return signal::Refusal::too_large;
    case Errc::timeout: return signal::Refusal::robot_timeout;
    case Errc::queue_full: return signal::Refusal::busy;
    case Errc::bad_config:
    case Errc::internal: return signal::Refusal::internal;
    default: return signal::Refusal::robot_left;
  }
}

}  // namespace

nlohmann::json HttpRequest::json() const {
  auto parsed = from_text(body);
  if (parsed.is_discarded()) throw Error(Errc::bad_message, "the body is not JSON");
  return parsed;
}

HttpResponse HttpResponse::text(std::string body) { return make("text/plain; charset=utf-8", std::move(body)); }

HttpResponse HttpResponse::html(std::string body) { return make("text/html; charset=utf-8", std::move(body)); }

HttpResponse HttpResponse::javascript(std::string body) {
  return make("application/javascript; charset=utf-8", std::move(body));
}

HttpResponse HttpResponse::json(const nlohmann::json& body, int status) {
  // Replaces bytes that are not UTF-8: an answer that quotes input must still be sent.
  return make("application/json; charset=utf-8", body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
              status);
}

HttpResponse HttpResponse::refusal(int status, const std::string& error, const std::string& message) {
  return json({{"error", error}, {"message", message}}, status);
}

HttpResponse HttpResponse::file(const std::string& path) {
  return make(std::string(http::content_type_of(path)), value_or_throw(runtime::read_whole_file(path, kMaxFileBytes)));
}

HttpResponse http::run_handler(const Handler& handler, const HttpRequest& request,
                               const std::function<void(const std::string& what)>& on_throw) {
  try {
    return handler(request);
  } catch (const Error& error) {
    const auto refusal = refusal_for(error.code());
    return HttpResponse::refusal(signal::http_status(refusal), std::string(signal::code_of(refusal)), error.what());
  } catch (const std::exception& error) {
    on_throw(error.what());
    return HttpResponse::refusal(500, "internal", "The handler of this path failed. See the server's log.");
  }
}

}  // namespace rtcbot
