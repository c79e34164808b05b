#include "rtcbot/device/data_meter.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace rtcbot::device {
namespace {

/// Sends that many bytes to nobody, by the loopback interface.
void send_bytes(std::size_t count) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  ::inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  const std::string text(count, 'x');
  ASSERT_EQ(::sendto(socket, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to)),
            static_cast<ssize_t>(count));
  ::close(socket);
}

const OutboundRoute kLoopback{.ipv4 = "127.0.0.1"};

TEST(DataMeter, FindsTheInterfaceOfAnAddress) {
  EXPECT_EQ(interface_of(kLoopback), "lo");
  EXPECT_EQ(interface_of({.ipv4 = "192.0.2.77"}), "");
  EXPECT_EQ(interface_of({}), "");
}

TEST(DataMeter, CountsWhatPasses) {
  DataMeter meter;
  EXPECT_TRUE(meter.take(kLoopback).empty()) << "what was before is not ours";
  send_bytes(5000);
  EXPECT_GE(meter.take(kLoopback)["lo"], 10'000) << "sent and received";
  EXPECT_EQ(meter.interface(), "lo");
  EXPECT_GE(meter.mark().interfaces.at("lo").bytes, 10'000);
}

TEST(DataMeter, GoesOnWhereAnotherProcessLeftOff) {
  DataMeter first;
  (void)first.take(kLoopback);
  const auto mark = first.mark();
  send_bytes(5000);
  DataMeter second;
  second.resume(mark);
  EXPECT_GE(second.take(kLoopback)["lo"], 10'000);
}

TEST(DataMeter, KeepsWhatWasUsedAcrossABootAndNotTheCounter) {
  DataMeter second;
  second.resume({.interfaces = {{"lo", {.bytes = 700, .counter = 0}}}, .others = 5, .boot = "another"});
  EXPECT_TRUE(second.take(kLoopback).empty());
  EXPECT_EQ(second.mark().interfaces.at("lo").bytes, 700);
  EXPECT_EQ(second.mark().others, 5);
}

TEST(DataMeter, GoesOnCountingWithoutAWayOut) {
  DataMeter meter;
  (void)meter.take(kLoopback);
  send_bytes(5000);
  EXPECT_GE(meter.take({})["lo"], 10'000);
  EXPECT_FALSE(meter.has_route());
  EXPECT_EQ(meter.interface(), "lo") << "the last one";
}

TEST(DataMeter, CountsAnInterfaceByItsName) {
  DataMeter meter;
  meter.watch("lo");
  (void)meter.take({});
  send_bytes(5000);
  EXPECT_GE(meter.take({})["lo"], 10'000);
}

}  // namespace
}  // namespace rtcbot::device
