#include "rtcbot/linklab/link_config.hpp"

#include <algorithm>
#include <string>

namespace rtcbot::linklab {
namespace {

bool is_probability(double p) { return p >= 0 && p <= 1; }

bool is_rate(DataRate rate) { return rate.bits_per_second() >= 0 && rate.bits_per_second() <= 100'000'000'000; }

}  // namespace

double GilbertElliott::mean_loss() const {
  const double changes = good_to_bad + bad_to_good;
  const double bad = changes > 0 ? good_to_bad / changes : 0;
  return bad * loss_in_bad + (1 - bad) * loss_in_good;
}

Result<void> validate(const LinkConfig& config) {
  const auto& loss = config.loss;
  if (!is_rate(config.rate) ||
      !std::all_of(config.steps.begin(), config.steps.end(), [](const RateStep& step) { return is_rate(step.rate); })) {
    return fail(Errc::bad_config, "the rate of a link is from 0 to 100 Gbit/s");
  }
  if (!(config.rate_scale > 0 && config.rate_scale <= 1000)) {
    return fail(Errc::bad_config, "a link's rate is scaled by more than 0 and at most 1000");
  }
  if (!std::is_sorted(config.steps.begin(), config.steps.end(),
                      [](const RateStep& a, const RateStep& b) { return a.at < b.at; }) ||
      (!config.steps.empty() && config.steps.front().at < Duration::zero())) {
    return fail(Errc::bad_config, "the steps of a link's rate must ascend in time, from zero");
  }
  if (config.delay < Duration::zero() || config.reordering.extra_delay < Duration::zero()) {
    return fail(Errc::bad_config, "the delays of a link are zero or more");
  }
  if (config.queue_limit <= DataSize()) return fail(Errc::bad_config, "the queue of a link holds at least a byte");
  if (!is_probability(loss.good_to_bad) || !is_probability(loss.bad_to_good) || !is_probability(loss.loss_in_good) ||
      !is_probability(loss.loss_in_bad) || !is_probability(config.reordering.probability)) {
    return fail(Errc::bad_config, "the probabilities of a link are from 0 to 1");
  }
  if (std::any_of(config.outages.begin(), config.outages.end(), [](const Outage& outage) {
        return outage.from < Duration::zero() || outage.length <= Duration::zero();
      })) {
    return fail(Errc::bad_config, "an outage begins at zero or later and lasts longer than nothing");
  }
  return {};
}

}  // namespace rtcbot::linklab
