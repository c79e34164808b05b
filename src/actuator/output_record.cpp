#include "rtcbot/actuator/output_record.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

#include "rtcbot/base/counted.hpp"

namespace rtcbot::actuator {
namespace {

/// The number after `word` in `name`, below `end`.
std::optional<std::size_t> numbered(std::string_view name, std::string_view word, std::size_t end) {
  if (!name.starts_with(word)) return std::nullopt;
  const auto digits = name.substr(word.size());
  std::size_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || number >= end) return std::nullopt;
  return number;
}

/// Maps -1 to 1 to the item's range.
double spread(double value, double scale, const StructFormat::Item& item) {
  return item.is_signed() ? value * scale : (value + 1) / 2 * scale;
}

/// The low bits that fit into the item.
double low_bits(std::uint32_t bits, const StructFormat::Item& item) {
  if (item.is_floating() || item.size >= sizeof bits) return bits;
  const std::uint32_t mask =
      item.type == '?' ? 1U : (std::uint32_t{1} << (8 * item.size - (item.is_signed() ? 1 : 0))) - 1;
  return bits & mask;
}

}  // namespace

Result<OutputRecord> OutputRecord::make(std::string_view format, std::string_view fields, std::optional<double> scale,
                                        std::string begin) {
  OutputRecord made;
  auto parsed = StructFormat::parse(format);
  if (!parsed) return fail(parsed.error());
  made.format_ = std::move(*parsed);
  made.scale_ = scale;
  made.begin_ = std::move(begin);
  if (fields.empty()) {
    made.fields_ = fields_of(made.format_);
    return made;
  }
  while (true) {
    const auto comma = fields.find(',');
    const auto field = field_of(fields.substr(0, comma));
    if (!field) return fail(field.error());
    made.fields_.push_back(*field);
    if (comma == std::string_view::npos) break;
    fields.remove_prefix(comma + 1);
  }
  if (made.fields_.size() != made.format_.items().size()) {
    return fail(Errc::bad_config, "the struct has " + counted(made.format_.items().size(), "number") +
                                      ", but fields= names " + std::to_string(made.fields_.size()));
  }
  return made;
}

Result<OutputRecord::Field> OutputRecord::field_of(std::string_view name) {
  using Kind = Field::Kind;
  static constexpr std::pair<std::string_view, Kind> kNames[] = {{"left", Kind::left},   {"right", Kind::right},
                                                                 {"speed", Kind::speed}, {"moving", Kind::moving},
                                                                 {"why", Kind::why},     {"buttons", Kind::buttons}};
  for (const auto& [known, kind] : kNames) {
    if (name == known) return Field{kind, 0};
  }
  if (const auto index = numbered(name, "axis", safety::Controls::kMaxAxes)) return Field{Kind::axis, *index};
  if (const auto index = numbered(name, "button", 32)) return Field{Kind::button, *index};
  return fail(Errc::bad_config,
              "fields= takes axis0 to axis7, left, right, speed, moving, why, buttons and button0 to button31, "
              "separated by commas");
}

std::vector<OutputRecord::Field> OutputRecord::fields_of(const StructFormat& format) {
  std::vector<Field> fields;
  std::size_t axis = 0;
  for (const auto& item : format.items()) {
    if (item.type == '?') {
      fields.push_back({Field::Kind::moving, 0});
    } else if (item.is_signed()) {
      fields.push_back({Field::Kind::axis, std::min(axis++, safety::Controls::kMaxAxes - 1)});
    } else {
      fields.push_back({Field::Kind::buttons, 0});
    }
  }
  return fields;
}

double OutputRecord::number_of(const safety::Output& output, Field field, const StructFormat::Item& item) const {
  const auto& controls = output.controls;
  const double scale = scale_.value_or(item.most);
  switch (field.kind) {
    case Field::Kind::axis: return spread(controls.axis[field.index], scale, item);
    case Field::Kind::left: return spread(std::clamp(controls.axis[1] + controls.axis[0], -1.0, 1.0), scale, item);
    case Field::Kind::right: return spread(std::clamp(controls.axis[1] - controls.axis[0], -1.0, 1.0), scale, item);
    case Field::Kind::speed: return output.speed * scale;
    case Field::Kind::moving: return output.moving() ? 1 : 0;
    case Field::Kind::why: return static_cast<double>(output.why);
    case Field::Kind::buttons: return low_bits(controls.buttons, item);
    case Field::Kind::button: return (controls.buttons >> field.index) & 1U;
  }
  return 0;
}

std::string OutputRecord::pack(const safety::Output& output) const {
  std::vector<std::uint8_t> record(format_.size());
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto& item = format_.items()[i];
    format_.put(record, item, number_of(output, fields_[i], item));
  }
  return begin_ + std::string(record.begin(), record.end());
}

}  // namespace rtcbot::actuator
