// A robot with two motors. Viewers may drive, one at a time, and it stops automatically. Explained in docs/driving.md.
//
//   two_motors [ws://localhost:8080/ws]
#include <algorithm>
#include <cmath>
#include <cstdio>

#include <rtcbot/rtcbot.hpp>

namespace {

/// One motor behind an H-bridge. Prints the values that a real one would write to its pins.
class Motor {
 public:
  explicit Motor(const char* name) : name_(name) {}

  /// -1 is full speed back, 1 full speed forward.
  void set(double speed) {
    const int pwm = static_cast<int>(std::lround(255 * std::clamp(speed, -1.0, 1.0)));
    if (pwm == pwm_) return;
    pwm_ = pwm;
    std::printf("%s %4d\n", name_, pwm);
    std::fflush(stdout);
  }

 private:
  const char* name_;
  int pwm_ = 0;
};

}  // namespace

int main(int argc, char** argv) try {
  Motor left("left"), right("right");
  rtcbot::Camera camera;
  rtcbot::Driving driving;
  rtcbot::Robot robot(argc > 1 ? argv[1] : "ws://localhost:8080/ws");

  // On the driving thread, at each change and at least every 100 ms. While the robot is stopped, both axes are 0.
  driving.on_output([&](const rtcbot::DriveOutput& output) {
    const double turn = output.controls.axis[0];
    const double forward = output.controls.axis[1];
    left.set(forward + turn);
    right.set(forward - turn);
  });
  robot.on_connection([&](rtcbot::RTCConnection& viewer) {
    viewer.video().put_subscription(camera);
    driving.attach(viewer);
  });
  robot.run();  // until Ctrl-C
  return 0;
} catch (const rtcbot::Error& error) {
  std::fprintf(stderr, "two_motors: %s\n", error.what());
  return 1;
}
