#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rtcbot/base/result.hpp"

namespace rtcbot::http {

/// The parts of a path that the parameters of a pattern match, by the parameters' names.
using Parameters = std::map<std::string, std::string>;

/// A pattern of paths: "/", "/api/robots", "/api/robots/{robot}/snapshot.jpg", "/files/{path...}". A value.
///
/// A segment of text matches itself, `{name}` matches one segment that is not empty, and `{name...}`, as the last
/// segment, matches all that follows, which may be empty. Names are 1 to 64 of A-Z a-z 0-9 _
class PathPattern {
 public:
  /// Errors: bad_config, with a sentence that names the broken rule.
  [[nodiscard]] static Result<PathPattern> parse(std::string_view text);

  /// The parameters, if the pattern matches `path`. `path` is decoded, without a query (`net::HttpRequest::path`).
  [[nodiscard]] std::optional<Parameters> match(std::string_view path) const;

  /// True if this pattern decides for a path that both patterns match: at the first segment of a different kind it has
  /// text where `other` has a parameter, or one segment where `other` has the rest.
  [[nodiscard]] bool is_more_specific_than(const PathPattern& other) const;

  /// True if both match the same paths, whatever the names of their parameters.
  [[nodiscard]] bool matches_same_as(const PathPattern& other) const;
  friend bool operator==(const PathPattern&, const PathPattern&) = default;

 private:
  enum class Kind { text, parameter, rest };
  struct Segment {
    Kind kind = Kind::text;
    std::string value;  ///< The text, or the parameter's name.
    friend bool operator==(const Segment&, const Segment&) = default;
  };
  [[nodiscard]] static Result<Segment> parse_segment(std::string_view text);

  std::vector<Segment> segments_;
};

/// The value of an Allow field for these methods (RFC 9110 section 10.2.1). GET includes HEAD.
[[nodiscard]] std::string allow_field(const std::vector<std::string_view>& methods);

/// Finds what handles a method at a path. `T` is what a route carries, for example a handler.
///
/// Of several patterns that match a path, the most specific one decides alone, with its methods: one address is one
/// resource. Pure; not thread-safe. `find` is linear in the number of patterns.
template <class T>
class Router {
 public:
  /// The result of `find`; valid until the next `add`.
  struct Found {
    const T* route = nullptr;      ///< Null: there is nothing at this path, or not for this method.
    const T* any_route = nullptr;  ///< A route of this path, for whatever method; null: there is nothing at this path.
    Parameters parameters{};
    std::string allow{};  ///< The Allow field if the path exists and does not accept the method; otherwise empty.
  };

  /// Adds a route.  Errors: bad_config if the pattern is invalid, has a route for this method already, or matches the
  /// paths of an earlier one whose parameters have other names.
  Result<void> add(std::string_view method, std::string_view pattern, T route) {
    auto parsed = PathPattern::parse(pattern);
    if (!parsed) return fail(parsed.error());
    const auto entry = entry_for(std::move(*parsed), pattern);
    if (!entry) return fail(entry.error());
    if (!(*entry)->methods.try_emplace(std::string(method), std::move(route)).second) {
      return fail(Errc::bad_config, std::string("there is a handler for ").append(method).append(" ").append(pattern));
    }
    return {};
  }

  /// Adds a route, or replaces that of the same method and pattern.  Errors: as `add`, except for that.
  Result<void> set(std::string_view method, std::string_view pattern, T route) {
    auto parsed = PathPattern::parse(pattern);
    if (!parsed) return fail(parsed.error());
    const auto entry = entry_for(std::move(*parsed), pattern);
    if (!entry) return fail(entry.error());
    (*entry)->methods.insert_or_assign(std::string(method), std::move(route));
    return {};
  }

  [[nodiscard]] Found find(const std::string& method, std::string_view path) const {
    const Entry* best = nullptr;
    Found found;
    for (const auto& entry : entries_) {
      if (best != nullptr && !entry.pattern.is_more_specific_than(best->pattern)) continue;
      auto parameters = entry.pattern.match(path);
      if (!parameters) continue;
      best = &entry;
      found.parameters = std::move(*parameters);
    }
    if (best == nullptr) return {};
    found.any_route = &best->methods.begin()->second;
    const auto route = best->methods.find(method);
    if (route != best->methods.end()) {
      found.route = &route->second;
    } else {
      found.allow = allow_of(*best);
    }
    return found;
  }

 private:
  struct Entry {
    PathPattern pattern;
    std::map<std::string, T> methods;
  };

  Result<Entry*> entry_for(PathPattern pattern, std::string_view text) {
    for (auto& entry : entries_) {
      if (entry.pattern == pattern) return &entry;
      if (entry.pattern.matches_same_as(pattern)) {
        return fail(Errc::bad_config,
                    std::string("the parameters of ").append(text).append(" have other names in an earlier handler"));
      }
    }
    entries_.push_back({std::move(pattern), {}});
    return &entries_.back();
  }

  [[nodiscard]] static std::string allow_of(const Entry& entry) {
    std::vector<std::string_view> methods;
    for (const auto& [method, unused] : entry.methods) methods.push_back(method);
    return allow_field(methods);
  }

  std::vector<Entry> entries_;
};

}  // namespace rtcbot::http
