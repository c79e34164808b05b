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

/// Looks names up for the engine, which can read no resolver's files: only those of the ICE servers that it was given,
/// so that it can tell nobody anything by a name. Each look-up has a thread of its own, as the system's resolver waits.
/// Thread-safe.
class HostLookups {
 public:
  void allow(const std::vector<peer::IceServer>& servers);

  /// Answers by `Resolved`; with no address where the name is not one of the allowed, or too many are being looked up.
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
