#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "rtcbot/base/error.hpp"

namespace rtcbot {

/// A value, or the reason why there is none. `std::expected` once the compilers of Debian stable have it in C++20 mode.
template <class T>
using Result = tl::expected<T, Error>;

/// The failing half of a `Result`: `return fail(Errc::timeout, "no answer within 10 s");`
[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, const std::string& message) {
  return tl::unexpected<Error>(Error(code, message));
}

/// Passes an error on: `if (!x) return fail(x.error());`
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

/// The value, or the error thrown: how the public API turns a `Result` into an exception.
template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw Error(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace rtcbot
