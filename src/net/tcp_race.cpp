#include "tcp_race.hpp"

#include <boost/asio/error.hpp>
#include <chrono>
#include <utility>

namespace rtcbot::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

Timestamp now() {
  return Timestamp(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

/// Ranks errors by information: refused or reset, then timed out, then unreachable.
int weight_of(const ErrorCode& error) {
  if (!error) return 0;
  if (error == asio::error::connection_refused || error == asio::error::connection_reset) return 3;
  return error == asio::error::timed_out ? 2 : 1;
}

}  // namespace

TcpRace::TcpRace(asio::io_context& context, const Endpoints& addresses, Done done)
    : context_(context),
      addresses_(interleaved(addresses)),
      done_(std::move(done)),
      race_(addresses_.size()),
      timer_(context) {
  sockets_.reserve(addresses_.size());
}

void TcpRace::step() {
  if (!done_) return;
  while (const auto index = race_.next(now())) attempt(*index);
  if (race_.next_at() == kNever) return;
  timer_.expires_at(std::chrono::steady_clock::time_point(race_.next_at().time_since_epoch()));
  timer_.async_wait([weak = weak_from_this()](const ErrorCode& error) {
    const auto self = weak.lock();
    if (self && !error) self->step();
  });
}

void TcpRace::attempt(std::size_t index) {
  sockets_.emplace_back(context_);
  sockets_.back().async_connect(
      addresses_[index], [self = shared_from_this(), index](const ErrorCode& error) { self->on_end(index, error); });
}

void TcpRace::on_end(std::size_t index, const ErrorCode& error) {
  if (!done_) return;
  if (!error) return finish({}, std::move(sockets_[index]));
  if (weight_of(error) > weight_of(error_)) error_ = error;
  race_.failed(now());
  if (race_.is_lost()) return finish(error_, tcp::socket(context_));
  step();
}

void TcpRace::finish(const ErrorCode& error, tcp::socket socket) {
  const auto done = std::exchange(done_, nullptr);
  cancel();
  done(error, std::move(socket));
}

void TcpRace::cancel() {
  done_ = nullptr;
  timer_.cancel();
  ErrorCode ignored;
  for (auto& socket : sockets_) socket.close(ignored);
}

}  // namespace rtcbot::net
