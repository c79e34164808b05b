#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// Stores the connections' bandwidth estimates as start value for the next connection, so that after a reconnect the
/// picture is good immediately.
///
/// All connections share one outgoing interface, so the best of the simultaneous estimates counts: a distant viewer, or
/// one with a poor radio link, reveals less about it. After a change of the interface little is known about the new
/// one.
class EstimateCache {
 public:
  struct Config {
    Duration fresh{120'000'000};    ///< How long an estimate is preferred to the configured start.
    Duration together{10'000'000};  ///< Estimates within this time count as simultaneous.
    double caution = 0.75;          ///< Share of the estimate that is used, because radio conditions change.
    double other_egress = 0.5;      ///< The same after a change of the interface; then never more than configured.
  };
  /// The connection that an estimate comes from.
  using Source = std::uint64_t;
  static constexpr std::size_t kMaxSources = 64;

  EstimateCache() : EstimateCache(Config{}) {}
  explicit EstimateCache(Config config) : config_(config) {}

  /// Returns an id for a new connection.
  [[nodiscard]] Source enter() { return ++last_source_; }

  /// Sets the outgoing interface (for example "wwan0"). For a moment, estimates of existing connections are ignored,
  /// because they were learned on the old interface.
  void set_egress(Timestamp now, std::string egress) {
    if (egress == egress_) return;
    egress_ = std::move(egress);
    moved_at_ = now;
    moved_ = last_source_;
  }

  /// Stores a connection's newest estimate. Call it repeatedly, not only at the connection's end, so that connections
  /// that persist count as present.
  void remember(Timestamp now, Source source, DataRate estimate) {
    if (source <= moved_ && now - moved_at_ < config_.together) return;
    std::erase_if(found_, [&](const auto& each) { return now - each.second.at > config_.fresh; });
    if (found_.size() >= kMaxSources && !found_.contains(source)) found_.erase(oldest());
    found_.insert_or_assign(source, Found{now, estimate, egress_});
  }

  /// Returns the start rate: based on the best recent estimate on this interface, otherwise with a safety margin on
  /// those of another interface, otherwise `configured`.
  [[nodiscard]] DataRate start(Timestamp now, DataRate configured) const {
    if (const auto best = best_of(now, true)) return *best * config_.caution;
    if (const auto best = best_of(now, false)) return std::min(configured, *best * config_.other_egress);
    return configured;
  }

 private:
  struct Found {
    Timestamp at;
    DataRate estimate;
    std::string egress;
  };
  using All = std::map<Source, Found>;

  [[nodiscard]] All::const_iterator oldest() const {
    return std::min_element(found_.begin(), found_.end(),
                            [](const auto& a, const auto& b) { return a.second.at < b.second.at; });
  }

  /// The best of the most recent simultaneous estimates.
  [[nodiscard]] std::optional<DataRate> best_of(Timestamp now, bool of_this_egress) const {
    std::optional<Timestamp> newest;
    const auto counts = [&](const Found& found) {
      return (found.egress == egress_) == of_this_egress && now - found.at <= config_.fresh;
    };
    for (const auto& [source, found] : found_) {
      if (counts(found) && (!newest || found.at > *newest)) newest = found.at;
    }
    std::optional<DataRate> best;
    for (const auto& [source, found] : found_) {
      if (counts(found) && *newest - found.at <= config_.together) best = std::max(best, std::optional(found.estimate));
    }
    return best;
  }

  Config config_;
  std::string egress_;
  Timestamp moved_at_;
  Source moved_ = 0;  ///< Connections up to this one existed when the interface changed.
  All found_;
  Source last_source_ = 0;
};

}  // namespace rtcbot::congestion
