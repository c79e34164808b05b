#include "rtcbot/congestion/data_budget.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "seconds.hpp"

namespace rtcbot::congestion {

namespace {

struct Unit {
  std::string_view name;
  double value;
};

constexpr std::array<Unit, 8> kSizes{{{"kB", 1e3},
                                      {"MB", 1e6},
                                      {"GB", 1e9},
                                      {"TB", 1e12},
                                      {"KiB", 1024.0},
                                      {"MiB", 1048576.0},
                                      {"GiB", 1073741824.0},
                                      {"TiB", 1099511627776.0}}};
constexpr double kDay = 86'400;
/// In seconds; zero means no period.
constexpr std::array<Unit, 6> kPeriods{
    {{"min", 60}, {"h", 3'600}, {"day", kDay}, {"week", 7 * kDay}, {"month", 30 * kDay}, {"total", 0}}};
/// Bytes are integers: shorter steps would lose too much by rounding.
constexpr Duration kRefillStep = std::chrono::seconds(1);
constexpr double kSmallest = 1e6;
constexpr double kLargest = 1e14;
constexpr std::size_t kMaxInterface = 15;
/// Percentage of the capacity by which the use must fall below a mark before it can be reached again.
constexpr int kMarkGap = 10;

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

template <std::size_t count>
std::optional<double> value_of(const std::array<Unit, count>& units, std::string_view name) {
  const auto found = std::find_if(units.begin(), units.end(), [&](const Unit& unit) { return unit.name == name; });
  return found == units.end() ? std::nullopt : std::optional(found->value);
}

Error malformed(std::string_view text, const std::string& why) {
  return {Errc::bad_config, "write a data budget as 500MB/h, 2GB/day, 10GB/month or 5GB/total; '" + std::string(text) +
                                "' is wrong: " + why};
}

}  // namespace

Result<DataAllowance> parse_data_allowance(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return fail(malformed(text, "it has no '/' with a time"));
  const std::string_view amount = trim(text.substr(0, slash));
  double number = 0;
  const auto [end, error] =
      std::from_chars(amount.data(), amount.data() + amount.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number)) return fail(malformed(text, "it does not begin with a number"));
  const std::string_view size_name = trim(amount.substr(static_cast<std::size_t>(end - amount.data())));
  const std::string_view period_name = trim(text.substr(slash + 1));
  const auto unit = value_of(kSizes, size_name);
  if (!unit) {
    return fail(malformed(text, std::string("'").append(size_name) + "' is not kB, MB, GB, TB, KiB, MiB, GiB or TiB"));
  }
  const auto seconds = value_of(kPeriods, period_name);
  if (!seconds) {
    return fail(malformed(text, std::string("'").append(period_name) + "' is not min, h, day, week, month or total"));
  }
  const double bytes = number * *unit;
  if (bytes < kSmallest || bytes > kLargest) return fail(malformed(text, "it must be from 1 MB to 100 TB"));
  DataAllowance allowance{.size = DataSize::bytes(std::llround(bytes))};
  if (*seconds > 0) allowance.period = std::chrono::seconds(std::llround(*seconds));
  return allowance;
}

Result<DataBudgetSpec> parse_data_budget(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view name = equals == std::string_view::npos ? std::string_view() : trim(text.substr(0, equals));
  // The rules of the Linux kernel for interface names.
  const bool is_name =
      !name.empty() && name.size() <= kMaxInterface && name != "." && name != ".." &&
      std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != ':'; });
  if (equals != std::string_view::npos && !is_name) {
    return fail(Errc::bad_config, "write a data budget of one interface as wwan0=500MB/h; '" + std::string(name) +
                                      "' in '" + std::string(text) + "' is not the name of an interface");
  }
  const auto allowance = parse_data_allowance(equals == std::string_view::npos ? text : text.substr(equals + 1));
  if (!allowance) return fail(allowance.error());
  return DataBudgetSpec{std::string(name), *allowance};
}

DataBudget::DataBudget(Timestamp now, Config config)
    : config_(config), capacity_(config.allowance.size), horizon_(config.horizon), filled_at_(now) {
  if (config.allowance.period) {
    capacity_ = DataSize::bytes(config.allowance.size.bytes() / 2);
    // In floating point: a petabyte in bits, times microseconds, exceeds 63 bits.
    const double period = seconds(*config.allowance.period);
    refill_ = DataRate::bits_per_second(std::llround(static_cast<double>(capacity_.bytes()) * 8 / period));
    horizon_ = std::min(horizon_, *config.allowance.period / 4);
  }
  left_ = capacity_;
}

void DataBudget::restore(Timestamp now, DataSize left, Duration ago) {
  left_ = std::min(left, capacity_);
  // A clock may have been set back and a file may be old; a time beyond the period has no further effect.
  const Duration longest = config_.allowance.period.value_or(Duration::zero()) * 2;
  filled_at_ = now - std::clamp(ago, Duration::zero(), longest);
  refill_to(now);
}

void DataBudget::refill_to(Timestamp now) {
  if (now - filled_at_ < kRefillStep) return;
  left_ = std::min(left_ + refill_ * (now - filled_at_), capacity_);
  filled_at_ = now;
}

void DataBudget::use(Timestamp now, DataSize size) {
  refill_to(now);
  left_ -= size;
}

DataSize DataBudget::left(Timestamp now) {
  refill_to(now);
  return left_;
}

DataRate DataBudget::cap(Timestamp now) {
  refill_to(now);
  const double left_bits = static_cast<double>(std::max(left_, DataSize()).bytes()) * 8;
  const double rate = left_bits / seconds(horizon_);
  const double wanted = rate + static_cast<double>(left_ > DataSize() ? refill_.bits_per_second() : 0);
  const double most = static_cast<double>(config_.most.bits_per_second());
  return std::max(config_.floor, DataRate::bits_per_second(std::llround(std::min(wanted, most))));
}

std::optional<int> DataBudget::take_mark(Timestamp now) {
  refill_to(now);
  const double used = 100.0 * static_cast<double>((capacity_ - left_).bytes()) / static_cast<double>(capacity_.bytes());
  int reached = 0;
  for (const int mark : {50, 80, 100}) {
    if (used >= mark) reached = mark;
  }
  if (reached > mark_) {
    mark_ = reached;
    return reached;
  }
  if (used < mark_ - kMarkGap) mark_ = reached;
  return std::nullopt;
}

}  // namespace rtcbot::congestion
