#pragma once

#include <memory>
#include <string>

#include "rtcbot/actuator/sink_spec.hpp"
#include "rtcbot/runtime/descriptor.hpp"
#include "rtcbot/safety/sink.hpp"

namespace rtcbot::actuator {

/// Sends a line of JSON in each datagram to one address. A datagram is sent completely or not at all.
class UdpActuator final : public safety::Sink {
 public:
  /// Resolves the name, which may take some seconds.  Errors: bad_address, internal.
  [[nodiscard]] static Result<std::unique_ptr<UdpActuator>> open(const UdpSink& spec);

  /// A socket that sends to the first address with a route.  Errors: bad_address.
  [[nodiscard]] static Result<runtime::Descriptor> socket_to(const UdpSink& spec);

  UdpActuator(runtime::Descriptor socket, std::string name) : socket_(std::move(socket)), name_(std::move(name)) {}
  ~UdpActuator() override;
  UdpActuator(const UdpActuator&) = delete;
  UdpActuator& operator=(const UdpActuator&) = delete;

  bool write(const safety::Output& output) override;
  [[nodiscard]] bool is_behind() const override { return is_behind_; }
  [[nodiscard]] std::string name() const override { return name_; }

 private:
  const runtime::Descriptor socket_;
  bool is_behind_ = false;  ///< The socket's buffer was full.
  const std::string name_;
};

}  // namespace rtcbot::actuator
