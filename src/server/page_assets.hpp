#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ice_server_provider.hpp"
#include "page_forms.hpp"
#include "page_headers.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/http/static_folder.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::server {

/// The pages of the server and the files that they load: the browser library, the manifest, and the user's own page or
/// web app. Prepares its own once; reads the files of a web app when they are asked for. Not thread-safe.
class PageAssets {
 public:
  struct Options {
    /// An HTML file, or a folder with index.html, that is shown in place of the built-in page; empty: the built-in one.
    std::string page{};
    FrameAncestors frame_ancestors{};
    bool relay_only = false;        ///< Pages must use only TURN.
    bool asks_for_servers = false;  ///< Pages ask for STUN and TURN servers before each connection.
  };
  /// Errors: bad_config if the page cannot be read.
  [[nodiscard]] static Result<PageAssets> make(const Options& options, IceServerProvider& relays);

  /// The page of a robot, for a person with these `doors`.
  [[nodiscard]] net::HttpResponse robot_page(const net::HttpRequest& request, const Doors& doors);
  [[nodiscard]] net::HttpResponse list_page(const Doors& doors);
  /// True if the page of a robot is the user's own.
  [[nodiscard]] bool is_own() const { return is_own_; }

  /// rtcbot.js and rtcbot.mjs.
  [[nodiscard]] net::HttpResponse script() const;
  [[nodiscard]] net::HttpResponse module() const;

  /// A file of the user's web app; nothing if there is no such file, or no web app. `request.path` names it.
  [[nodiscard]] std::optional<net::HttpResponse> file(const net::HttpRequest& request) const;

 private:
  PageAssets() = default;
  [[nodiscard]] net::HttpResponse file_of_folder(const net::HttpRequest& request, std::string_view path) const;

  bool is_own_ = false;
  PageForms robot_page_;
  PageForms list_page_;
  std::string script_;
  std::string module_;
  std::optional<http::StaticFolder> folder_;
  std::string policy_;  ///< Of the pages of the folder.
};

/// An answer with that content, which browsers keep and check again each time.
[[nodiscard]] net::HttpResponse content(std::string_view type, std::string body);

}  // namespace rtcbot::server
