#include "rtcbot/device/data_meter.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace rtcbot::device {
namespace {

constexpr const char* kTable =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier "
    "compressed\n"
    "    lo: 1000      10    0    0    0     0          0         0     1000      10    0    0    0     0       0      "
    "    0\n"
    " wwan0: 5000000000   1    2    3    4     5          6         7 6000000000      11    0    0    0     0       0  "
    "        0\n"
    "  eth0:7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0\n"
    " short: 1 2 3\n";

TEST(BytesOf, AddsBothDirections) {
  EXPECT_EQ(bytes_of(kTable, "wwan0"), 11'000'000'000);
  EXPECT_EQ(bytes_of(kTable, "lo"), 2000);
  EXPECT_EQ(bytes_of(kTable, "eth0"), 15) << "long numbers leave no space";
}

TEST(BytesOf, KnowsWhatIsNotThere) {
  for (const char* name : {"wwan1", "wwan", "", "face |bytes", "short"})
    EXPECT_EQ(bytes_of(kTable, name), std::nullopt) << name;
  EXPECT_EQ(bytes_of("", "lo"), std::nullopt);
}

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

const WayOut kLoopback{.ipv4 = "127.0.0.1"};

TEST(DataMeter, FindsTheInterfaceOfAnAddress) {
  EXPECT_EQ(interface_of(kLoopback), "lo");
  EXPECT_EQ(interface_of({.ipv4 = "192.0.2.77"}), "");
  EXPECT_EQ(interface_of({}), "");
}

TEST(DataMeter, CountsWhatPasses) {
  DataMeter meter;
  EXPECT_EQ(meter.take(kLoopback), DataSize()) << "what was before is not ours";
  send_bytes(5000);
  EXPECT_GE(meter.take(kLoopback), DataSize::bytes(10'000)) << "sent and received";
  EXPECT_EQ(meter.interface(), "lo");
}

TEST(DataMeter, GoesOnWhereAnotherProcessLeftOff) {
  DataMeter first;
  (void)first.take(kLoopback);
  const auto mark = first.mark();
  send_bytes(5000);
  DataMeter second;
  second.resume(mark);
  EXPECT_GE(second.take(kLoopback), DataSize::bytes(10'000));
}

TEST(DataMeter, DoesNotGoOnAcrossABoot) {
  DataMeter first;
  (void)first.take(kLoopback);
  auto mark = first.mark();
  mark.bytes = 0;
  mark.boot = "another";
  DataMeter second;
  second.resume(mark);
  EXPECT_EQ(second.take(kLoopback), DataSize());
}

TEST(DataMeter, CountsACounterThatBeganAnewFromItsBegin) {
  DataMeter meter;
  (void)meter.take(kLoopback);
  auto mark = meter.mark();
  const auto before = mark.bytes;
  mark.bytes += 1'000'000'000'000;
  meter.resume(mark);
  EXPECT_GE(meter.take(kLoopback), DataSize::bytes(before));
}

TEST(DataMeter, SpendsNothingWithoutAWayOut) {
  DataMeter meter;
  (void)meter.take(kLoopback);
  send_bytes(5000);
  EXPECT_EQ(meter.take({}), DataSize());
  EXPECT_GE(meter.take(kLoopback), DataSize::bytes(10'000)) << "counted when it is back";
}

}  // namespace
}  // namespace rtcbot::device
