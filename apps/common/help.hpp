#pragma once

#include <cstddef>
#include <string>

#include <CLI/CLI.hpp>

namespace rtcbot::app {

/// `text` with line breaks between words, so that no line has more than `width` characters, longer words excepted.
/// Counts characters, not bytes. Pure.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t width);

/// Wraps the help of the program and of its commands to the width of the terminal, if standard output is one.
void wrap_help(CLI::App& app);

}  // namespace rtcbot::app
