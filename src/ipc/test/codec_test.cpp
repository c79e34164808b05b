#include "rtcbot/ipc/codec.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>

namespace rtcbot::ipc {
namespace {

std::span<const std::uint8_t> body_of(const std::vector<std::uint8_t>& bytes) {
  return std::span(bytes).subspan(kLengthBytes);
}

template <class Message>
Message through(const Message& message) {
  if constexpr (std::is_constructible_v<Command, Message>) {
    const auto bytes = encode(Command(message));
    const auto decoded = decode_command(body_of(bytes));
    EXPECT_TRUE(decoded.has_value());
    return std::get<Message>(decoded.value_or(Command(Message{})));
  } else {
    const auto bytes = encode(Event(message));
    const auto decoded = decode_event(body_of(bytes));
    EXPECT_TRUE(decoded.has_value());
    return std::get<Message>(decoded.value_or(Event(Message{})));
  }
}

TEST(Codec, CarriesAConfigurationWhole) {
  peer::PeerConfig config;
  config.ice_servers = {{.urls = {"turn:relay:3478", "stun:relay"}, .username = "robot", .credential = "secret"}};
  config.relay_only = config.trickle = config.watch_only = true;
  config.ca_pem = "-----BEGIN";
  config.silence_limit = std::chrono::milliseconds(700);
  config.max_bitrate = DataRate::kilobits_per_second(2500);
  const MakePeer made = through(MakePeer{.peer = PeerId{7}, .config = config});
  EXPECT_EQ(made.peer, PeerId{7});
  ASSERT_EQ(made.config.ice_servers.size(), 1U);
  EXPECT_EQ(made.config.ice_servers[0].urls, config.ice_servers[0].urls);
  EXPECT_EQ(made.config.ice_servers[0].credential, "secret");
  EXPECT_TRUE(made.config.relay_only && made.config.trickle && made.config.watch_only);
  EXPECT_EQ(made.config.ca_pem, config.ca_pem);
  EXPECT_EQ(made.config.silence_limit, config.silence_limit);
  EXPECT_EQ(made.config.max_bitrate, config.max_bitrate);
}

TEST(Codec, CarriesAPictureWithoutCopyingItsData) {
  std::vector<std::uint8_t> data(1000);
  std::iota(data.begin(), data.end(), std::uint8_t{0});
  const VideoFrame frame{.peer = PeerId{1},
                         .attachment = 2,
                         .codec = VideoCodec::vp8,
                         .key_frame = true,
                         .width = 1280,
                         .height = 720,
                         .sequence = -3,
                         .captured_at = Timestamp(Duration(123'456)),
                         .data = data};
  auto bytes = encode(Command(frame));
  EXPECT_LT(bytes.size(), 100U) << "the data is sent by the caller";
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  bytes.insert(bytes.end(), data.begin(), data.end());
  EXPECT_EQ(length, bytes.size() - kLengthBytes) << "the length counts the data";
  const auto decoded = decode_command(body_of(bytes));
  ASSERT_TRUE(decoded.has_value());
  const auto& back = std::get<VideoFrame>(*decoded);
  EXPECT_EQ(std::vector(back.data.begin(), back.data.end()), data);
  EXPECT_EQ(back.captured_at, frame.captured_at);
  EXPECT_EQ(back.sequence, -3);
  EXPECT_TRUE(back.key_frame);
}

TEST(Codec, CarriesStatsAndReasons) {
  peer::Stats stats;
  stats.state = peer::State::interrupted;
  stats.bytes_sent = 1'000'000'000'000;
  stats.codec = "H264";
  stats.uplink.emplace();
  stats.uplink->estimate = DataRate::kilobits_per_second(900);
  stats.uplink->loss = 0.25;
  stats.seen = peer::SeenByViewer{.frames = 12, .delay_p95_ms = 81.5};
  const auto back = through(StatsReport{.peer = PeerId{3}, .stats = stats}).stats;
  EXPECT_EQ(back.state, peer::State::interrupted);
  EXPECT_EQ(back.bytes_sent, stats.bytes_sent);
  EXPECT_EQ(back.codec, "H264");
  EXPECT_EQ(back.uplink, stats.uplink);
  EXPECT_EQ(back.seen, stats.seen);
  const Failure why{.code = Errc::peer_lost, .message = "gone"};
  EXPECT_EQ(through(StateChanged{.peer = PeerId{3}, .state = peer::State::failed, .reason = why}).reason, why);
}

TEST(Codec, KeepsNever) {
  const VideoTarget target{.bitrate = DataRate::kilobits_per_second(300), .room = {.open = true, .until = kNever}};
  EXPECT_EQ(through(VideoFlow{.peer = PeerId{1}, .target = target}).target, target);
}

TEST(Codec, RefusesWhatIsCutOffAnywhere) {
  const auto bytes = encode(Event(Received{.peer = PeerId{1}, .channel = "default", .data = "hello"}));
  const auto body = body_of(bytes);
  for (std::size_t size = 0; size < body.size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_FALSE(decode_event(body.first(size)).has_value());
  }
}

TEST(Codec, RefusesWhatIsLeftOver) {
  auto bytes = encode(Event(Pong{.number = 1}));
  bytes.push_back(0);
  EXPECT_FALSE(decode_event(body_of(bytes)).has_value());
}

TEST(Codec, RefusesUnknownKindsAndEnumerators) {
  const std::vector<std::uint8_t> unknown{250, 0, 0, 0, 0};
  EXPECT_FALSE(decode_event(unknown).has_value());
  EXPECT_FALSE(decode_command(unknown).has_value());
  auto bytes = encode(Event(StateChanged{.peer = PeerId{1}, .state = peer::State::closed}));
  bytes[kLengthBytes + 1 + 4] = 99;  // The state.
  EXPECT_FALSE(decode_event(body_of(bytes)).has_value());
}

TEST(Codec, RefusesTimesAndRatesThatWouldOverflow) {
  const Timestamp early{Duration{std::numeric_limits<std::int64_t>::min()}};
  const auto bytes = encode(Event(RequestKeyFrame{.peer = PeerId{1}, .broken_at = early}));
  EXPECT_FALSE(decode_event(body_of(bytes)).has_value());
  const auto huge = DataRate::bits_per_second(std::numeric_limits<std::int64_t>::max());
  const auto rate = encode(Command(SetMaxBitrate{.peer = PeerId{1}, .limit = huge}));
  EXPECT_FALSE(decode_command(body_of(rate)).has_value());
}

TEST(Codec, TakesNoNumberThatIsNone) {
  peer::Stats stats;
  stats.round_trip_ms = std::nan("");
  EXPECT_EQ(through(StatsReport{.peer = PeerId{1}, .stats = stats}).stats.round_trip_ms, 0);
}

TEST(Codec, RefusesListsOverTheBound) {
  const auto bytes = encode(Command(Resolved{.request = 1, .addresses = std::vector<std::string>(257, "::1")}));
  EXPECT_FALSE(decode_command(body_of(bytes)).has_value());
}

TEST(Codec, BearsAnyBytes) {
  std::mt19937 random(20'261'129);
  std::vector<std::uint8_t> bytes(200);
  for (int round = 0; round < 20'000; ++round) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() % 7 == 0 ? random() : random() % 4);
    bytes[0] = static_cast<std::uint8_t>(random() % 32);
    const auto size = random() % bytes.size();
    static_cast<void>(decode_event(std::span(bytes).first(size)));
    static_cast<void>(decode_command(std::span(bytes).first(size)));
  }
}

}  // namespace
}  // namespace rtcbot::ipc
