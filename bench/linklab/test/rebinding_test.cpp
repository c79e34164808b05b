#include "rtcbot/linklab/rebinding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace rtcbot::linklab {
namespace {

using Packet = std::vector<std::uint8_t>;

std::uint32_t sum_of(std::span<const std::uint8_t> bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] * 256U : bytes[i];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

/// Over the pseudo header and UDP: all ones when the packet's checksum is right.
std::uint32_t udp_sum(const Packet& packet) {
  const std::span<const std::uint8_t> bytes(packet);
  const auto length = static_cast<std::uint32_t>(packet.size() - 20);
  return sum_of(bytes.subspan(20), sum_of(bytes.subspan(12, 8), 17 + length));
}

std::uint32_t ip_sum(const Packet& packet) { return sum_of(std::span(packet).first(20)); }

/// A UDP packet with right checksums, from 10.77.0.1 to 10.77.0.2.
Packet udp(std::uint16_t from, std::uint16_t to, std::uint8_t payload = 7) {
  Packet p = {0x45, 0, 0, 31, 1, 2, 0x40, 0, 64, 17, 0, 0, 10, 77, 0, 1, 10, 77, 0, 2};
  for (const auto value : {from, to, std::uint16_t{11}, std::uint16_t{0}}) {
    p.push_back(static_cast<std::uint8_t>(value >> 8));
    p.push_back(static_cast<std::uint8_t>(value & 0xff));
  }
  p.insert(p.end(), {payload, 0xab, 0xcd});
  const auto set = [&p](std::size_t at, std::uint32_t sum) {
    p[at] = static_cast<std::uint8_t>(~sum >> 8);
    p[at + 1] = static_cast<std::uint8_t>(~sum);
  };
  set(10, ip_sum(p));
  set(26, udp_sum(p));
  return p;
}

Packet answer_to(const Packet& p) {
  Packet answer = p;
  for (std::size_t i = 0; i < 4; ++i) std::swap(answer[12 + i], answer[16 + i]);
  for (std::size_t i = 0; i < 2; ++i) std::swap(answer[20 + i], answer[22 + i]);
  return answer;
}

int source_port(const Packet& p) { return p[20] * 256 + p[21]; }

TEST(Rebinding, LeavesEverythingAloneBeforeTheFirst) {
  Rebinding nat;
  auto packet = udp(5000, 6000);
  EXPECT_TRUE(nat.outward(packet));
  EXPECT_TRUE(nat.inward(packet));
  EXPECT_EQ(packet, udp(5000, 6000));
}

TEST(Rebinding, GivesAnotherPortAndKeepsIt) {
  Rebinding nat;
  nat.rebind();
  auto first = udp(5000, 6000), again = udp(5000, 7000), other = udp(5001, 6000);
  EXPECT_TRUE(nat.outward(first) && nat.outward(again) && nat.outward(other));
  EXPECT_NE(source_port(first), 5000);
  EXPECT_EQ(source_port(first), source_port(again));
  EXPECT_NE(source_port(first), source_port(other));
}

TEST(Rebinding, KeepsTheChecksumsRight) {
  for (int payload = 0; payload < 256; ++payload) {
    SCOPED_TRACE(payload);
    Rebinding nat;
    nat.rebind(parse_ipv4("10.77.0.201"));
    auto packet = udp(5000, 6000, static_cast<std::uint8_t>(payload));
    EXPECT_EQ(udp_sum(packet), 0xffffU);
    EXPECT_TRUE(nat.outward(packet));
    EXPECT_EQ(packet[15], 201);
    EXPECT_EQ(udp_sum(packet), 0xffffU);
    EXPECT_EQ(ip_sum(packet), 0xffffU);
  }
}

TEST(Rebinding, BringsAnswersBack) {
  Rebinding nat;
  nat.rebind(parse_ipv4("10.77.0.201"));
  auto packet = udp(5000, 6000);
  EXPECT_TRUE(nat.outward(packet));
  auto answer = answer_to(packet);
  EXPECT_TRUE(nat.inward(answer));
  EXPECT_EQ(answer, answer_to(udp(5000, 6000)));
}

TEST(Rebinding, ForgetsTheOldMappings) {
  Rebinding nat;
  nat.rebind();
  auto before = udp(5000, 6000);
  EXPECT_TRUE(nat.outward(before));
  nat.rebind();
  auto after = udp(5000, 6000);
  EXPECT_TRUE(nat.outward(after));
  EXPECT_NE(source_port(before), source_port(after));
  auto late = answer_to(before), original = answer_to(udp(5000, 6000));
  EXPECT_FALSE(nat.inward(late));
  EXPECT_FALSE(nat.inward(original));
  EXPECT_EQ(nat.refused(), 2);
}

TEST(Rebinding, LetsAMissingChecksumBeMissing) {
  Rebinding nat;
  nat.rebind();
  auto packet = udp(5000, 6000);
  packet[26] = packet[27] = 0;
  EXPECT_TRUE(nat.outward(packet));
  EXPECT_EQ(packet[26] + packet[27], 0);
}

TEST(Rebinding, LeavesAloneWhatIsNoWholeUdpHeader) {
  Rebinding nat;
  nat.rebind();
  auto tcp = udp(5000, 6000), fragment = tcp, later = tcp;
  tcp[9] = 6;
  later[7] = 1;
  fragment.resize(27);
  for (auto packet : {tcp, later, fragment, Packet{}, Packet(20, 0x60), Packet(40, 0x4f)}) {
    const auto before = packet;
    EXPECT_TRUE(nat.outward(packet));
    EXPECT_TRUE(nat.inward(packet));
    EXPECT_EQ(packet, before);
  }
}

TEST(Rebinding, BoundsItsTable) {
  Rebinding nat;
  nat.rebind();
  for (std::uint16_t port = 1; port <= Rebinding::kMaxMappings; ++port) {
    auto packet = udp(port, 6000);
    ASSERT_TRUE(nat.outward(packet));
  }
  auto one_more = udp(50'000, 6000);
  EXPECT_FALSE(nat.outward(one_more));
}

TEST(ParseIpv4, TakesFourNumbersOnly) {
  EXPECT_EQ(parse_ipv4("10.77.0.201"), 0x0a4d00c9U);
  for (const auto* bad : {"", "10.77.0", "10.77.0.256", "10.77.0.1/24", "a.b.c.d"})
    EXPECT_FALSE(parse_ipv4(bad)) << bad;
}

}  // namespace
}  // namespace rtcbot::linklab
