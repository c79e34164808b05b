// The robot of the tutorial "Connecting over 4G": dials the server, answers one browser, shows it the camera.
//
//   robot [ws://localhost:8080/ws]
#include <cstdio>

#include <rtcbot/rtcbot.hpp>

int main(int argc, char** argv) try {
  rtcbot::Camera camera;  // 640x480 at 30 frames/s; the test picture if there is no camera
  rtcbot::RTCConnection connection;
  connection.video().put_subscription(camera);

  rtcbot::Websocket ws(argc > 1 ? argv[1] : "ws://localhost:8080/ws");
  auto offer = ws.get();  // waits, for the server too
  ws.put_nowait(connection.get_local_description(offer));
  ws.close();  // sends the answer first

  std::puts("Started WebRTC");
  std::fflush(stdout);
  rtcbot::run();  // until Ctrl-C
  return 0;
} catch (const rtcbot::Error& error) {
  std::fprintf(stderr, "robot: %s\n", error.what());
  return 1;
}
