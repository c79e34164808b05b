#pragma once

#include <memory>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::server {

/// Listens on `address` and `port` without TLS, and redirects every page to the same URL on `tls_port`.
/// Errors: address_in_use, bad_address.
[[nodiscard]] Result<std::unique_ptr<net::HttpServer>> listen_for_redirect(std::shared_ptr<net::IoThread> io,
                                                                           const std::string& address,
                                                                           std::uint16_t port, std::uint16_t tls_port,
                                                                           LogSink log);

/// The URL over TLS of a page at `host` ("example.org:80"), `path` (decoded) and `query`.
[[nodiscard]] std::string https_url(const std::string& host, std::uint16_t tls_port, const std::string& path,
                                    const std::string& query);

}  // namespace rtcbot::server
