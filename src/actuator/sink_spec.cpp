#include "rtcbot/actuator/sink_spec.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "rtcbot/base/ascii.hpp"
#include "rtcbot/base/counted.hpp"

namespace rtcbot::actuator {
namespace {

using Settings = std::map<std::string, std::string, std::less<>>;

constexpr std::array kBaudRates = {1200,    2400,    4800,    9600,    19'200,  38'400,    57'600,
                                   115'200, 230'400, 460'800, 500'000, 921'600, 1'000'000, 2'000'000};
constexpr std::array<std::string_view, 8> kSettings = {"baud",  "write", "fields", "scale",
                                                       "begin", "read",  "names",  "delay"};

/// Command-line text for a sentence: short, and without characters that a terminal would interpret.
std::string shown_text(std::string_view text) { return std::string("'").append(excerpt(text, 40)).append("'"); }

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<Settings> settings_of(std::string_view text) {
  Settings settings;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto part = text.substr(0, end);
    const auto equals = part.find('=');
    const auto name = part.substr(0, equals);
    if (equals == std::string_view::npos || std::find(kSettings.begin(), kSettings.end(), name) == kSettings.end()) {
      return fail(
          Errc::bad_config,
          "a serial port takes baud=, write=, fields=, scale=, begin=, read=, names= and delay=, separated by &; not " +
              shown_text(part));
    }
    if (!settings.emplace(name, part.substr(equals + 1)).second) {
      return fail(Errc::bad_config, std::string(name) + "= is given twice");
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return settings;
}

std::string_view setting(const Settings& settings, std::string_view name) {
  const auto found = settings.find(name);
  return found == settings.end() ? std::string_view() : found->second;
}

Result<std::string> bytes_of(std::string_view hex) {
  std::string bytes;
  const auto wrong = fail(Errc::bad_config, "begin= is one to eight bytes as hexadecimal digits, e.g. begin=c069");
  if (hex.size() % 2 != 0 || hex.size() > 16) return wrong;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    std::uint8_t byte = 0;
    const auto read = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    if (read.ec != std::errc() || read.ptr != hex.data() + i + 2) return wrong;
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

Result<TelemetryReader> reader_of(const Settings& settings, const std::string& begin) {
  const auto format_text = setting(settings, "read");
  const auto names_text = setting(settings, "names");
  if (format_text.empty() || format_text == "json") {
    if (!names_text.empty()) return fail(Errc::bad_config, "names= names the numbers of read=, but there is no read=");
    return TelemetryLines();
  }
  auto format = StructFormat::parse(format_text);
  if (!format) return fail(format.error());
  std::vector<std::string> names;
  for (std::size_t at = 0; at < names_text.size();) {
    const auto end = std::min(names_text.find(',', at), names_text.size());
    names.emplace_back(names_text.substr(at, end - at));
    at = end + 1;
  }
  if (names.size() != format->items().size()) {
    return fail(Errc::bad_config, "read= has " + counted(format->items().size(), "number") + ", but names= has " +
                                      counted(names.size(), "name") + "; each number needs one name");
  }
  return TelemetryRecords(std::move(*format), std::move(names), begin);
}

Result<void> read_record(SerialSink& sink, const Settings& settings, const std::string& begin) {
  const auto format = setting(settings, "write");
  const auto scale_text = setting(settings, "scale");
  if (format.empty() || format == "json") {
    if (!setting(settings, "fields").empty() || !scale_text.empty()) {
      return fail(Errc::bad_config, "fields= and scale= describe the numbers of write=, but there is no write=");
    }
    return {};
  }
  std::optional<double> scale;
  if (!scale_text.empty()) {
    scale = number_of<double>(scale_text);
    if (!scale || !(*scale > 0 && *scale < 1e9)) {
      return fail(Errc::bad_config, "scale= is the number for full speed, above 0; not " + shown_text(scale_text));
    }
  }
  auto record = OutputRecord::make(format, setting(settings, "fields"), scale, begin);
  if (!record) return fail(record.error());
  sink.record = std::move(*record);
  return {};
}

Result<SinkSpec> parse_serial(std::string_view text) {
  SerialSink sink;
  const auto question = text.find('?');
  sink.path = text.substr(0, question);
  if (!sink.path.starts_with('/')) {
    return fail(Errc::bad_config, "a serial port is given as serial:/dev/ttyUSB0 or serial:/dev/ttyUSB0?baud=115200");
  }
  const auto settings = settings_of(question == std::string_view::npos ? "" : text.substr(question + 1));
  if (!settings) return fail(settings.error());
  if (const auto baud = setting(*settings, "baud"); !baud.empty()) {
    sink.baud = number_of<int>(baud).value_or(0);
    if (std::find(kBaudRates.begin(), kBaudRates.end(), sink.baud) == kBaudRates.end()) {
      return fail(Errc::bad_config,
                  "baud= is a speed of serial ports, such as 1200, 115200 or 2000000; not " + shown_text(baud));
    }
  }
  if (const auto delay = setting(*settings, "delay"); !delay.empty()) {
    const auto ms = number_of<int>(delay);
    if (!ms || *ms < 0 || *ms > 30'000) {
      return fail(Errc::bad_config, "delay= is milliseconds, up to 30000; not " + shown_text(delay));
    }
    sink.delay = std::chrono::milliseconds(*ms);
  }
  const auto begin = bytes_of(setting(*settings, "begin"));
  if (!begin) return fail(begin.error());
  if (auto read = read_record(sink, *settings, *begin); !read) return fail(read.error());
  auto reader = reader_of(*settings, *begin);
  if (!reader) return fail(reader.error());
  sink.telemetry = std::move(*reader);
  return sink;
}

Result<SinkSpec> parse_udp(std::string_view text) {
  UdpSink sink;
  const auto colon = text.rfind(':');
  auto host = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    host = {};
  }
  const auto port = colon == std::string_view::npos ? std::nullopt : number_of<std::uint16_t>(text.substr(colon + 1));
  if (host.empty() || host.size() > 255 || !port || *port == 0) {
    return fail(Errc::bad_config,
                "UDP is given as udp:HOST:PORT, e.g. udp:192.168.1.7:9000 or udp:[::1]:9000; not " + shown_text(text));
  }
  sink.host = host;
  sink.port = *port;
  return sink;
}

}  // namespace

Result<SinkSpec> parse_sink_spec(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    return fail(Errc::bad_config, "the address of an actuator contains a zero byte");
  if (text == "none") return NoSink();
  if (text == "stdout") return StandardOutputSink();
  if (text.starts_with("exec:")) {
    const auto command = text.substr(5);
    if (command.find_first_not_of(" \t") == std::string_view::npos) {
      return fail(Errc::bad_config, "exec: is followed by a command, e.g. 'exec:python3 motors.py'");
    }
    return ProgramSink{std::string(command)};
  }
  if (text.starts_with("serial:")) return parse_serial(text.substr(7));
  if (text.starts_with("udp:")) return parse_udp(text.substr(4));
  return fail(
      Errc::bad_config,
      shown_text(text) + " is not an actuator; use none, stdout, exec:COMMAND, serial:/dev/ttyUSB0 or udp:HOST:PORT");
}

}  // namespace rtcbot::actuator
