// SCTP messages that no browser sends.
#include <gtest/gtest.h>

#include <string>

#include "support/pair.hpp"
#include "support/raw_peer.hpp"

namespace rtcbot::engine {
namespace {

using testing::make_side;
using testing::RawPeer;
using testing::Side;
using testing::start_engine;
using testing::stats_of;

constexpr std::uint32_t kDcep = 50, kText = 51, kPartialBinary = 52, kBinary = 53, kPartialText = 54, kEmptyText = 56,
                        kEmptyBinary = 57;
/// libwebrtc's limit: it makes channels on streams below.
constexpr std::uint16_t kStreams = 1024;

/// A DATA_CHANNEL_OPEN message (RFC 8832, section 5.1).
std::string open_message(const std::string& label, char channel_type = 0) {
  std::string message(12, '\0');
  message[0] = 3;
  message[1] = channel_type;
  message[9] = static_cast<char>(label.size());
  return message + label;
}

class HostileMessage : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(stranger.connect_to(*robot.peer));
    ASSERT_TRUE(robot.seen->wait_open("default"));
  }
  /// All that was sent on the stream before has been treated, and the connection lives.
  void expect_alive(std::size_t messages_before = 0, std::uint16_t stream = 1) {
    ASSERT_TRUE(stranger.send(stream, kText, "still there"));
    ASSERT_TRUE(robot.seen->wait_messages(messages_before + 1));
    EXPECT_EQ(robot.seen->messages().back().text, "still there");
    EXPECT_EQ(robot.seen->messages().size(), messages_before + 1);
  }

  std::shared_ptr<Engine> engine = start_engine();
  Side robot = make_side(*engine);
  RawPeer stranger;
};

TEST_F(HostileMessage, OfAnUnknownKindIsDroppedAndCounted) {
  std::int64_t sent = 0;
  for (const std::uint32_t ppid : {0U, 1U, 49U, 55U, 58U, 99U, 0x33000000U, 0xffffffffU}) {
    ASSERT_TRUE(stranger.send(1, ppid, "what is this?"));
    ++sent;
  }
  expect_alive();
  EXPECT_EQ(stats_of(*robot.peer).messages_of_unknown_kind, sent);
}

TEST_F(HostileMessage, OfAnEmptyOrPartialKindIsTaken) {
  for (const std::uint32_t ppid : {kEmptyText, kEmptyBinary}) ASSERT_TRUE(stranger.send(1, ppid, "0"));
  for (const std::uint32_t ppid : {kPartialText, kPartialBinary, kBinary}) ASSERT_TRUE(stranger.send(1, ppid, "part"));
  ASSERT_TRUE(robot.seen->wait_messages(5));
  expect_alive(5);
  const auto messages = robot.seen->messages();
  EXPECT_EQ(messages[0].text, "");
  EXPECT_FALSE(messages[0].binary);
  EXPECT_EQ(messages[1].text, "");
  EXPECT_TRUE(messages[1].binary);
  EXPECT_EQ(messages[2].text, "part");
}

TEST_F(HostileMessage, OfDcepMayHaveAnyContent) {
  std::string long_label = open_message("odd");
  long_label[9] = '\xff';
  long_label[8] = '\xff';
  const std::string odd[] = {
      std::string(1, '\0'),  std::string(1, '\2'),     std::string(1, '\3'),      "\x03\x7f garbage",       long_label,
      open_message("twice"), open_message("", '\x7f'), open_message("x", '\x81'), std::string(70'000, '\3')};
  for (const std::string& message : odd) {
    for (const std::uint16_t stream : {std::uint16_t{1}, std::uint16_t{3}, std::uint16_t{4}}) {
      ASSERT_TRUE(stranger.send(stream, kDcep, message));
    }
  }
  // Streams are independent of each other; the last message of each is behind its odd ones.
  ASSERT_TRUE(stranger.send(5, kDcep, open_message("proof")));
  ASSERT_TRUE(robot.seen->wait_open("proof"));
  expect_alive(0, 5);
}

TEST_F(HostileMessage, OnAStreamWithoutAChannelIsDropped) {
  for (const std::uint16_t stream : {std::uint16_t{2}, std::uint16_t{77}, std::uint16_t{kStreams - 1}, kStreams,
                                     std::uint16_t{65'534}, std::uint16_t{65'535}}) {
    (void)stranger.send(stream, kText, "nobody there");
    (void)stranger.send(stream, 99, "nobody there");
    (void)stranger.send(stream, kDcep, std::string(1, '\2'));
  }
  expect_alive();
}

TEST_F(HostileMessage, MayOpenChannelsAtTheLimitOfStreams) {
  for (const std::uint16_t stream : {kStreams, std::uint16_t{65'534}, std::uint16_t{65'535}}) {
    (void)stranger.send(stream, kDcep, open_message("too high"));
    (void)stranger.send(stream, kText, "too high");
  }
  ASSERT_TRUE(stranger.send(kStreams - 1, kDcep, open_message("last")));
  ASSERT_TRUE(robot.seen->wait_open("last"));
  expect_alive(0, kStreams - 1);
}

TEST_F(HostileMessage, MayComeAfterAReset) {
  stranger.reset_stream(1);
  (void)stranger.send(1, kText, "after the reset");
  (void)stranger.send(1, 99, "after the reset");
  ASSERT_TRUE(robot.seen->wait_closed("default"));
  stranger.reset_stream(1);
  stranger.reset_stream(9);
  ASSERT_TRUE(stranger.send(3, kDcep, open_message("proof")));
  ASSERT_TRUE(robot.seen->wait_open("proof"));
  ASSERT_TRUE(stranger.send(3, kText, "still there"));
  EXPECT_TRUE(robot.seen->wait_messages(1));
}

TEST_F(HostileMessage, MayBeLargerThanAnnounced) {
  ASSERT_TRUE(stranger.send(1, kText, std::string(1'000'000, 'x')));
  ASSERT_TRUE(stranger.send(1, 99, std::string(1'000'000, 'x')));
  ASSERT_TRUE(stranger.send(3, kDcep, open_message("proof")));
  ASSERT_TRUE(robot.seen->wait_open("proof"));
}

}  // namespace
}  // namespace rtcbot::engine
