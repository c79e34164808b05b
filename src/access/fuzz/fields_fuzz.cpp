#include "fuzz.hpp"
#include "rtcbot/access/fields.hpp"
#include "rtcbot/access/secrets.hpp"

using namespace rtcbot;

/// Parses header fields and bodies with credentials, and the operator's files.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto inside = [&](std::string_view part) {
    return part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size();
  };
  for (const auto& found : {access::bearer_in(text), access::cookie_in(text, "rtcbot")}) {
    fuzz::require(!found || found->empty() || inside(*found));
  }
  const auto value = access::form_value_in(text, "token");
  fuzz::require(!value || value->size() <= text.size());
  if (const auto token = access::pasted_token(text)) fuzz::require(access::pasted_token(*token) == token);
  if (const auto pattern = access::RobotPattern::parse(text)) {
    if (const auto only = pattern->only()) fuzz::require(pattern->matches(*only));
  }
  if (const auto secrets = access::Secrets::parse(text))
    fuzz::require(access::Secrets::parse(secrets->text()) == secrets);
  if (const auto revoked = access::Revocations::parse(text)) {
    fuzz::require(access::Revocations::parse(revoked->text())->size() == revoked->size());
  }
  return 0;
}
