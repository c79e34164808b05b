#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>

#include "page_headers.hpp"

namespace rtcbot::server {

/// The facts about the requesting person that a page contains, as its global `rtcbotDoors`.
struct Doors {
  bool sign_out = false;    ///< The sign-in can be ended here.
  bool list = false;        ///< There is a list of robots at "/".
  bool watch_only = false;  ///< This person may watch the robot and not drive it.
  friend auto operator<=>(const Doors&, const Doors&) = default;
};

/// One page in the forms that its `Doors` give it. Each form, with its policy, is made when it is first requested.
/// Not thread-safe.
class PageForms {
 public:
  PageForms() = default;

  /// A page of ours: `rtcbotDoors` stands before its first script, where any is set.
  PageForms(std::string html, const FrameAncestors& ancestors);

  /// A page of the user's own: in one form. It may load what it likes; who may show it in a frame is ours to say.
  [[nodiscard]] static PageForms of_user(std::string html, const FrameAncestors& ancestors);

  /// Valid as long as this object.
  [[nodiscard]] const Page& at(const Doors& doors);

  /// Number of forms made so far.
  [[nodiscard]] std::size_t size() const { return forms_.size(); }

 private:
  std::string html_;
  FrameAncestors ancestors_;
  bool is_of_user_ = false;
  std::map<Doors, Page> forms_;
};

/// `text` with `prefix` in front of the first `mark`, or as it is where the mark is missing.
[[nodiscard]] std::string insert_before(std::string text, std::string_view mark, const std::string& prefix);

/// The web app manifest (https://www.w3.org/TR/appmanifest/) for the page that asked with that query, not decoded:
/// "robot=NAME" opens the robot of that name, "watch" the only robot, anything else the page at "/".
[[nodiscard]] std::string manifest_for(std::string_view query);

}  // namespace rtcbot::server
