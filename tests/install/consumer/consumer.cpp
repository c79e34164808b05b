// What a user of the installed library writes: two connections in one program, introduced to each other.
#include <chrono>
#include <cstdio>

#include <rtcbot/rtcbot.hpp>

int main() {
  const rtcbot::RTCConnection a;
  const rtcbot::RTCConnection b;
  a.set_remote_description(b.get_local_description(a.get_local_description()));
  a.put_nowait("installed");
  const auto heard = b.get(std::chrono::seconds(20));
  std::printf("%s\n", heard.dump().c_str());
  return heard == "installed" ? 0 : 1;
}
