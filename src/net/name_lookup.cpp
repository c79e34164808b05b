#include "name_lookup.hpp"

#include <netdb.h>

#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

namespace rtcbot::net {
namespace {

using boost::asio::ip::tcp;

constexpr int kLookupLimit = 8;  // Concurrent lookups; bounds the threads of a hanging resolver.

Endpoints endpoints_of(const addrinfo* list, std::uint16_t port) {
  Endpoints endpoints;
  for (const auto* entry = list; entry != nullptr; entry = entry->ai_next) {
    tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    endpoint.resize(entry->ai_addrlen);
    endpoint.port(port);
    endpoints.push_back(endpoint);
  }
  return endpoints;
}

Result<Endpoints> ask_system(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  int status = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (status == EAI_NONAME || status == EAI_ADDRFAMILY) {
    // AI_ADDRCONFIG ignores loopback, but a machine without a network must still resolve "localhost".
    hints.ai_flags = 0;
    status = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  }
  if (status != 0) {
    return fail(Errc::connection_refused, "the name '" + host + "' cannot be found: " + ::gai_strerror(status));
  }
  auto endpoints = endpoints_of(list, port);
  ::freeaddrinfo(list);
  if (endpoints.empty()) return fail(Errc::connection_refused, "the name '" + host + "' has no address");
  return endpoints;
}

void look_up_apart(const std::shared_ptr<Loop>& loop, const std::string& host, std::uint16_t port,
                   std::function<void(Result<Endpoints>)> done) {
  std::thread([loop, host, port, tell = std::move(done)] {
    auto found = ask_system(host, port);
    loop->post([loop = loop.get(), tell, result = std::move(found)] {
      loop->lookup_ended();
      tell(result);
    });
  }).detach();
}

}  // namespace

void look_up(const std::shared_ptr<Loop>& loop, const std::string& host, std::uint16_t port,
             std::function<void(Result<Endpoints>)> done) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (!error) return done(Endpoints{{address, port}});
  if (loop->lookups() >= kLookupLimit) {
    return done(
        fail(Errc::connection_refused, "too many names are being looked up already; does the resolver answer?"));
  }
  loop->lookup_began();
  try {
    look_up_apart(loop, host, port, done);
  } catch (const std::system_error& failure) {
    loop->lookup_ended();
    done(fail(Errc::connection_refused, "no thread for looking up '" + host + "': " + failure.what()));
  }
}

}  // namespace rtcbot::net
