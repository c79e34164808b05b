#include "page_assets.hpp"

#include <filesystem>
#include <utility>

#include <nlohmann/json.hpp>

#include "clock.hpp"
#include "rtcbot/runtime/whole_file.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/web/assets.hpp"

namespace rtcbot::server {
namespace {

constexpr std::string_view kScript = "application/javascript; charset=utf-8";

net::HttpResponse content(const Page& page) {
  auto response = server::content("text/html; charset=utf-8", page.html);
  if (!page.policy.empty()) response.headers.emplace_back("Content-Security-Policy", page.policy);
  return response;
}

/// What pages of this server shall use for their connections, as the value of `rtcbotDefaults`; empty: nothing special.
/// `ask_anew`: the servers are asked for before each connection, and the script, which anybody may read, names none.
/// `base`: an expression for the address that paths of this server are relative to.
std::string page_defaults(const std::vector<signal::IceServer>& servers, bool ask_anew, bool relay_only,
                          std::string_view base) {
  if (servers.empty() && !relay_only && !ask_anew) return {};
  auto defaults = nlohmann::json::object();
  defaults["iceServers"] = nlohmann::json::parse(ice_servers_json(servers, {})).at("ice_servers");
  if (relay_only) defaults["iceTransportPolicy"] = "relay";
  std::string text = defaults.dump();
  // So that a password with "</script>" in it cannot end the script that it stands in.
  for (auto at = text.find('<'); at != std::string::npos; at = text.find('<', at)) text.replace(at, 1, "\\u003c");
  if (!ask_anew) return text;
  return std::string("Object.assign(")
      .append(text)
      .append(", {iceServersUrl: new URL(\"api/ice-servers\", ")
      .append(base)
      .append(").href})");
}

/// Statements in front of the library's script: what pages that load it from this server shall use. `base` is an
/// expression for the script's own address, as it may be loaded by a page of another origin.
std::string script_head(IceServerProvider& relays, const PageAssets::Options& options, std::string_view base) {
  auto head = std::string("globalThis.rtcbotBase = ").append(base).append(";\n");
  head.append("globalThis.rtcbotSignalling = \"").append(signal::kPageSubprotocol).append("\";\n");
  const bool ask_anew = options.asks_for_servers;
  const auto defaults = page_defaults(ask_anew ? relays.stun() : relays.servers(unix_now(), {}), ask_anew,
                                      options.relay_only, "globalThis.rtcbotBase");
  if (!defaults.empty()) head.append("globalThis.rtcbotDefaults = ").append(defaults).append(";\n");
  return head;
}

}  // namespace

Result<PageAssets> PageAssets::make(const Options& options, IceServerProvider& relays) {
  PageAssets assets;
  assets.is_own_ = !options.page.empty();
  assets.policy_ = "frame-ancestors " + options.frame_ancestors.sources();
  const auto head = [&](std::string_view base) { return script_head(relays, options, base); };
  // The library looks for a page's websocket at servers alone that say that they have one.
  assets.script_ =
      head("globalThis.document?.currentScript?.src ?? globalThis.location?.href").append(web::rtcbot_js());
  assets.module_ = head("import.meta.url").append(web::rtcbot_mjs());
  std::error_code ignored;
  if (std::filesystem::is_directory(options.page, ignored)) {
    auto folder = http::StaticFolder::open(options.page);
    if (!folder) return fail(folder.error());
    if (!folder->read({})) return fail(Errc::bad_config, "the folder " + options.page + " has no readable index.html");
    assets.folder_ = std::move(*folder);
  } else if (assets.is_own_) {
    // It loads the library from one of the above.
    auto page = runtime::read_whole_file(options.page);
    if (!page) return fail(page.error());
    assets.robot_page_ = PageForms::of_user(std::move(*page), options.frame_ancestors);
  } else {
    // The built-in page has the library within.
    auto page =
        insert_before(std::string(web::robot_page()), "<script>", "<script>" + head("location.href") + "</script>\n");
    assets.robot_page_ = PageForms(std::move(page), options.frame_ancestors);
  }
  assets.list_page_ = PageForms(std::string(web::list_page()), options.frame_ancestors);
  return assets;
}

net::HttpResponse PageAssets::robot_page(const net::HttpRequest& request, const Doors& doors) {
  return folder_ ? file_of_folder(request, {}) : content(robot_page_.at(doors));
}

net::HttpResponse PageAssets::list_page(const Doors& doors) { return content(list_page_.at(doors)); }

net::HttpResponse PageAssets::script() const { return server::content(kScript, script_); }

net::HttpResponse PageAssets::module() const { return server::content(kScript, module_); }

net::HttpResponse PageAssets::file_of_folder(const net::HttpRequest& request, std::string_view path) const {
  auto response = folder_->respond(request, path);
  // The user's own pages may load what they like; who may show them in a frame is for us to decide.
  response.headers.emplace_back("Content-Security-Policy", policy_);
  return response;
}

std::optional<net::HttpResponse> PageAssets::file(const net::HttpRequest& request) const {
  if (!folder_ || request.method != "GET") return std::nullopt;
  auto response = file_of_folder(request, std::string_view(request.path).substr(1));
  return response.status == 404 ? std::nullopt : std::optional(std::move(response));
}

net::HttpResponse content(std::string_view type, std::string body) {
  net::HttpResponse response;
  response.content_type = type;
  response.body = std::move(body);
  response.headers = {{"Cache-Control", "no-cache"}};
  return response;
}

}  // namespace rtcbot::server
