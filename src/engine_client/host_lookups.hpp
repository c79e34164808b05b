#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "rtcbot/ipc/messages.hpp"
#include "rtcbot/process/message_socket.hpp"

namespace rtcbot::engine_client {

/// The host of an ICE server's address (RFC 7064, RFC 7065): "turn:[::1]:3478?transport=udp" gives "::1".
[[nodiscard]] std::string host_of(const std::string& ice_url);

/// Resolves names for the engine, which cannot read the resolver's files. Resolves only the names of the ICE servers
/// that the engine was given, so that it cannot leak data in names. Each look-up has its own thread, because the
/// system's resolver blocks.
/// Thread-safe.
class HostLookups {
 public:
  void allow(const std::vector<peer::IceServer>& servers);

  /// Answers with `Resolved`; without an address if the name is not allowed, or too many look-ups are pending.
  void resolve(const ipc::Resolve& question, const std::shared_ptr<process::MessageSocket>& socket);

 private:
  struct Shared {
    std::mutex mutex;
    int under_way = 0;
  };

  [[nodiscard]] bool begin(const std::string& host);

  std::mutex mutex_;
  std::set<std::string> allowed_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace rtcbot::engine_client
