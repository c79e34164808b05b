#pragma once

namespace rtcbot {

/// Waits until Ctrl-C, SIGTERM or `stop()`. The library's own threads work meanwhile.
void run();

/// Ends `run()` in all threads. Every later `run()` returns immediately.
void stop();

}  // namespace rtcbot
