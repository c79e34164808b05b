#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/linklab/link_config.hpp"

namespace rtcbot::linklab {

/// "5M", "800k", "1.5M", "64000": bits per second. Errors: `bad_config`.
[[nodiscard]] Result<DataRate> parse_rate(std::string_view text);

/// "0.01": each packet alone. "p=0.005,r=0.3,good=0,bad=0.8": p from good to bad, r back, and the loss in each; those
/// not given are 0, 1, 0, 1. Errors: `bad_config`.
[[nodiscard]] Result<GilbertElliott> parse_loss(std::string_view text);

/// "0.02+15": two of a hundred, 15 ms late. Errors: `bad_config`.
[[nodiscard]] Result<Reordering> parse_reordering(std::string_view text);

/// "20+2.5" or "20+2.5:drop": from second 20 on, for 2.5 s. Errors: `bad_config`.
[[nodiscard]] Result<Outage> parse_outage(std::string_view text);

/// What a link is driven by, into `config`: "5M", "steps:0=5M,20=1M", "trace:city" (made with the config's seed).
/// Errors: `bad_config`; also for a trace of another name: this room reads no files (see `parse_trace`).
[[nodiscard]] Result<void> apply_source(LinkConfig& config, std::string_view text);

}  // namespace rtcbot::linklab
