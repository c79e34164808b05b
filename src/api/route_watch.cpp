#include "route_watch.hpp"

#include <utility>

#include "rtcbot/base/weakly.hpp"

namespace rtcbot {

void RouteWatch::start(Context& context) {
  if (network_) return;
  route_ = parts_.find();
  parts_.on_use(route_);
  // The network watch's thread must not release the last reference to this object, so only the I/O thread locks the
  // pointer.
  network_ = context.on_network_change([io = std::weak_ptr(context.io()), weak = weak_from_this()] {
    if (const auto thread = io.lock()) thread->post(weakly(weak, [](RouteWatch& self) { self.check(); }));
  });
}

void RouteWatch::check() {
  auto now = parts_.find();
  // Most changes concern other programs' bridges or tunnels.
  if (now == route_) return;
  route_ = std::move(now);
  if (!route_.exists()) return;  // Another change is reported when there is a route again.
  parts_.on_use(route_);
  parts_.on_change();
}

}  // namespace rtcbot
