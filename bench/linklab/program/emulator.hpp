#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "direction.hpp"
#include "event_log.hpp"
#include "options.hpp"
#include "rtcbot/linklab/command.hpp"
#include "rtcbot/linklab/rebinding.hpp"

namespace rtcbot::linklab {

/// The loop: packets from either device into the model, what the model says is due to the other, commands, signals.
///
/// One thread, for which nothing waits; real-time if the system allows it.
class Emulator {
 public:
  struct Parts {
    Options options;
    LinkConfig up, down;
    runtime::Descriptor tun_a, tun_b;
    EventLog log;
  };

  /// Errors: `internal` when the kernel has no descriptors left.
  [[nodiscard]] static Result<void> run(Parts parts);

 private:
  explicit Emulator(Parts parts);

  Result<void> open();
  void loop();
  [[nodiscard]] Timestamp now() const;
  void advance();
  void arm_timer();
  void handle(int descriptor);
  void read_packets(bool from_a);
  void accept(bool from_a, std::span<std::uint8_t> packet);
  [[nodiscard]] bool deliver_to_b(std::span<std::uint8_t> packet);
  [[nodiscard]] bool deliver_to_a(std::span<std::uint8_t> packet);
  void read_commands();
  void read_signals();
  void reap();
  void obey(const std::string& line);
  void start();
  void announce();

  // An answer to each of them, or none when it comes later.
  std::string carry_out(const OutageCommand& command);
  std::string carry_out(const RateCommand& command);
  std::string carry_out(const RebindCommand& command);
  std::string carry_out(const AddressCommand& command);
  std::string carry_out(const StartCommand& command);
  std::string carry_out(const StatsCommand& command);
  std::string carry_out(const QuitCommand& command);
  void answer(const std::string& line, const std::string& fields);
  void answer_error(const std::string& line, const std::string& why);

  Parts parts_;
  Direction up_;
  Direction down_;
  Rebinding nat_;
  runtime::Descriptor epoll_, timer_, signals_;
  std::int64_t epoch_us_;
  Timestamp armed_ = kNever;
  bool is_waiting_;
  bool is_real_time_ = false;
  bool is_done_ = false;
  std::string input_;    ///< An incomplete line.
  pid_t ip_child_ = 0;   ///< Changing addresses; zero: none.
  std::string ip_line_;  ///< The command that asked for it.
};

}  // namespace rtcbot::linklab
