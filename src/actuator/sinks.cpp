#include "rtcbot/actuator/sinks.hpp"

#include <utility>

#include "program_sink.hpp"
#include "serial_sink.hpp"
#include "stream_sink.hpp"
#include "udp_sink.hpp"

namespace rtcbot::actuator {
namespace {

using Made = Result<std::unique_ptr<safety::Sink>>;

class NothingActuator final : public safety::Sink {
 public:
  bool write(const safety::Output&) override { return true; }
  [[nodiscard]] std::string name() const override { return "nothing"; }
};

template <class T>
Made as_sink(Result<std::unique_ptr<T>> made) {
  if (!made) return fail(made.error());
  return std::move(*made);
}

struct Make {
  SinkOptions options;

  Made operator()(NoSink) { return std::make_unique<NothingActuator>(); }
  Made operator()(StandardOutputSink) { return as_sink(StreamSink::open(options.standard_output, options.log)); }
  Made operator()(ProgramSink spec) { return std::make_unique<ProgramActuator>(std::move(spec), std::move(options)); }
  Made operator()(SerialSink spec) { return std::make_unique<SerialActuator>(std::move(spec), std::move(options)); }
  Made operator()(const UdpSink& spec) { return as_sink(UdpActuator::open(spec)); }
};

}  // namespace

Made make_sink(SinkSpec spec, SinkOptions options) { return std::visit(Make{std::move(options)}, std::move(spec)); }

Made parse_sink(std::string_view text, SinkOptions options) {
  auto spec = parse_sink_spec(text);
  if (!spec) return fail(spec.error());
  return make_sink(std::move(*spec), std::move(options));
}

}  // namespace rtcbot::actuator
