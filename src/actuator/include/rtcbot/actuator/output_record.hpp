#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/actuator/struct_format.hpp"
#include "rtcbot/safety/command.hpp"

namespace rtcbot::actuator {

/// What the actuators get as a record of bytes: which number of it means what. A value; pure.
///
/// | field | what | as a whole number |
/// |---|---|---|
/// | `axis0` to `axis7` | -1 to 1 | times `scale`; without a sign, 0 is full speed back and the middle is standing |
/// | `left`, `right` | of two motors: second axis plus, and minus, the first; -1 to 1 | likewise |
/// | `speed` | 0 to 1 | times `scale` |
/// | `moving` | 1 while the driver's command is what the actuators get | as it is |
/// | `why` | `StopReason` by number, 0: none | as it is |
/// | `buttons` | all of them, as many low bits as there is room for | as it is |
/// | `button0` to `button31` | 1: pressed | as it is |
class OutputRecord {
 public:
  /// `fields` with commas between them, as many as the format has numbers; empty: axes in order where a number has a
  /// sign or a fraction, the buttons where it has none, and `moving` for '?'. `scale`: what full speed is; empty: the
  /// most that the number holds (1 of f and d). `begin`: bytes before each record.  Errors: bad_config.
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
