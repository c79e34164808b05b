#include "page_forms.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "rtcbot/signal/robot_name.hpp"
#include "rtcbot/web/assets.hpp"

namespace rtcbot::server {
namespace {

std::string with_doors(std::string page, const Doors& doors) {
  if (!doors.sign_out && !doors.list && !doors.watch_only) return page;
  const nlohmann::json json{{"signOut", doors.sign_out}, {"list", doors.list}, {"watchOnly", doors.watch_only}};
  return insert_before(std::move(page), "<script>", "<script>var rtcbotDoors = " + json.dump() + ";</script>\n");
}

}  // namespace

std::string insert_before(std::string text, std::string_view mark, const std::string& prefix) {
  const auto at = text.find(mark);
  return at == std::string::npos ? text : text.insert(at, prefix);
}

PageForms::PageForms(const std::string& html, const FrameAncestors& ancestors) {
  for (const bool sign_out : {false, true}) {
    for (const bool list : {false, true}) {
      for (const bool watch_only : {false, true}) {
        const Doors doors{.sign_out = sign_out, .list = list, .watch_only = watch_only};
        auto& page = forms_.at(index_of(doors));
        page.html = with_doors(html, doors);
        page.policy = policy_of(page.html, ancestors);
      }
    }
  }
}

PageForms PageForms::of_user(const std::string& html, const FrameAncestors& ancestors) {
  PageForms forms;
  forms.forms_.fill({html, "frame-ancestors " + ancestors.sources()});
  return forms;
}

std::size_t PageForms::index_of(const Doors& doors) {
  return (doors.sign_out ? 4U : 0U) + (doors.list ? 2U : 0U) + (doors.watch_only ? 1U : 0U);
}

std::string manifest_for(std::string_view query) {
  constexpr std::string_view kRobot = "robot=";
  auto manifest = nlohmann::json::parse(web::manifest());
  manifest["start_url"] = query == "watch" ? "./?watch" : "./";
  // A name needs no escapes, so one that has some is no name.
  const auto robot = signal::RobotName::parse(query.starts_with(kRobot) ? query.substr(kRobot.size()) : "");
  if (robot && !robot->is_default()) {
    manifest["start_url"] = "./" + robot->text();
    manifest["name"] = manifest["short_name"] = robot->text();
  }
  return manifest.dump();
}

}  // namespace rtcbot::server
