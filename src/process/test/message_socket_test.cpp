#include "rtcbot/process/message_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <condition_variable>
#include <cstring>
#include <string>
#include <thread>

namespace rtcbot::process {
namespace {

constexpr std::chrono::seconds kDeadline{20};

std::vector<std::uint8_t> framed(const std::string& text) {
  std::vector<std::uint8_t> bytes(ipc::kLengthBytes + text.size());
  const auto length = static_cast<std::uint32_t>(text.size());
  std::memcpy(bytes.data(), &length, sizeof(length));
  std::memcpy(bytes.data() + ipc::kLengthBytes, text.data(), text.size());
  return bytes;
}

/// One end with its reading thread, and what has come.
class End {
 public:
  End(int descriptor, MessageSocket::Limits limits) : socket(runtime::Descriptor(descriptor), limits) {}
  ~End() { stop(); }

  void start() {
    thread_ = std::thread([this] {
      socket.run(
          [this](const ipc::MessageBytes& message) {
            const std::lock_guard lock(mutex_);
            texts_.emplace_back(message.view().begin(), message.view().end());
            changed_.notify_all();
          },
          std::chrono::milliseconds(10), [this] { ++ticks; });
      const std::lock_guard lock(mutex_);
      ended_ = true;
      changed_.notify_all();
    });
  }
  void stop() {
    socket.stop();
    if (thread_.joinable()) thread_.join();
  }
  bool wait_texts(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline, [&] { return texts_.size() >= count; });
  }
  bool wait_end() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline, [&] { return ended_; });
  }
  std::vector<std::string> texts() {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

  MessageSocket socket;
  std::atomic<int> ticks{0};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_;
  bool ended_ = false;
  std::thread thread_;
};

class MessageSocketTest : public testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    raw = ends[1];
    near = std::make_unique<End>(ends[0], MessageSocket::Limits{.max_waiting_bytes = kMaxWaiting});
  }
  /// The other end is a socket of the same kind; otherwise the test reads and writes `raw` itself.
  void make_far() {
    far = std::make_unique<End>(raw, MessageSocket::Limits{.max_message_bytes = std::size_t{16} << 20});
    raw = -1;
  }
  void TearDown() override {
    near.reset();
    far.reset();
    if (raw >= 0) close(raw);
  }

  static constexpr std::size_t kMaxWaiting = std::size_t{4} << 20;
  int raw = -1;
  std::unique_ptr<End> near, far;
};

TEST_F(MessageSocketTest, CarriesMessagesBothWaysInOrder) {
  make_far();
  near->start();
  far->start();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(near->socket.send({.head = framed(std::to_string(i))}));
  EXPECT_TRUE(far->socket.send({.head = framed("back")}));
  ASSERT_TRUE(far->wait_texts(100));
  EXPECT_EQ(far->texts()[42], "42");
  ASSERT_TRUE(near->wait_texts(1));
}

TEST_F(MessageSocketTest, SendsWhatIsLargerThanTheKernelsBufferWhileTheSenderGoesOn) {
  make_far();
  near->start();
  const auto text = std::make_shared<std::string>(3'000'000, 'x');
  const auto* data = reinterpret_cast<const std::uint8_t*>(text->data());
  std::vector<std::uint8_t> head(ipc::kLengthBytes);
  const auto length = static_cast<std::uint32_t>(text->size());
  std::memcpy(head.data(), &length, sizeof(length));
  ASSERT_TRUE(near->socket.send({.head = head, .owner = text, .tail = {data, text->size()}}));
  EXPECT_GT(near->socket.waiting(), 0U) << "nobody reads yet";
  far->start();
  ASSERT_TRUE(far->wait_texts(1));
  EXPECT_EQ(far->texts()[0], *text);
}

TEST_F(MessageSocketTest, RefusesOverItsBoundAndCountsForEachAccount) {
  near->start();
  const auto account = std::make_shared<std::atomic<std::size_t>>(0);
  int taken = 0;
  while (near->socket.send({.head = framed(std::string(100'000, 'y')), .account = account})) ++taken;
  EXPECT_GT(taken, 30);
  EXPECT_LE(near->socket.waiting(), kMaxWaiting);
  EXPECT_EQ(*account, near->socket.waiting());
}

TEST_F(MessageSocketTest, EndsWhenTheOtherSideSendsAMessageOverTheLimit) {
  near->start();
  const std::uint32_t length = 0x7fffffff;
  ASSERT_EQ(write(raw, &length, sizeof(length)), static_cast<ssize_t>(sizeof(length)));
  EXPECT_TRUE(near->wait_end());
}

TEST_F(MessageSocketTest, EndsWhenTheOtherSideCloses) {
  near->start();
  close(std::exchange(raw, -1));
  EXPECT_TRUE(near->wait_end());
  EXPECT_FALSE(near->socket.send({.head = framed("late")}));
}

TEST_F(MessageSocketTest, DeliversWhatWasSentBeforeTheOtherSideStopped) {
  make_far();
  ASSERT_TRUE(far->socket.send({.head = framed("last word")}));
  far->socket.stop();
  near->start();
  ASSERT_TRUE(near->wait_end());
  EXPECT_EQ(near->texts(), std::vector<std::string>{"last word"});
}

TEST_F(MessageSocketTest, TicksWhileNothingComes) {
  near->start();
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  while (near->ticks < 3 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_GE(near->ticks, 3);
}

}  // namespace
}  // namespace rtcbot::process
