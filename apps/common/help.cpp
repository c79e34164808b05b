#include "common/help.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace rtcbot::app {
namespace {

constexpr std::size_t kColumn = 30;  ///< CLI11 begins descriptions there.
constexpr std::size_t kMinWidth = 60, kMaxWidth = 120;

/// 0 if standard output is not a terminal.
std::size_t terminal_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 0;
  return std::clamp<std::size_t>(size.ws_col, kMinWidth, kMaxWidth);
}

/// The number of UTF-8 characters.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

class WrappingFormatter : public CLI::Formatter {
 public:
  explicit WrappingFormatter(std::size_t width) : width_(width) {}
  std::string make_option_desc(const CLI::Option* option) const override {
    return wrapped(CLI::Formatter::make_option_desc(option), width_ - kColumn);
  }

 private:
  const std::size_t width_;
};

void set_formatter(CLI::App& app, const std::shared_ptr<WrappingFormatter>& formatter) {
  app.formatter(formatter);
  for (auto* command : app.get_subcommands([](const CLI::App*) { return true; })) set_formatter(*command, formatter);
}

}  // namespace

std::string wrapped(const std::string& text, std::size_t width) {
  std::string result;
  std::size_t used = 0;  // of the line
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    const std::string_view word(text.data() + at, end - at);
    const std::size_t length = length_of(word);
    const bool fits = used == 0 || used + 1 + length <= width;
    if (used > 0) result += fits ? ' ' : '\n';
    result += word;
    used = fits && used > 0 ? used + 1 + length : length;
    at = end + 1;
  }
  return result;
}

void wrap_help(CLI::App& app) {
  const std::size_t width = terminal_width();
  if (width > 0) set_formatter(app, std::make_shared<WrappingFormatter>(width));
}

}  // namespace rtcbot::app
