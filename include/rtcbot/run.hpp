#pragma once

namespace rtcbot {

/// Waits until Ctrl-C, SIGTERM or `stop()`. Everything works on threads of its own meanwhile.
void run();

/// Ends `run()`, in this thread or another, now or when it is called.
void stop();

}  // namespace rtcbot
