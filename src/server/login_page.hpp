#pragma once

#include <string>

#include "rtcbot/net/http_server.hpp"

namespace rtcbot::server {

/// The form of a page for signing in.
struct LoginForm {
  std::string path = "/login";  ///< The requested one: the form finds /login from there, also below a path that a
                                ///< proxy removes.
  std::string to{};             ///< The page to open afterwards; not checked.
};

/// The page for a person without permission: the reason, and a field for a link's token. Also `/login` itself.
[[nodiscard]] net::HttpResponse login_page(int status, const std::string& headline, const std::string& sentence,
                                           const LoginForm& form = {});
/// The same without the form, if a credential would not help.
[[nodiscard]] net::HttpResponse notice_page(int status, const std::string& headline, const std::string& sentence);

}  // namespace rtcbot::server
