#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "rtcbot/base/error.hpp"

namespace rtcbot {

/// A value or an error. To be replaced by `std::expected` once Debian stable's compilers provide it in C++20 mode.
template <class T>
using Result = tl::expected<T, Error>;

/// Makes a failed `Result`: `return fail(Errc::timeout, "no answer within 10 s");`
[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, const std::string& message) {
  return tl::unexpected<Error>(Error(code, message));
}

/// Propagates an error: `if (!x) return fail(x.error());`
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

/// Returns the value or throws the error. The public API uses it to turn a `Result` into an exception.
template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw Error(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace rtcbot
