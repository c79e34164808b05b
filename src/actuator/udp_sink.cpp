#include "udp_sink.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>

#include "rtcbot/actuator/output_line.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::actuator {

Result<runtime::Descriptor> UdpActuator::socket_to(const UdpSink& spec) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(spec.host.c_str(), std::to_string(spec.port).c_str(), &hints, &found);
  if (error != 0) {
    return fail(
        Errc::bad_address,
        std::string("udp: the host '").append(spec.host).append("' cannot be found: ").append(gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, freeaddrinfo);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    runtime::Descriptor made(socket(one->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (made.is_open() && connect(made.get(), one->ai_addr, one->ai_addrlen) == 0) return made;
  }
  return fail(Errc::bad_address, "udp: there is no route to " + spec.host + "; is the network up?");
}

Result<std::unique_ptr<UdpActuator>> UdpActuator::open(const UdpSink& spec) {
  auto made = socket_to(spec);
  if (!made) return fail(made.error());
  return std::make_unique<UdpActuator>(std::move(*made), "udp " + spec.host + " port " + std::to_string(spec.port));
}

UdpActuator::~UdpActuator() {
  // Three times, because any of them may be lost.
  for (int i = 0; i < 3; ++i) (void)write(safety::Output{.why = safety::StopReason::local});
}

bool UdpActuator::write(const safety::Output& output) {
  const std::string line = output_line(output, runtime::now());
  const auto put = [&] { return send(socket_.get(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL); };
  auto sent = put();
  // The error reports that nobody received an earlier datagram. This one was not sent, so try again.
  if (sent < 0 && errno == ECONNREFUSED) sent = put();
  is_behind_ = sent < 0 && (errno == EAGAIN || errno == ENOBUFS);
  return sent == static_cast<ssize_t>(line.size());
}

}  // namespace rtcbot::actuator
