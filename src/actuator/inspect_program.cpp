#include "inspect_program.hpp"

#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace rtcbot::actuator {
namespace {

namespace fs = std::filesystem;

Inspection works(std::string found) { return {.works = true, .found = std::move(found)}; }
Inspection broken(std::string found, std::string remedy) { return {false, std::move(found), std::move(remedy)}; }

std::vector<std::string> words_of(const std::string& text, const char* separators) {
  std::vector<std::string> words;
  for (std::size_t at = text.find_first_not_of(separators); at != std::string::npos;
       at = text.find_first_not_of(separators, at)) {
    const auto end = std::min(text.find_first_of(separators, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

/// The words of a command; empty if only a shell can interpret it.
std::vector<std::string> plain_words(const std::string& command) {
  const bool needs_shell = command.find_first_of("$`'\"\\;&|<>(){}=*?~#\n") != std::string::npos;
  return needs_shell ? std::vector<std::string>() : words_of(command, " ");
}

/// Where the shell finds a name without '/'; empty if nowhere. Like the shell it prefers what is executable.
fs::path in_search_path(const std::string& name) {
  const char* variable = std::getenv("PATH");
  std::string_view folders = variable != nullptr ? variable : "/usr/local/bin:/usr/bin:/bin";
  fs::path second_best;
  std::error_code ignored;
  while (!folders.empty()) {
    const auto folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folder.size() + 1, folders.size()));
    const fs::path path = fs::path(folder) / name;
    if (!fs::is_regular_file(path, ignored)) continue;
    if (::access(path.c_str(), X_OK) == 0) return path;
    if (second_best.empty()) second_best = path;
  }
  return second_best;
}

bool is_built_in(const std::string& name) {
  constexpr std::array<std::string_view, 12> kBuiltIn{":",    "[",    "cd",  "echo", "eval", "exec",
                                                      "exit", "read", "set", "test", "true", "wait"};
  return std::find(kBuiltIn.begin(), kBuiltIn.end(), name) != kBuiltIn.end();
}

std::string quoted(const std::string& text) { return std::string("'").append(text).append("'"); }

/// What a file begins with; at most a line of an interpreter.
std::string start_of(const fs::path& path) {
  std::string text(256, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

/// Whether an ELF file is for this processor; nothing for other files.
std::optional<bool> is_of_this_processor(const std::string& start) {
  constexpr std::size_t kNeeded = EI_NIDENT + 4;
  if (!start.starts_with(ELFMAG)) return std::nullopt;
  const std::string self = start_of("/proc/self/exe");
  if (start.size() < kNeeded || self.size() < kNeeded) return std::nullopt;
  // Class and machine.
  return start[EI_CLASS] == self[EI_CLASS] && start.compare(EI_NIDENT + 2, 2, self, EI_NIDENT + 2, 2) == 0;
}

/// The words of the line "#!INTERPRETER ARGUMENT"; empty without such a line.
std::vector<std::string> interpreter_line(const std::string& start) {
  if (!start.starts_with("#!")) return {};
  return words_of(start.substr(2, start.find('\n') - 2), " \t");
}

/// The fault of a script's interpreter.
std::optional<Inspection> fault_of_interpreter(const std::string& program, const fs::path& path,
                                               const std::vector<std::string>& line) {
  if (line.empty()) return std::nullopt;
  if (line.back().ends_with('\r')) {
    return broken(
        "the first line of " + quoted(program) + " ends like a line of Windows, so that its interpreter is not found",
        "Convert the file: sed -i 's/\\r$//' " + path.string());
  }
  const bool is_env = fs::path(line.front()).filename() == "env" && line.size() > 1 && !line[1].starts_with('-');
  const std::string& name = is_env ? line[1] : line.front();
  std::error_code ignored;
  const bool exists = is_env ? !in_search_path(name).empty() : fs::is_regular_file(name, ignored);
  if (exists) return std::nullopt;
  return broken("the interpreter of " + quoted(program) + ", " + quoted(name) + ", does not exist on this machine",
                "Install it, or correct the first line of " + path.string() + ".");
}

Inspection fault_of_missing(const std::string& program) {
  if (program.find('/') == std::string::npos) {
    return broken("the program " + quoted(program) + " does not exist on this machine",
                  "Install it, or write its whole path, e.g. exec:/home/pi/" + program + ".");
  }
  std::error_code ignored;
  const std::string from = program.starts_with('/') ? "" : " from the folder " + fs::current_path(ignored).string();
  return broken(
      "the program " + quoted(program) + " does not exist" + from,
      program.starts_with('/') ? "Check the path." : "Write its whole path; a service starts in the folder /.");
}

/// `path` exists.
Inspection inspect_file(const std::string& program, const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return broken(quoted(program) + " is a folder, not a program", "Name the program in it.");
  }
  const std::string start = start_of(path);
  if (::access(path.c_str(), X_OK) != 0) {
    return broken("the program " + quoted(program) + " is not executable",
                  "Make it executable: chmod +x " + path.string() + ", or name its interpreter, e.g. exec:python3 " +
                      path.string() + ".");
  }
  if (is_of_this_processor(start) == false) {
    return broken("the program " + quoted(program) + " is built for another processor",
                  "Build or install it for this one.");
  }
  if (auto fault = fault_of_interpreter(program, path, interpreter_line(start))) return *fault;
  return works("the program " + program + " exists");
}

/// The fault of a script that is named after its interpreter, as in "python3 motors.py".
std::optional<Inspection> fault_of_script(const std::vector<std::string>& words) {
  constexpr std::array<std::string_view, 6> kInterpreters{"python", "sh", "bash", "node", "perl", "ruby"};
  std::string name = fs::path(words.front()).filename();
  name.resize(std::min(name.find_last_not_of("0123456789.") + 1, name.size()));
  const bool takes_script = std::find(kInterpreters.begin(), kInterpreters.end(), name) != kInterpreters.end();
  if (!takes_script || words.size() < 2 || words[1].starts_with('-')) return std::nullopt;
  std::error_code ignored;
  if (fs::is_regular_file(words[1], ignored)) return std::nullopt;
  return fault_of_missing(words[1].find('/') == std::string::npos ? "./" + words[1] : words[1]);
}

}  // namespace

Inspection inspect_program(const std::string& command) {
  const auto words = plain_words(command);
  if (words.empty()) return works("is run by the shell when the robot starts");
  const std::string& program = words.front();
  if (is_built_in(program)) return works("is run by the shell");
  std::error_code ignored;
  const bool has_path = program.find('/') != std::string::npos;
  const fs::path path = has_path ? fs::path(program) : in_search_path(program);
  if (path.empty() || !fs::exists(path, ignored)) return fault_of_missing(program);
  auto inspected = inspect_file(program, path);
  if (!inspected.works) return inspected;
  return fault_of_script(words).value_or(inspected);
}

}  // namespace rtcbot::actuator
