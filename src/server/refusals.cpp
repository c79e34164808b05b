#include "refusals.hpp"

namespace rtcbot::server {

net::HttpResponse Refusals::make(signal::Refusal reason, const std::string& message) {
  ++counts_.at(static_cast<std::size_t>(reason));
  net::HttpResponse response;
  response.status = signal::http_status(reason);
  response.content_type = "application/json; charset=utf-8";
  response.body = signal::refusal_json(reason, message);
  response.headers = {{"Cache-Control", "no-store"}};
  return response;
}

}  // namespace rtcbot::server
