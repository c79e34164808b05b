#include "fuzz.hpp"
#include "rtcbot/signal/candidate.hpp"
#include "rtcbot/signal/message.hpp"

using namespace rtcbot;

/// Checks that an accepted candidate keeps its documented bounds and passes through a message unchanged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto checked = signal::check_candidate(text);
  if (!checked) {
    fuzz::require(checked.error().what()[0] != '\0');
    return 0;
  }
  fuzz::require(text.size() <= signal::kMaxCandidateBytes && text.find('\n') == std::string_view::npos);
  const signal::Limits keep{.local_candidates = signal::LocalCandidates::keep};
  const signal::Message message = signal::Candidates{signal::OfferId(1), {{std::string(text), "0", 0}}, true};
  fuzz::require(signal::parse_message(signal::write_message(message), keep) == message);
  const auto stripped = signal::parse_message(signal::write_message(message));
  fuzz::require(stripped &&
                std::get<signal::Candidates>(*stripped).candidates.empty() == signal::is_local_candidate(text));
  return 0;
}
