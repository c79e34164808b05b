#include "server_link.hpp"

#include <utility>

#include "rtcbot/base/weakly.hpp"

namespace rtcbot {
namespace {

/// The statuses that the session treats specially. All others are temporary failures of a server.
signal::Refusal refusal_of_status(int status) {
  switch (status) {
    case 401: return signal::Refusal::unauthorized;
    case 403: return signal::Refusal::forbidden;
    case 409: return signal::Refusal::name_taken;
    default: return signal::Refusal::internal;
  }
}

}  // namespace

ServerLink::ServerLink(net::WebSocketClientConfig config, Dial dial, Events events)
    : config_(std::move(config)), dial_(std::move(dial)), events_(std::move(events)) {}

void ServerLink::dial() {
  declined_with_ = 0;
  config_.on_declined = weakly(
      weak_from_this(), [](ServerLink& self, const net::Declined& answer) { self.declined_with_ = answer.status; });
  dialing_ =
      dial_(config_, weakly(weak_from_this(), [](ServerLink& self, Result<std::shared_ptr<net::WebSocket>> dialed) {
              self.on_dialed(std::move(dialed));
            }));
}

void ServerLink::on_dialed(Result<std::shared_ptr<net::WebSocket>> dialed) {
  if (!dialed) return events_.on_refused(refusal_of_status(declined_with_), dialed.error());
  socket_ = std::move(*dialed);
  const auto number = ++number_;
  {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  socket_->set_observer({
      .on_message = weakly(weak_from_this(),
                           [number](ServerLink& self, const std::string& text, bool) {
                             if (self.number_ == number) self.events_.on_message(text);
                           }),
      .on_closed =
          weakly(weak_from_this(),
                 [number](ServerLink& self, const net::WebSocketClosed& closed) { self.on_closed(number, closed); }),
  });
  const bool is_v1 = socket_->subprotocol() == signal::kSubprotocol;
  events_.on_open(is_v1 ? signal::Protocol::v1 : signal::Protocol::legacy);
}

void ServerLink::on_closed(std::uint64_t number, const net::WebSocketClosed& closed) {
  {
    const std::lock_guard lock(mutex_);
    --open_;
  }
  has_closed_.notify_all();
  closing_.erase(number);
  if (number_ != number) return;
  socket_.reset();
  events_.on_closed(closed);
}

void ServerLink::send(std::string text) {
  if (socket_ && !socket_->send(std::move(text))) socket_->close(1013, "messages were not read in time");
}

void ServerLink::close(int code, const std::string& reason) {
  dialing_.reset();
  if (socket_) {
    socket_->close(code, reason);
    closing_[number_] = std::move(socket_);
  }
  ++number_;
}

bool ServerLink::wait_closed(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  return has_closed_.wait_until(lock, until, [this] { return open_ == 0; });
}

}  // namespace rtcbot
