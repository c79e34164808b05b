// The page for signing in, and for the link that signs in.
#include <string_view>

#include "authenticator.hpp"

namespace rtcbot::server {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<style>
  :root { color-scheme: light dark; --ground: #f4f5f7; --ink: #14181f; --field: #fff; --line: #737d8b;
    --accent: #1d5fd0; --on-accent: #fff; }
  @media (prefers-color-scheme: dark) {
    :root { --ground: #0e1116; --ink: #e9edf3; --field: #171c24; --line: #8a95a5;
      --accent: #7fb0ff; --on-accent: #0e1116; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; align-content: safe center;
    justify-content: center;
    background: var(--ground); color: var(--ink);
    font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
    padding: 16px max(16px, env(safe-area-inset-right)) max(16px, env(safe-area-inset-bottom))
      max(16px, env(safe-area-inset-left)); }
  main { width: min(28rem, 100vw - 32px); overflow-wrap: anywhere; }
  h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .5rem; }
  p { margin: 0; }
  form { margin-top: 1.25rem; }
  label, input, button { display: block; width: 100%; font: inherit; }
  input, button { min-height: 48px; padding: .6rem .9rem; margin-top: .5rem; border: 1px solid var(--line);
    border-radius: 10px; }
  input { background: var(--field); color: var(--ink); }
  button { background: var(--accent); color: var(--on-accent); border-color: var(--accent); font-weight: 650;
    cursor: pointer; }
  :is(input, button):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
</style>
<title>)";

constexpr std::string_view kTitleEnd = R"(</title>
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
  const auto title = escaped(headline);
  return std::string(kHead).append(title).append(kTitleEnd).append(title).append(kWhy).append(escaped(sentence));
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
