#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "../newest_writer.hpp"
#include "rtcbot/runtime/descriptor.hpp"
#include "support/watcher.hpp"

namespace rtcbot::actuator {
namespace {

using namespace testing;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Ends {
  runtime::Descriptor read, write;
};

Ends make_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  return {runtime::Descriptor(ends[0]), runtime::Descriptor(ends[1])};
}

Ends make_sockets() {
  std::array<int, 2> ends{};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {runtime::Descriptor(ends[0]), runtime::Descriptor(ends[1])};
}

/// All that is there now.
std::string drain(int descriptor) {
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  std::string text;
  std::array<char, 4096> chunk{};
  for (ssize_t count = 0; (count = read(descriptor, chunk.data(), chunk.size())) > 0;) {
    text.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return without_times(text);
}

std::unique_ptr<safety::Sink> standard_output(int descriptor, Watcher& watcher) {
  auto options = watcher.options();
  options.standard_output = descriptor;
  return parse_sink("stdout", std::move(options)).value();
}

TEST(StandardOutput, GetsEachOutputAsALineAndAStopAtTheEnd) {
  Watcher watcher;
  const auto pipe = make_pipe();
  auto sink = standard_output(pipe.write.get(), watcher);
  EXPECT_TRUE(sink->write(forward(0.5)));
  EXPECT_EQ(drain(pipe.read.get()), line_without_time(forward(0.5)));
  sink.reset();
  EXPECT_EQ(drain(pipe.read.get()), line_without_time(stop(safety::StopReason::local)));
}

TEST(StandardOutput, StaysAsItIsForWhoeverElseWritesThere) {
  Watcher watcher;
  const auto pipe = make_pipe();
  const auto sink = standard_output(pipe.write.get(), watcher);
  EXPECT_EQ(fcntl(pipe.write.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(StandardOutput, MayBeASocketAsUnderAServiceManager) {
  Watcher watcher;
  const auto sockets = make_sockets();
  const auto sink = standard_output(sockets.write.get(), watcher);
  EXPECT_TRUE(sink->write(forward()));
  EXPECT_EQ(drain(sockets.read.get()), line_without_time(forward()));
}

TEST(StandardOutput, ThatNobodyReadsNeverHoldsAnybodyUpAndKeepsNothingOld) {
  Watcher watcher;
  for (const bool is_socket : {false, true}) {
    SCOPED_TRACE(is_socket);
    const auto ends = is_socket ? make_sockets() : make_pipe();
    const auto sink = standard_output(ends.write.get(), watcher);
    const auto begun = std::chrono::steady_clock::now();
    int written = 0;
    for (int i = 0; i < 10'000; ++i) written += sink->write(forward(0.25)) ? 1 : 0;
    EXPECT_LT(std::chrono::steady_clock::now() - begun, kGenerous);
    EXPECT_LE(written, 4) << "what a driver wanted long ago waits for the reader";
    EXPECT_GE(written, 1);
    (void)drain(ends.read.get());
    EXPECT_TRUE(sink->write(forward(0.5))) << "once it reads, the newest comes";
    EXPECT_EQ(drain(ends.read.get()), line_without_time(forward(0.5)));
  }
}

TEST(StandardOutput, TakesAStopBehindAnOutputThatHasNotBeenRead) {
  Watcher watcher;
  const auto pipe = make_pipe();
  const auto sink = standard_output(pipe.write.get(), watcher);
  while (sink->write(forward())) {
  }
  EXPECT_TRUE(sink->write(stop()));
  EXPECT_THAT(drain(pipe.read.get()), EndsWith(line_without_time(stop())));
}

TEST(StandardOutput, IsBehindUntilItsReaderReads) {
  Watcher watcher;
  const auto pipe = make_pipe();
  const auto sink = standard_output(pipe.write.get(), watcher);
  EXPECT_TRUE(sink->write(forward()));
  EXPECT_FALSE(sink->is_behind());
  EXPECT_FALSE(sink->write(forward()));
  EXPECT_TRUE(sink->is_behind());
  (void)drain(pipe.read.get());
  EXPECT_TRUE(sink->write(forward()));
  EXPECT_FALSE(sink->is_behind());
}

TEST(StandardOutput, WhoseReaderHasGoneIsToldOfOnce) {
  Watcher watcher;
  auto pipe = make_pipe();
  const auto sink = standard_output(pipe.write.get(), watcher);
  pipe.read.close();
  EXPECT_FALSE(sink->write(forward()));
  EXPECT_FALSE(sink->write(forward()));
  EXPECT_FALSE(sink->is_behind()) << "another attempt is useless";
  EXPECT_TRUE(watcher.has_said("no commands are written"));
  EXPECT_EQ(watcher.logs().size(), 1u);
}

TEST(NewestWriter, FinishesALineThatItHasBegunBeforeTheNext) {
  const auto sockets = make_sockets();
  NewestWriter writer;
  // More than the socket takes at once, so that it is torn.
  const std::string large(3'000'000, 'a');
  EXPECT_EQ(writer.write(sockets.write.get(), large + "\n", false), NewestWriter::Result::not_taken);
  EXPECT_EQ(writer.write(sockets.write.get(), "late\n", false), NewestWriter::Result::not_taken);
  std::string seen;
  while (writer.write(sockets.write.get(), "next\n", false) != NewestWriter::Result::written) {
    seen += drain(sockets.read.get());
    ASSERT_LE(seen.size(), large.size() + 1);
  }
  seen += drain(sockets.read.get());
  EXPECT_EQ(seen, large + "\nnext\n");
}

TEST(NewestWriter, LetsGoOfARestWhoseReaderIsAnotherNow) {
  const auto old = make_sockets();
  const auto fresh = make_sockets();
  NewestWriter writer;
  EXPECT_EQ(writer.write(old.write.get(), std::string(3'000'000, 'a'), false), NewestWriter::Result::not_taken);
  writer.reset();
  EXPECT_EQ(writer.write(fresh.write.get(), "next\n", false), NewestWriter::Result::written);
  EXPECT_EQ(drain(fresh.read.get()), "next\n");
}

}  // namespace
}  // namespace rtcbot::actuator
