#include "host_lookups.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <thread>
#include <utility>

#include "rtcbot/ipc/codec.hpp"

namespace rtcbot::engine_client {
namespace {

constexpr int kMaxUnderWay = 16;
constexpr std::size_t kMaxHosts = 256;
constexpr std::size_t kMaxAddresses = 16;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::vector<std::string> addresses_of(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* raw = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &raw) != 0) return {};
  const std::unique_ptr<addrinfo, FreeAddresses> list(raw);
  std::vector<std::string> found;
  for (const addrinfo* each = list.get(); each != nullptr && found.size() < kMaxAddresses; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
      found.emplace_back(text.data());
    }
  }
  return found;
}

}  // namespace

std::string host_of(const std::string& ice_url) {
  std::string rest = ice_url.substr(0, ice_url.find('?'));
  const auto scheme = rest.find(':');
  if (scheme == std::string::npos) return {};
  rest = rest.substr(scheme + 1);
  if (rest.starts_with('[')) return rest.substr(1, rest.find(']') - 1);
  return rest.substr(0, rest.find(':'));
}

void HostLookups::allow(const std::vector<peer::IceServer>& servers) {
  const std::lock_guard lock(mutex_);
  for (const auto& server : servers) {
    for (const std::string& url : server.urls) {
      if (allowed_.size() < kMaxHosts) allowed_.insert(host_of(url));
    }
  }
}

bool HostLookups::begin(const std::string& host) {
  {
    const std::lock_guard lock(mutex_);
    if (!allowed_.contains(host)) return false;
  }
  const std::lock_guard lock(shared_->mutex);
  if (shared_->under_way >= kMaxUnderWay) return false;
  ++shared_->under_way;
  return true;
}

void HostLookups::resolve(const ipc::Resolve& question, const std::shared_ptr<process::MessageSocket>& socket) {
  const auto answer = [weak = std::weak_ptr(socket), request = question.request](std::vector<std::string> addresses) {
    const ipc::Resolved resolved{.request = request, .addresses = std::move(addresses)};
    if (const auto open = weak.lock()) open->send({.head = ipc::encode(ipc::Command(resolved))});
  };
  if (!begin(question.host)) return answer({});
  // Detached: the system's resolver may take longer than this program runs.
  std::thread([answer, host = question.host, shared = shared_] {
    answer(addresses_of(host));
    const std::lock_guard lock(shared->mutex);
    --shared->under_way;
  }).detach();
}

}  // namespace rtcbot::engine_client
