#include "rtcbot/http/router.hpp"

#include <algorithm>

namespace rtcbot::http {
namespace {

constexpr std::size_t kMaxName = 64;

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && text.size() <= kMaxName && std::all_of(text.begin(), text.end(), fits);
}

tl::unexpected<Error> invalid(std::string_view pattern, const char* why) {
  return fail(Errc::bad_config, std::string("'").append(pattern).append("' is not a pattern of paths: ").append(why));
}

}  // namespace

Result<PathPattern::Segment> PathPattern::parse_segment(std::string_view text) {
  if (!text.starts_with('{')) {
    if (text.find_first_of("{}") != text.npos) {
      return fail(Errc::bad_config, "a parameter is a whole segment, as in /robots/{robot}");
    }
    return Segment{.kind = Kind::text, .value = std::string(text)};
  }
  const bool is_rest = text.ends_with("...}");
  if (!text.ends_with('}')) return fail(Errc::bad_config, "a parameter ends with '}'");
  const auto name = text.substr(1, text.size() - (is_rest ? 5 : 2));
  if (!is_name(name)) return fail(Errc::bad_config, "a parameter's name is 1 to 64 of A-Z a-z 0-9 _");
  return Segment{.kind = is_rest ? Kind::rest : Kind::parameter, .value = std::string(name)};
}

Result<PathPattern> PathPattern::parse(std::string_view text) {
  if (!text.starts_with('/')) return invalid(text, "it begins with '/'");
  if (text.find_first_of("?#") != text.npos) return invalid(text, "it has no query and no fragment");
  PathPattern pattern;
  for (std::size_t begin = 1; begin <= text.size();) {
    const auto end = std::min(text.find('/', begin), text.size());
    auto segment = parse_segment(text.substr(begin, end - begin));
    if (!segment) return invalid(text, segment.error().what());
    if (segment->kind == Kind::rest && end != text.size()) return invalid(text, "{name...} is the last segment");
    const auto has_same_name = [&](const Segment& each) {
      return each.kind != Kind::text && segment->kind != Kind::text && each.value == segment->value;
    };
    if (std::any_of(pattern.segments_.begin(), pattern.segments_.end(), has_same_name)) {
      return invalid(text, "two parameters have the same name");
    }
    pattern.segments_.push_back(std::move(*segment));
    begin = end + 1;
  }
  return pattern;
}

std::optional<Parameters> PathPattern::match(std::string_view path) const {
  if (!path.starts_with('/')) return std::nullopt;
  Parameters parameters;
  std::size_t begin = 1;  // of the next segment; past the end when none is left
  for (const auto& [kind, value] : segments_) {
    if (begin > path.size()) return std::nullopt;
    const auto end = kind == Kind::rest ? path.size() : std::min(path.find('/', begin), path.size());
    const auto segment = path.substr(begin, end - begin);
    if (kind == Kind::text && segment != value) return std::nullopt;
    if (kind == Kind::parameter && segment.empty()) return std::nullopt;
    if (kind != Kind::text) parameters.emplace(value, segment);
    begin = end + 1;
  }
  if (begin <= path.size()) return std::nullopt;
  return parameters;
}

bool PathPattern::is_more_specific_than(const PathPattern& other) const {
  const auto common = std::min(segments_.size(), other.segments_.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (segments_[i].kind != other.segments_[i].kind) return segments_[i].kind < other.segments_[i].kind;
  }
  return false;
}

bool PathPattern::matches_same_as(const PathPattern& other) const {
  return std::equal(segments_.begin(), segments_.end(), other.segments_.begin(), other.segments_.end(),
                    [](const Segment& one, const Segment& two) {
                      return one.kind == two.kind && (one.kind != Kind::text || one.value == two.value);
                    });
}

std::string allow_field(const std::vector<std::string_view>& methods) {
  std::string field;
  for (const auto method : methods) {
    if (!field.empty()) field.append(", ");
    field.append(method);
    if (method == "GET") field.append(", HEAD");
  }
  return field;
}

}  // namespace rtcbot::http
