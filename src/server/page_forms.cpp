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

PageForms::PageForms(std::string html, const FrameAncestors& ancestors)
    : html_(std::move(html)), ancestors_(ancestors) {}

PageForms PageForms::of_user(std::string html, const FrameAncestors& ancestors) {
  PageForms forms(std::move(html), ancestors);
  forms.is_of_user_ = true;
  return forms;
}

const Page& PageForms::at(const Doors& doors) {
  const auto [form, is_new] = forms_.try_emplace(is_of_user_ ? Doors{} : doors);
  Page& page = form->second;
  if (!is_new) return page;
  page.html = is_of_user_ ? html_ : with_doors(html_, doors);
  page.policy = is_of_user_ ? "frame-ancestors " + ancestors_.sources() : policy_of(page.html, ancestors_);
  return page;
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
