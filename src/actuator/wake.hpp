#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::actuator {

/// Ends the wait of a thread in poll(2). Thread-safe.
class Wake {
 public:
  Wake() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
  }
  void clear() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(event_.get(), &count, sizeof count);
  }
  [[nodiscard]] int get() const { return event_.get(); }

 private:
  const runtime::Descriptor event_;
};

}  // namespace rtcbot::actuator
