// The server of the tutorial "Connecting over 4G": passes offers to the robot and its answers to the browser.
//
//   server PAGE.html [port]
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <rtcbot/rtcbot.hpp>

int main(int argc, char** argv) try {
  if (argc < 2) return std::fputs("usage: server PAGE.html [port]\n", stderr), 2;
  const auto page = rtcbot::HttpResponse::file(argv[1]);
  rtcbot::HttpServer server(
      {.address = "0.0.0.0", .port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 8080)});
  std::optional<rtcbot::Websocket> robot;  // handlers run one at a time, so this needs no lock

  server.websocket("/ws", [&](rtcbot::Websocket ws) { robot = ws; });
  server.post("/connect", [&](const rtcbot::HttpRequest& request) {
    if (!robot || robot->closed()) {
      return rtcbot::HttpResponse::refusal(503, "no_robot", "There is no robot connected; start it and try again.");
    }
    return rtcbot::HttpResponse::json(robot->ask(request.json(), std::chrono::seconds(10)));
  });
  server.get("/rtcbot.js",
             [](auto&) { return rtcbot::HttpResponse::javascript(std::string(rtcbot::get_rtcbot_js())); });
  server.get("/", [&](auto&) { return page; });

  server.start();
  std::printf("Open http://localhost:%d\n", server.port());
  std::fflush(stdout);
  rtcbot::run();
  return 0;
} catch (const rtcbot::Error& error) {
  std::fprintf(stderr, "server: %s\n", error.what());
  return 1;
}
