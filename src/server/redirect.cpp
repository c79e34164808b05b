#include "redirect.hpp"

#include <utility>

#include "rtcbot/net/client_address.hpp"
#include "rtcbot/net/host_name.hpp"
#include "rtcbot/signal/refusal.hpp"

namespace rtcbot::server {
namespace {

constexpr std::uint16_t kHttpsPort = 443;
constexpr std::size_t kConnectionLimit = 1000;

net::HttpResponse answer(const net::HttpRequest& request, std::uint16_t tls_port) {
  net::HttpResponse response;
  response.content_type = "application/json; charset=utf-8";
  const auto host = request.headers.find("host");
  if (request.method != "GET") {
    response.status = 400;
    response.body = R"({"error":"bad_request","message":"send offers to the TLS port, with https://"})";
    return response;
  }
  // A client's Host field must not redirect others to arbitrary places.
  if (host == request.headers.end() || !net::is_host(host->second)) {
    response.status = 400;
    response.body = R"({"error":"bad_request","message":"the Host field names no host to redirect to; use https://"})";
    return response;
  }
  response.status = 301;
  response.content_type.clear();
  response.headers.emplace_back("Location", https_url(host->second, tls_port, request.path, request.query));
  return response;
}

}  // namespace

std::string https_url(const std::string& host, std::uint16_t tls_port, const std::string& path,
                      const std::string& query) {
  const bool is_v6 = host.starts_with('[');
  auto url = std::string("https://").append(is_v6 ? "[" : "").append(net::host_of_remote(host));
  if (is_v6) url.append("]");
  if (tls_port != kHttpsPort) url.append(":").append(std::to_string(tls_port));
  url.append(net::escaped_path(path));
  if (!query.empty()) url.append("?").append(query);
  return url;
}

Result<std::unique_ptr<net::HttpServer>> listen_for_redirect(std::shared_ptr<net::IoThread> io,
                                                             const std::string& address, std::uint16_t port,
                                                             std::uint16_t tls_port, LogSink log) {
  net::HttpServerConfig config;
  config.address = address;
  config.port = port;
  config.connection_limit = kConnectionLimit;
  net::HttpServer::Handlers handlers;
  handlers.request = [tls_port](const net::HttpRequest& request, const std::shared_ptr<net::HttpResponder>& responder) {
    responder->respond(answer(request, tls_port));
  };
  handlers.upgrade = [](const net::HttpRequest&, std::string&) -> std::optional<net::HttpResponse> {
    net::HttpResponse response;
    response.status = 400;
    response.content_type = "application/json; charset=utf-8";
    response.body = R"({"error":"bad_request","message":"robots must dial the TLS port, with wss://"})";
    return response;
  };
  return net::HttpServer::listen(std::move(io), std::move(config), std::move(handlers), std::move(log));
}

}  // namespace rtcbot::server
