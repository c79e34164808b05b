#include "auto_source.hpp"

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::media {

Result<std::unique_ptr<Capture>> AutoSource::open(CaptureEvents events) {
  look();
  return open_(search_.chosen(), std::move(events));
}

void AutoSource::look() { set_name(search_.choose(runtime::now(), find_())); }

bool AutoSource::should_replace(Timestamp now) {
  return now >= search_.next_at() && search_.replaces_test_picture(now, find_());
}

std::string AutoSource::name() const {
  const std::lock_guard lock(mutex_);
  return name_;
}

bool AutoSource::is_missing() const {
  const std::lock_guard lock(mutex_);
  return is_missing_;
}

void AutoSource::set_name(const std::optional<Source>& chosen) {
  const std::string name = chosen ? shown_as(*chosen) : "test";
  {
    const std::lock_guard lock(mutex_);
    if (name == name_) return;
    name_ = name;
    is_missing_ = !chosen;
  }
  if (!log_) return;
  if (chosen) return log_({LogLevel::info, "media", "camera found: " + name});
  log_({LogLevel::warning, "media", "no camera was found; the test picture is shown until one is plugged in"});
}

}  // namespace rtcbot::media
