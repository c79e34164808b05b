// What the running program is told, and how it answers.
#include <cstdio>
#include <string>
#include <variant>

#include "emulator.hpp"
#include "ip_command.hpp"
#include "json_fields.hpp"

namespace rtcbot::linklab {

void Emulator::announce() {
  std::printf("{\"ready\":true,\"real_time\":%s,\"pid\":%d}\n", is_real_time_ ? "true" : "false",
              static_cast<int>(::getpid()));
  std::fflush(stdout);
  if (!is_waiting_) parts_.log.write(Timestamp{}, '-', "start", 0);
}

void Emulator::obey(const std::string& line) {
  const auto command = parse_command(line);
  if (!command) return answer_error(line, command.error().what());
  if (const auto* address = std::get_if<AddressCommand>(&*command)) {
    ip_line_ = ip_child_ == 0 ? line : ip_line_;
    if (const auto problem = carry_out(*address); !problem.empty()) answer_error(line, problem);
    return;
  }
  answer(line, std::visit([this](const auto& c) { return carry_out(c); }, *command));
}

std::string Emulator::carry_out(const OutageCommand& command) {
  for (auto* direction : {command.which.up ? &up_ : nullptr, command.which.down ? &down_ : nullptr}) {
    if (direction == nullptr) continue;
    if (command.length) {
      direction->begin_outage(now(), *command.length, command.queue);
    } else {
      direction->end_outage(now());
    }
  }
  return "";
}

std::string Emulator::carry_out(const RateCommand& command) {
  if (command.which.up) up_.set_rate(now(), command.rate);
  if (command.which.down) down_.set_rate(now(), command.rate);
  return "";
}

std::string Emulator::carry_out(const RebindCommand& command) {
  nat_.rebind(command.address);
  parts_.log.write(now(), '-', "rebind", 0);
  return "";
}

/// Its answer comes with the end of `ip`; what is returned is why there will be none.
std::string Emulator::carry_out(const AddressCommand& command) {
  if (ip_child_ != 0) return "an address is being changed already; wait for the answer";
  const auto& options = parts_.options;
  const auto child =
      start_ip(command.of_a ? options.a.netns : options.b.netns, address_lines(options.device, command.addresses));
  if (!child) return child.error().what();
  ip_child_ = *child;
  return "";
}

std::string Emulator::carry_out(const StartCommand&) {
  start();
  return "";
}

void Emulator::start() {
  is_waiting_ = false;
  const auto time = now();
  up_.restart(time);
  down_.restart(time);
  parts_.log.write(time, '-', "start", 0);
}

std::string Emulator::carry_out(const StatsCommand&) {
  parts_.log.flush();
  const auto time = now();
  up_.advance(time);
  down_.advance(time);
  return ",\"waiting\":" + std::string(is_waiting_ ? "true" : "false") +
         ",\"refused_by_nat\":" + std::to_string(nat_.refused()) + ",\"up\":" + json_of(up_.stats(time)) +
         ",\"down\":" + json_of(down_.stats(time));
}

std::string Emulator::carry_out(const QuitCommand&) {
  is_done_ = true;
  return "";
}

void Emulator::answer(const std::string& line, const std::string& fields) {
  const auto at = std::to_string(now().time_since_epoch().count());
  const auto text = "{\"command\":" + quoted_json(line) + ",\"ok\":true,\"t_us\":" + at + fields + "}\n";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void Emulator::answer_error(const std::string& line, const std::string& why) {
  const auto text = "{\"command\":" + quoted_json(line) + ",\"ok\":false,\"error\":" + quoted_json(why) + "}\n";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace rtcbot::linklab
