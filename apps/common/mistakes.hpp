#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace rtcbot::app {

/// A sentence for each word of the command line that the program does not know, in the order of the command line, with
/// the flag or command that was probably meant. Proposes a flag for a flag and a command for a command, and only those
/// that exist there.  @param words the command line without the program's name  @pre `app` has parsed them
[[nodiscard]] std::string unexpected_words(const CLI::App& app, const std::vector<std::string>& words);

/// The mistake on the command line or in the configuration file as a sentence, in place of CLI11's terse text.
/// @pre `app` has parsed it
[[nodiscard]] std::string sentence_of(const CLI::App& app, const CLI::ParseError& error);

}  // namespace rtcbot::app
