#include <condition_variable>
#include <mutex>
#include <thread>

#include "capture.hpp"
#include "planes.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "test_picture.hpp"

namespace rtcbot::media {
namespace {

class TestCapture final : public Capture {
 public:
  TestCapture(const PictureFormat& format, TestPictureKind kind, CaptureEvents events)
      : interval_(std::chrono::nanoseconds(1'000'000'000 / format.frame_rate)),
        picture_(format.width, format.height,
                 kind == TestPictureKind::busy ? TestBackground::busy : TestBackground::bars,
                 kind == TestPictureKind::no_camera ? "NO CAMERA FOUND" : ""),
        pool_(format.width, format.height),
        events_(std::move(events)),
        thread_([this] { run(); }) {}

  ~TestCapture() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    ended_.notify_all();
    thread_.join();
  }
  TestCapture(const TestCapture&) = delete;
  TestCapture& operator=(const TestCapture&) = delete;

 private:
  void run() {
    auto due = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    for (std::int64_t number = 0; !ending_; ++number) {
      lock.unlock();
      I420Planes planes;
      RawFrame frame = pool_.take(planes);
      frame.captured_at = runtime::now();
      picture_.draw(planes, number, runtime::unix_time_ms());
      events_.on_picture(frame);
      frame = {};
      due += interval_;
      const auto now = std::chrono::steady_clock::now();
      if (due + 4 * interval_ < now) due = now;  // After a stall continue from now, without a burst to catch up.
      lock.lock();
      ended_.wait_until(lock, due, [this] { return ending_; });
    }
  }

  const std::chrono::nanoseconds interval_;
  const TestPicture picture_;
  PicturePool pool_;
  const CaptureEvents events_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;  // guarded by mutex_
  std::thread thread_;   // last: it uses all members above
};

}  // namespace

Result<std::unique_ptr<Capture>> open_test_capture(const PictureFormat& format, TestPictureKind kind,
                                                   CaptureEvents events) {
  return std::make_unique<TestCapture>(format, kind, std::move(events));
}

}  // namespace rtcbot::media
