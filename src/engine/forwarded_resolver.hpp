#pragma once

#include <api/async_dns_resolver.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rtcbot/engine/engine.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Resolves one STUN or TURN server's name by a `HostLookup`. Used on the network thread; may be destroyed at any time.
class ForwardedResolver : public webrtc::AsyncDnsResolverInterface, public webrtc::AsyncDnsResolverResult {
 public:
  explicit ForwardedResolver(HostLookup lookup) : lookup_(std::move(lookup)) {}

  void Start(const rtc::SocketAddress& address, std::function<void()> callback) override;
  void Start(const rtc::SocketAddress& address, int family, std::function<void()> callback) override;
  const webrtc::AsyncDnsResolverResult& result() const override { return *this; }

  bool GetResolvedAddress(int family, rtc::SocketAddress* address) const override;
  int GetError() const override;

 private:
  void on_found(const std::vector<std::string>& hosts);

  const HostLookup lookup_;
  rtc::SocketAddress asked_;
  std::function<void()> callback_;
  std::vector<rtc::IPAddress> found_;
  /// Tells the answer whether this object still exists.
  std::shared_ptr<ForwardedResolver*> self_ = std::make_shared<ForwardedResolver*>(this);
};

}  // namespace rtcbot::engine
