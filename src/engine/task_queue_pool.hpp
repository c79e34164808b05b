#pragma once

#include <api/task_queue/task_queue_factory.h>

#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// A task-queue factory whose queues all run on a small, fixed number of threads, so that another viewer needs no
/// further thread (libwebrtc's own factory starts one per queue, and several queues per viewer).
///
/// Each queue runs its tasks one at a time, in the order of posting, with `TaskQueueBase::Current()` set to it.
/// Deleting a queue waits for its running task and drops the rest. A task must not wait for a task of another queue.
/// Thread-safe. The threads end after the factory and all its queues are destroyed; destroying the factory does not
/// wait.
/// @param audio_threads  additional threads for the queues that encode sound; 0: those queues use the other threads
/// @pre `threads` is positive.
[[nodiscard]] std::unique_ptr<webrtc::TaskQueueFactory> make_task_queue_pool(int threads, int audio_threads = 0);

}  // namespace rtcbot::engine
