#include "forwarded_resolver.hpp"

#include <netdb.h>
#include <rtc_base/thread.h>

#include <algorithm>
#include <utility>

namespace rtcbot::engine {

void ForwardedResolver::Start(const rtc::SocketAddress& address, std::function<void()> callback) {
  asked_ = address;
  callback_ = std::move(callback);
  rtc::Thread* network = rtc::Thread::Current();
  lookup_(address.hostname(), [network, weak = std::weak_ptr(self_)](std::vector<std::string> hosts) {
    network->PostTask([weak, hosts = std::move(hosts)] {
      // Only this thread creates, uses and destroys the object, so it cannot vanish here.
      if (const auto self = weak.lock()) (*self)->on_found(hosts);
    });
  });
}

void ForwardedResolver::Start(const rtc::SocketAddress& address, int, std::function<void()> callback) {
  Start(address, std::move(callback));  // `GetResolvedAddress` selects by family.
}

void ForwardedResolver::on_found(const std::vector<std::string>& hosts) {
  for (const std::string& host : hosts) {
    rtc::IPAddress address;
    if (rtc::IPFromString(host, &address)) found_.push_back(address);
  }
  if (callback_) callback_();
}

bool ForwardedResolver::GetResolvedAddress(int family, rtc::SocketAddress* address) const {
  const auto fits = [family](const rtc::IPAddress& each) { return each.family() == family; };
  const auto first = std::find_if(found_.begin(), found_.end(), fits);
  if (first == found_.end()) return false;
  *address = asked_;
  address->SetResolvedIP(*first);
  return true;
}

int ForwardedResolver::GetError() const { return found_.empty() ? EAI_NONAME : 0; }

}  // namespace rtcbot::engine
