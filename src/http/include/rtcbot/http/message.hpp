#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "rtcbot/http/router.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot {

/// A complete request: method, path, query, headers (names in lower case), body, remote_address.
struct HttpRequest : net::HttpRequest {
  /// The parts of the path that the route's parameters match: "rover" is `parameters.at("robot")` for "/map/rover" at
  /// the route "/map/{robot}".
  http::Parameters parameters{};

  /// The body as JSON.  @throws Error bad_message.
  [[nodiscard]] nlohmann::json json() const;
};

/// A response: status, content_type, body, further headers.
struct HttpResponse : net::HttpResponse {
  static HttpResponse text(std::string body);
  static HttpResponse html(std::string body);
  static HttpResponse javascript(std::string body);
  static HttpResponse json(const nlohmann::json& body, int status = 200);
  /// A refusal in the form that pages expect: {"error": code, "message": sentence}.
  static HttpResponse refusal(int status, const std::string& error, const std::string& message);
  /// The content of a file, with the content type of its extension.  @throws Error bad_config if it cannot be read.
  static HttpResponse file(const std::string& path);
};

namespace http {

/// Answers a request. An `Error` that it throws becomes a refusal in JSON, see `run_handler`.
using Handler = std::function<HttpResponse(const HttpRequest&)>;

/// Calls a handler. An `Error` becomes a refusal with a code that pages know: 400 bad_offer for bad_message and
/// bad_offer, 413 too_large, 429 busy for queue_full, 500 internal for bad_config and internal, 504 robot_timeout for
/// timeout, 502 robot_left otherwise. Another exception becomes 500 internal, and its text goes to `on_throw` alone,
/// because it may hold what clients must not see.
[[nodiscard]] HttpResponse run_handler(const Handler& handler, const HttpRequest& request,
                                       const std::function<void(const std::string& what)>& on_throw);

}  // namespace http

}  // namespace rtcbot
