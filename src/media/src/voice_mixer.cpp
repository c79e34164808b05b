#include "voice_mixer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace rtcbot::media {

std::optional<AudioBlock> VoiceMixer::put(Id id, const AudioBlock& block) {
  Voice& voice = voices_.at(id);
  voice.talks = true;
  voice.waiting.push_back(block);
  const bool has_waited = voice.waiting.size() > kTimeout;
  for (auto& [other_id, other] : voices_) {
    if (!other.talks || !other.waiting.empty()) continue;
    if (!has_waited) return std::nullopt;
    other.talks = false;
  }
  return mixed();
}

AudioBlock VoiceMixer::mixed() {
  std::array<int, kAudioBlockSamples> sum{};
  for (auto& [id, voice] : voices_) {
    if (voice.waiting.empty()) continue;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += voice.waiting.front()[i];
    voice.waiting.pop_front();
  }
  AudioBlock block;
  using Limits = std::numeric_limits<std::int16_t>;
  std::transform(sum.begin(), sum.end(), block.begin(), [](int each) {
    return static_cast<std::int16_t>(std::clamp<int>(each, Limits::min(), Limits::max()));
  });
  return block;
}

double level_of(const AudioBlock& block) {
  constexpr double kSilence = -100;
  double sum = 0;
  for (const auto sample : block) sum += static_cast<double>(sample) * sample;
  const double share = std::sqrt(sum / static_cast<double>(block.size())) / std::numeric_limits<std::int16_t>::max();
  return share > 0 ? std::max(kSilence, 20 * std::log10(share)) : kSilence;
}

}  // namespace rtcbot::media
