#include "rtcbot/actuator/sink_spec.hpp"

#include <gmock/gmock.h>

namespace rtcbot::actuator {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

template <class T>
T parsed(std::string_view text) {
  auto spec = parse_sink_spec(text);
  EXPECT_TRUE(spec) << (spec ? "" : spec.error().what());
  if (!spec || !std::holds_alternative<T>(*spec)) {
    ADD_FAILURE() << "not what was meant";
    return {};
  }
  return std::get<T>(*spec);
}

std::string refusal(std::string_view text) {
  const auto spec = parse_sink_spec(text);
  if (spec) return "taken";
  EXPECT_EQ(spec.error().code(), Errc::bad_config);
  return spec.error().what();
}

TEST(SinkSpec, KnowsEachKind) {
  (void)parsed<NoSink>("none");
  (void)parsed<StandardOutputSink>("stdout");
  EXPECT_EQ(parsed<ProgramSink>("exec:python3 motors.py --port=1").command, "python3 motors.py --port=1");
  EXPECT_EQ(parsed<SerialSink>("serial:/dev/ttyUSB0").path, "/dev/ttyUSB0");
  const auto udp = parsed<UdpSink>("udp:motors.local:9000");
  EXPECT_EQ(udp.host, "motors.local");
  EXPECT_EQ(udp.port, 9000);
}

TEST(SinkSpec, TakesAddressesOfBothKinds) {
  EXPECT_EQ(parsed<UdpSink>("udp:127.0.0.1:1").host, "127.0.0.1");
  EXPECT_EQ(parsed<UdpSink>("udp:[fe80::1]:65535").host, "fe80::1");
}

TEST(SinkSpec, ReadsTheSettingsOfASerialPort) {
  const auto port = parsed<SerialSink>(
      "serial:/dev/"
      "ttyACM1?baud=9600&write=<hhB&fields=left,right,buttons&scale=255&begin=c069&read=<hB&names=a,b&delay=1500");
  EXPECT_EQ(port.baud, 9600);
  EXPECT_EQ(port.delay, milliseconds(1500));
  ASSERT_TRUE(port.record);
  safety::Output forward{.why = safety::StopReason::none, .speed = 1};
  forward.controls.axis[1] = 1;
  EXPECT_EQ(port.record->pack(forward), std::string("\xc0\x69\xff\0\xff\0\0", 7));
  EXPECT_TRUE(std::holds_alternative<TelemetryRecords>(port.telemetry));
}

TEST(SinkSpec, WritesAndReadsLinesOfJsonWhereNothingElseIsSaid) {
  const auto port = parsed<SerialSink>("serial:/dev/ttyS0?write=json");
  EXPECT_EQ(port.baud, 115'200);
  EXPECT_FALSE(port.record);
  EXPECT_TRUE(std::holds_alternative<TelemetryLines>(port.telemetry));
}

TEST(SinkSpec, SaysWhatIsWrongAndHowItIsWritten) {
  EXPECT_THAT(refusal(""), HasSubstr("use none, stdout, exec:COMMAND"));
  EXPECT_THAT(refusal("motors"), HasSubstr("'motors' is not an actuator"));
  EXPECT_THAT(refusal("Stdout"), HasSubstr("use none, stdout"));
  EXPECT_THAT(refusal("exec:"), HasSubstr("followed by a command"));
  EXPECT_THAT(refusal("exec:  "), HasSubstr("followed by a command"));
  EXPECT_THAT(refusal("udp:host"), HasSubstr("udp:HOST:PORT"));
  EXPECT_THAT(refusal("udp::9000"), HasSubstr("udp:HOST:PORT"));
  EXPECT_THAT(refusal("udp:host:0"), HasSubstr("udp:HOST:PORT"));
  EXPECT_THAT(refusal("udp:host:65536"), HasSubstr("udp:HOST:PORT"));
  EXPECT_THAT(refusal("udp:::1:9000"), HasSubstr("udp:[::1]:9000"));
  EXPECT_THAT(refusal("udp:[]:9000"), HasSubstr("udp:[::1]:9000"));
  EXPECT_THAT(refusal("serial:ttyUSB0"), HasSubstr("serial:/dev/ttyUSB0"));
  EXPECT_THAT(refusal("\x1b[2Jred"), HasSubstr("'?[2Jred'")) << "nothing that a terminal obeys";
  EXPECT_THAT(refusal(std::string_view("exec:a\0b", 8)), HasSubstr("zero byte"));
}

TEST(SinkSpec, SaysWhatIsWrongWithASetting) {
  EXPECT_THAT(refusal("serial:/dev/x?speed=9600"), HasSubstr("not 'speed=9600'"));
  EXPECT_THAT(refusal("serial:/dev/x?baud"), HasSubstr("not 'baud'"));
  EXPECT_THAT(refusal("serial:/dev/x?baud=9601"), HasSubstr("not '9601'"));
  EXPECT_THAT(refusal("serial:/dev/x?baud=9600&baud=9600"), HasSubstr("given twice"));
  EXPECT_THAT(refusal("serial:/dev/x?write=hh"), HasSubstr("begins with <"));
  EXPECT_THAT(refusal("serial:/dev/x?fields=left"), HasSubstr("there is no write="));
  EXPECT_THAT(refusal("serial:/dev/x?write=<h&scale=0"), HasSubstr("above 0"));
  EXPECT_THAT(refusal("serial:/dev/x?write=<h&scale=nan"), HasSubstr("above 0"));
  EXPECT_THAT(refusal("serial:/dev/x?write=<h&begin=c"), HasSubstr("hexadecimal"));
  EXPECT_THAT(refusal("serial:/dev/x?write=<h&begin=zz"), HasSubstr("hexadecimal"));
  EXPECT_THAT(refusal("serial:/dev/x?read=<hh&names=a"), HasSubstr("2 numbers, but names= has 1"));
  EXPECT_THAT(refusal("serial:/dev/x?names=a"), HasSubstr("there is no read="));
  EXPECT_THAT(refusal("serial:/dev/x?delay=-1"), HasSubstr("milliseconds"));
}

}  // namespace
}  // namespace rtcbot::actuator
