#pragma once

#include <memory>
#include <string>

#include "newest_writer.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/runtime/descriptor.hpp"
#include "rtcbot/safety/sink.hpp"

namespace rtcbot::actuator {

/// Writes lines of JSON to a descriptor that is already open: standard output.
class StreamSink final : public safety::Sink {
 public:
  /// Opens `number` a second time, non-blocking, so that other users of the descriptor are not affected.  Errors:
  /// internal.
  [[nodiscard]] static Result<std::unique_ptr<StreamSink>> open(int number, LogSink log);

  StreamSink(runtime::Descriptor descriptor, LogSink log) : descriptor_(std::move(descriptor)), log_(std::move(log)) {}
  ~StreamSink() override;
  StreamSink(const StreamSink&) = delete;
  StreamSink& operator=(const StreamSink&) = delete;

  bool write(const safety::Output& output) override;
  [[nodiscard]] bool is_behind() const override { return writer_.is_behind(); }
  [[nodiscard]] std::string name() const override { return "standard output"; }

 private:
  runtime::Descriptor descriptor_;
  NewestWriter writer_;
  const LogSink log_;
};

}  // namespace rtcbot::actuator
