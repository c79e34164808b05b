#include "rtcbot/run.hpp"

#include "rtcbot/runtime/stop_signal.hpp"

namespace rtcbot {

void run() {
  const runtime::StopSignal stop;
  stop.wait();
}

void stop() { runtime::request_stop(); }

}  // namespace rtcbot
