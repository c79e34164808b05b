#pragma once

#include <cstdint>

namespace rtcbot::server {

/// The kernel's statistics of this process, with the names and meanings of Prometheus' client libraries. A value that
/// cannot be read is 0.
struct ProcessFigures {
  double cpu_seconds = 0;           ///< User and system.
  std::int64_t resident_bytes = 0;  ///< In memory now.
  std::int64_t open_descriptors = 0;
  std::int64_t max_descriptors = 0;  ///< RLIMIT_NOFILE, soft.
};

/// Reads /proc/self and the limits; about 50 us, more with many descriptors.
[[nodiscard]] ProcessFigures read_process_figures();

}  // namespace rtcbot::server
