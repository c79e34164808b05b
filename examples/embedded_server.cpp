// A program with the signalling server in it: it knows itself who is who, and answers an address of its own.
//
//   embedded_server [port]   robot:  RTCBOT_TOKEN=rover-key rtcbot-robot --server ws://localhost:8080/rover
//                            person: http://localhost:8080/enter/ann
#include <cstdio>
#include <cstdlib>
#include <map>

#include <rtcbot/signalling_server.hpp>

using Server = rtcbot::SignallingServer;

int main(int argc, char** argv) try {
  const std::map<std::string, Server::Identity> known{
      {"Bearer rover-key", {.role = Server::Role::robot, .robots = {"rover"}, .owner = "rover"}},
      {"session=ann", {.role = Server::Role::drive, .robots = {"*"}, .owner = "ann"}}};
  Server::Options options{.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080)};
  options.hooks.authenticate = [&](const rtcbot::HttpRequest& request) -> std::optional<Server::Identity> {
    for (const char* field : {"authorization", "cookie"}) {
      const auto given = request.headers.find(field);
      if (given != request.headers.end() && known.contains(given->second)) return known.at(given->second);
    }
    return std::nullopt;
  };
  options.hooks.on_robot_online = [](const auto& robot) { std::printf("%s is online\n", robot.name.c_str()); };
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  Server server(std::move(options));
  const auto enter = [](const rtcbot::HttpRequest& request) {
    rtcbot::HttpResponse response{{.status = 303, .headers = {{"Location", "../"}}}};
    response.headers.emplace_back("Set-Cookie", "session=" + request.parameters.at("name") + "; Path=/; HttpOnly");
    return response;
  };
  server.get("/enter/{name}", enter, Server::Access::everybody);
  return server.run(), 0;
} catch (const rtcbot::Error& error) {
  return std::fprintf(stderr, "embedded_server: %s\n", error.what()), 1;
}
