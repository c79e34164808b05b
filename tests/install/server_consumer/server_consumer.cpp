// What a user of the installed server library writes: the server in a program, asked without a port.
#include <cstdio>

#include <rtcbot/signalling_server.hpp>

int main() {
  rtcbot::SignallingServer server({.listen = false});
  server.get("/fleet/{area}", [](const rtcbot::HttpRequest& request) {
    return rtcbot::HttpResponse::text(request.parameters.at("area"));
  });
  server.start();
  rtcbot::HttpRequest request;
  request.method = "GET";
  request.path = "/fleet/yard";
  const auto answer = server.request(request);
  std::printf("%d %s\n", answer.status, answer.body.c_str());
  return answer.status == 200 && answer.body == "yard" ? 0 : 1;
}
