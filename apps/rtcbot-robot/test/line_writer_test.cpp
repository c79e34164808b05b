#include "rtcbot-robot/line_writer.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "rtcbot-robot/line_queue.hpp"

namespace rtcbot::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What was logged, by whichever thread.
class Log {
 public:
  [[nodiscard]] LogSink sink() {
    return [this](const LogRecord& record) {
      const std::lock_guard lock(mutex_);
      lines_.push_back(record.message);
    };
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

struct Pipe {
  Pipe() {
    std::signal(SIGPIPE, SIG_IGN);  // As the program does.
    EXPECT_EQ(pipe(ends.data()), 0);
  }
  ~Pipe() {
    close_reader();
    close(ends[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_reader() {
    if (ends[0] >= 0) close(std::exchange(ends[0], -1));
  }
  [[nodiscard]] std::string read_all(std::size_t least) const {
    std::string text;
    std::array<char, 4096> chunk{};
    while (text.size() < least) {
      const auto count = read(ends[0], chunk.data(), chunk.size());
      if (count <= 0) break;
      text.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return text;
  }
  std::array<int, 2> ends{};
};

/// Far more than a pipe takes (64 KiB) and a queue holds.
void flood(LineWriter& out) {
  const std::string text(10'000, 'x');
  for (int i = 0; i < 400; ++i) out.write({{"number", i}, {"text", text}});
}

TEST(LineQueue, LetsTheOldestGoWhenThereAreTooMany) {
  LineQueue queue;
  for (std::size_t i = 0; i < LineQueue::kMaxLines + 2; ++i) queue.push(std::to_string(i));
  EXPECT_EQ(queue.dropped(), 2);
  EXPECT_EQ(queue.pop(), "2");
}

TEST(LineQueue, LetsTheOldestGoWhenTheyAreTooLarge) {
  LineQueue queue;
  EXPECT_EQ(queue.push("first"), 0);
  EXPECT_EQ(queue.push(std::string(LineQueue::kMaxBytes - 4, 'x')), 1);
  EXPECT_EQ(queue.push("last"), 0);
  EXPECT_EQ(queue.pop().size(), LineQueue::kMaxBytes - 4);
  EXPECT_EQ(queue.pop(), "last");
  EXPECT_TRUE(queue.empty());
}

TEST(LineQueue, KeepsTheNewestHoweverLargeItIs) {
  LineQueue queue;
  queue.push("small");
  EXPECT_EQ(queue.push(std::string(2 * LineQueue::kMaxBytes, 'x')), 1);
  EXPECT_EQ(queue.pop().size(), 2 * LineQueue::kMaxBytes);
}

TEST(LineWriter, WritesWhatWaitsBeforeItEnds) {
  const Pipe pipe;
  Log log;
  std::optional<LineWriter> out(std::in_place, pipe.ends[1], log.sink());
  out->write({{"a", 1}});
  out->write("b");
  out.reset();
  EXPECT_EQ(pipe.read_all(12), "{\"a\":1}\n\"b\"\n");
  EXPECT_THAT(log.lines(), ElementsAre());
}

TEST(LineWriter, NeitherWaitsNorEndsLateWhenNobodyReads) {
  const Pipe pipe;
  Log log;
  auto done = std::async(std::launch::async, [&] {
    LineWriter out(pipe.ends[1], log.sink());
    flood(out);
    EXPECT_GT(out.dropped(), 0);
  });
  const bool is_prompt = done.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
  EXPECT_TRUE(is_prompt);
  EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("nobody reads standard output"), HasSubstr("were dropped")));
}

TEST(LineWriter, GoesOnWithoutAReaderThatHasGone) {
  Pipe pipe;
  pipe.close_reader();
  Log log;
  std::optional<LineWriter> out(std::in_place, pipe.ends[1], log.sink());
  flood(*out);
  out.reset();
  ASSERT_FALSE(log.lines().empty());
  int told = 0;
  for (const auto& line : log.lines()) told += line.find("can no longer be written") != std::string::npos ? 1 : 0;
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace rtcbot::app
