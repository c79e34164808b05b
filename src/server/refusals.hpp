#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "rtcbot/net/http_server.hpp"
#include "rtcbot/signal/refusal.hpp"

namespace rtcbot::server {

/// Makes the refusals of requests that do not reach the broker, and counts them. Not thread-safe.
class Refusals {
 public:
  using Counts = std::array<std::int64_t, signal::kRefusalCount>;

  /// In JSON, with the reason's own sentence if `message` is empty.
  [[nodiscard]] net::HttpResponse make(signal::Refusal reason, const std::string& message = {});

  /// By `signal::Refusal`.
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  Counts counts_{};
};

}  // namespace rtcbot::server
