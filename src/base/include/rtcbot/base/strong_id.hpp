#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace rtcbot {

/// An identifier whose type differs for each `Tag`: `using SocketId = StrongId<struct SocketTag>;`
template <class Tag>
class StrongId {
 public:
  constexpr StrongId() = default;
  constexpr explicit StrongId(std::uint64_t value) : value_(value) {}
  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
  friend constexpr auto operator<=>(StrongId, StrongId) = default;

 private:
  std::uint64_t value_ = 0;
};

}  // namespace rtcbot

template <class Tag>
struct std::hash<rtcbot::StrongId<Tag>> {
  std::size_t operator()(rtcbot::StrongId<Tag> id) const noexcept { return std::hash<std::uint64_t>{}(id.value()); }
};
