// A robot that reconnects automatically and takes several viewers: the ten lines of the README.
//
//   many_viewers [ws://localhost:8080/ws]
#include <cstdio>

#include <rtcbot/rtcbot.hpp>

int main(int argc, char** argv) try {
  rtcbot::Camera camera;
  rtcbot::Robot robot(argc > 1 ? argv[1] : "ws://localhost:8080/ws");

  robot.on_connection([&](rtcbot::RTCConnection& viewer) {
    viewer.video().put_subscription(camera);  // one encoder, however many watch
    viewer.subscribe([](const rtcbot::Json& message) { std::printf("%s\n", message.dump().c_str()); });
  });
  robot.run();  // until Ctrl-C
  return 0;
} catch (const rtcbot::Error& error) {
  std::fprintf(stderr, "many_viewers: %s\n", error.what());
  return 1;
}
