#include "common/mistakes.hpp"

#include <algorithm>
#include <utility>

#include "common/nearest.hpp"
#include "rtcbot/base/ascii.hpp"

namespace rtcbot::app {
namespace {

/// The program and the commands that were given, the innermost last.
std::vector<const CLI::App*> commands_in(const CLI::App& app) {
  std::vector<const CLI::App*> chain{&app};
  while (!chain.back()->get_subcommands().empty()) chain.push_back(chain.back()->get_subcommands().back());
  return chain;
}

std::string name_of(const std::vector<const CLI::App*>& chain) {
  std::string name;
  for (const auto* each : chain) name.append(name.empty() ? "" : " ").append(each->get_name());
  return name;
}

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const auto* option : command.get_options()) {
    if (option->get_group().empty()) continue;
    for (const auto& name : option->get_lnames()) flags.push_back(std::string("--").append(name));
  }
  return flags;
}

std::vector<std::string> subcommands_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* each : command.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(each->get_name());
  }
  return names;
}

/// The nearest flag of the innermost command that has one: it accepts those of the outer ones too.
std::string nearest_flag(const std::string& word, const std::vector<const CLI::App*>& chain) {
  for (auto command = chain.rbegin(); command != chain.rend(); ++command) {
    auto near = nearest(word.substr(0, word.find('=')), flags_of(**command));
    if (!near.empty()) return near;
    if (!(*command)->get_fallthrough()) break;
  }
  return {};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string flag_sentence(const std::string& word, const std::vector<const CLI::App*>& chain) {
  return printable(word.substr(0, word.find('='))) + " is not a flag of " + name_of(chain) +
         did_you_mean(nearest_flag(word, chain));
}

std::string word_sentence(const std::string& word, const std::vector<const CLI::App*>& chain) {
  const auto known = subcommands_of(*chain.back());
  const std::string quoted = std::string("'").append(printable(word)).append("'");
  if (known.empty()) return quoted + " is not expected by " + name_of(chain);
  return quoted + " is not a command of " + name_of(chain) +
         did_you_mean(nearest(word, known), "; it has: " + joined(known));
}

bool is_flag(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

}  // namespace

std::string unexpected_words(const CLI::App& app, const std::vector<std::string>& words) {
  auto unknown = app.remaining(true);
  const auto chain = commands_in(app);
  std::string text;
  bool explains_next = false;  // an unknown flag or command before, of which this may be the value
  for (const auto& word : words) {
    const auto found = std::find(unknown.begin(), unknown.end(), word);
    if (found == unknown.end()) {
      explains_next = false;
      continue;
    }
    unknown.erase(found);
    if (!is_flag(word) && explains_next) continue;
    explains_next = is_flag(word) || !subcommands_of(*chain.back()).empty();
    text.append(is_flag(word) ? flag_sentence(word, chain) : word_sentence(word, chain)).append("\n");
  }
  return text;
}

namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// "Could not convert: --flag = value", and what else CLI11 says of the value of a flag that takes none.
std::string flag_value_sentence(const std::string& text) {
  const auto name = text.find("--");
  const auto equals = text.find(" = ");
  if (name == std::string::npos || equals == std::string::npos || equals < name) return text;
  return text.substr(name, equals - name) + ": '" + printable(text.substr(equals + 3)) +
         "' is not possible; it takes no value, or true or false";
}

std::string count_sentence(const std::string& text) {
  const std::string name = text.substr(0, text.find(':'));
  return name + (contains(text, "At Most") ? " may be given only once" : " needs a value");
}

std::string required_sentence(const CLI::App& app, const std::string& text) {
  const auto chain = commands_in(app);
  if (!contains(text, "ubcommand")) return name_of(chain) + ": " + text;
  return name_of(chain) + " needs a command: " + joined(subcommands_of(*chain.back()));
}

}  // namespace

std::string sentence_of(const CLI::App& app, const CLI::ParseError& error) {
  const std::string text = error.what();
  const std::string& kind = error.get_name();
  if (kind == "ArgumentMismatch") return count_sentence(text);
  if (kind == "ConversionError") return flag_value_sentence(text);
  if (kind == "RequiredError") return required_sentence(app, text);
  if (kind == "FileError")
    return "--config: '" + app.get_config_ptr()->as<std::string>() + "' cannot be read; does it exist?";
  return text;
}

}  // namespace rtcbot::app
