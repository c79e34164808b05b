// The page for signing in, and for the link that signs in.
#include "login_page.hpp"

namespace rtcbot::server {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title>
<style>
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif;
    background: Canvas; color: CanvasText; }
  main { box-sizing: border-box; width: min(30rem, 100vw); padding: 2rem; }
  h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
  label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
  label { margin-top: 1.5rem; }
  input, button { padding: .6rem .8rem; margin-top: .4rem; border: 1px solid GrayText; border-radius: .4rem; }
  button { background: LinkText; color: Canvas; border-color: LinkText; cursor: pointer; }
</style>
</head>
<body>
<main>
<h1>)";

constexpr std::string_view kWhy = R"(</h1>
<p id="why">)";

constexpr std::string_view kNoticeEnd = R"(</p>
</main>
</body>
</html>
)";

// The code follows the '#', which browsers never send, so that neither the server's log nor a linked page sees it. The
// script removes it from the address before anything else.
constexpr std::string_view kForm = R"(</p>
<form id="form" method="post" action=")";

constexpr std::string_view kTo = R"(login">
<input type="hidden" name="to" value=")";

constexpr std::string_view kRest = R"(">
<label for="token">Or paste the link, or its code, here</label>
<input id="token" name="token" type="password" autocomplete="off" spellcheck="false" required>
<button>Sign in</button>
</form>
</main>
<script>
  function follow() {
    const token = /^#(?:code|token)=([\w.-]+)$/.exec(location.hash)?.[1];
    if (!token) return;
    history.replaceState(null, "", location.pathname);
    document.querySelector("h1").textContent = "Signing in";
    document.getElementById("token").value = token;
    document.getElementById("form").submit();
  }
  addEventListener("hashchange", follow);
  follow();
</script>
</body>
</html>
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

/// "../" as many times as needed to reach the directory of /login from that path.
std::string way_up(std::string_view path) {
  std::string up;
  for (std::size_t i = 1; i < path.size(); ++i) up += path[i] == '/' ? "../" : "";
  return up;
}

net::HttpResponse page(int status, std::string body) {
  net::HttpResponse response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(body);
  response.headers = {{"Cache-Control", "no-store"}};
  return response;
}

std::string head_of(const std::string& headline, const std::string& sentence) {
  return std::string(kHead).append(escaped(headline)).append(kWhy).append(escaped(sentence));
}

}  // namespace

net::HttpResponse login_page(int status, const std::string& headline, const std::string& sentence,
                             const LoginForm& form) {
  auto html = head_of(headline, sentence).append(kForm).append(way_up(form.path));
  return page(status, html.append(kTo).append(escaped(form.to)).append(kRest));
}

net::HttpResponse notice_page(int status, const std::string& headline, const std::string& sentence) {
  return page(status, head_of(headline, sentence).append(kNoticeEnd));
}

}  // namespace rtcbot::server
