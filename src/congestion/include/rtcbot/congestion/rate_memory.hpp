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

/// What the connections found out of the path, for the next one to begin with: a page that dials again must not wait
/// for the picture to become good a second time.
///
/// They share one way out, so the best of those that were there together counts: whoever is far away, or behind a poor
/// radio of his own, says less about it. Another way out is another radio, of which little is known.
/// Pure. Not thread-safe.
class RateMemory {
 public:
  struct Config {
    Duration fresh{120'000'000};    ///< For how long an estimate is worth more than the configured start.
    Duration together{10'000'000};  ///< Estimates that are no further apart are of connections of the same time.
    double caution = 0.75;          ///< Share of it that is taken: the radio has moved on since.
    double other_way = 0.5;         ///< The same after a change of the way out; then never more than configured.
  };
  /// Who has found it out: a connection.
  using Source = std::uint64_t;
  static constexpr std::size_t kMostSources = 64;

  RateMemory() : RateMemory(Config{}) {}
  explicit RateMemory(Config config) : config_(config) {}

  /// A name for one more connection.
  [[nodiscard]] Source enter() { return ++last_source_; }

  /// The interface by which all go from now on. What those who are there say in the next moments, they have still found
  /// by the old one.
  void set_way(Timestamp now, std::string way) {
    if (way == way_) return;
    way_ = std::move(way);
    moved_at_ = now;
    moved_ = last_source_;
  }

  /// The newest of each source counts. To be told now and again, not at its end only: who stays is known by this.
  void remember(Timestamp now, Source source, DataRate estimate) {
    if (source <= moved_ && now - moved_at_ < config_.together) return;
    std::erase_if(found_, [&](const auto& each) { return now - each.second.at > config_.fresh; });
    if (found_.size() >= kMostSources && !found_.contains(source)) found_.erase(oldest());
    found_.insert_or_assign(source, Found{now, estimate, way_});
  }

  /// The rate to begin with: from the best of the last estimates of this way while they are fresh, carefully from those
  /// of another one, otherwise `configured`.
  [[nodiscard]] DataRate start(Timestamp now, DataRate configured) const {
    if (const auto best = best_of(now, true)) return *best * config_.caution;
    if (const auto best = best_of(now, false)) return std::min(configured, *best * config_.other_way);
    return configured;
  }

 private:
  struct Found {
    Timestamp at;
    DataRate estimate;
    std::string way;
  };
  using All = std::map<Source, Found>;

  [[nodiscard]] All::const_iterator oldest() const {
    return std::min_element(found_.begin(), found_.end(),
                            [](const auto& a, const auto& b) { return a.second.at < b.second.at; });
  }

  /// Of those who were there together last.
  [[nodiscard]] std::optional<DataRate> best_of(Timestamp now, bool of_this_way) const {
    std::optional<Timestamp> newest;
    const auto counts = [&](const Found& found) {
      return (found.way == way_) == of_this_way && now - found.at <= config_.fresh;
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
  std::string way_;
  Timestamp moved_at_;
  Source moved_ = 0;  ///< They and those before them were there when the way changed.
  All found_;
  Source last_source_ = 0;
};

}  // namespace rtcbot::congestion
