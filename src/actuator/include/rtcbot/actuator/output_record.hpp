#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/actuator/struct_format.hpp"
#include "rtcbot/safety/command.hpp"

namespace rtcbot::actuator {

/// An output as a record of bytes: assigns a meaning to each number. A value; pure.
///
/// | field | value | as a whole number |
/// |---|---|---|
/// | `axis0` to `axis7` | -1 to 1 | times `scale`; unsigned: 0 is full speed back, the middle is stop |
/// | `left`, `right` | of two motors: second axis plus, and minus, the first; -1 to 1 | likewise |
/// | `speed` | 0 to 1 | times `scale` |
/// | `moving` | 1 while the actuators get the driver's command | unchanged |
/// | `why` | `StopReason` as a number, 0: none | unchanged |
/// | `buttons` | all buttons, as many low bits as fit | unchanged |
/// | `button0` to `button31` | 1: pressed | unchanged |
class OutputRecord {
 public:
  /// `fields`: names separated by commas, as many as the format has numbers. Empty: axes in order for signed and
  /// floating numbers, the buttons for unsigned ones, `moving` for '?'. `scale`: the value of full speed; empty: the
  /// greatest value of the number (1 for f and d). `begin`: bytes before each record.  Errors: bad_config.
  [[nodiscard]] static Result<OutputRecord> make(std::string_view format, std::string_view fields,
                                                 std::optional<double> scale, std::string begin);

  [[nodiscard]] std::string pack(const safety::Output& output) const;

 private:
  struct Field {
    enum class Kind { axis, left, right, speed, moving, why, buttons, button } kind = Kind::axis;
    std::size_t index = 0;
  };
  [[nodiscard]] static Result<Field> field_of(std::string_view name);
  [[nodiscard]] static std::vector<Field> fields_of(const StructFormat& format);
  [[nodiscard]] double number_of(const safety::Output& output, Field field, const StructFormat::Item& item) const;

  StructFormat format_;
  std::vector<Field> fields_;
  std::optional<double> scale_;
  std::string begin_;
};

}  // namespace rtcbot::actuator
