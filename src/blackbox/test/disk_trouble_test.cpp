// Disks that refuse, programs that are killed, files that were cut.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "support/box_folder.hpp"

namespace rtcbot::blackbox {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Runs this in a process of its own, whose limits and end are not ours.  @return its exit code.
int in_another_process(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) _exit(work());
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/// What a box says, for another process, which cannot use EXPECT.
struct Lines {
  std::mutex mutex;
  std::vector<std::string> lines;
  LogSink sink() {
    return [this](const LogRecord& record) {
      const std::lock_guard lock(mutex);
      lines.push_back(record.message);
    };
  }
};

TEST(DiskTrouble, AFileThatMayNotGrowIsSaidOnceAndCounted) {
  const BoxFolder folder;
  const int result = in_another_process([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{10'000, 10'000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 10;
    Lines said;
    {
      const auto box = folder.open(10'000'000, said.sink());
      for (int i = 0; i < 100; ++i) box->record("x", std::string(1'000, 'x'));
      if (!until([&] { return box->stats().dropped > 80; })) return 11;
      if (box->stats().write_errors == 0 || box->stats().records < 5) return 12;
    }
    if (said.lines.size() != 1) return 13;
    return said.lines[0].find("driving continues") == std::string::npos ? 14 : 0;
  });
  EXPECT_EQ(result, 0);
  const auto records = folder.records();
  EXPECT_GE(records.size(), 5u) << "what was written before can be read";
}

TEST(DiskTrouble, AFolderThatCannotBeMadeNeitherStopsNorHoldsAnybody) {
  const BoxFolder folder;
  std::ofstream(folder.path() / "file") << "x";
  Lines said;
  auto box = BlackBox::open({.folder = folder.path() / "file" / "box", .log = said.sink()}).value();
  for (int i = 0; i < 1'000; ++i) box->record("x", i);
  EXPECT_TRUE(until([&] { return box->stats().dropped == 1'000; }));
  box.reset();
  EXPECT_THAT(said.lines, SizeIs(1));
  EXPECT_THAT(said.lines[0], HasSubstr("cannot be written"));
}

TEST(DiskTrouble, ASecondBoxInAFolderIsRefused) {
  const BoxFolder folder;
  const auto first = folder.open();
  first->record("x", 1);
  EXPECT_TRUE(until([&] { return first->stats().records == 1; }));
  Lines said;
  const auto second = folder.open(10'000'000, said.sink());
  second->record("x", 2);
  EXPECT_TRUE(until([&] { return second->stats().dropped == 1; }));
  EXPECT_THAT(said.lines[0], HasSubstr("another program writes there"));
}

TEST(DiskTrouble, AProgramThatIsKilledLeavesWhatItHasWritten) {
  const BoxFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    const auto box = folder.open();
    for (int i = 0;; ++i) box->record("drive", i);
  }
  EXPECT_TRUE(until([&] { return folder.bytes() > 500'000; }));
  kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  const auto records = folder.records();
  EXPECT_LE(folder.counts().broken, 1) << "the one that was being written";
  ASSERT_GT(records.size(), 1'000u);
  folder.open()->record("drive", "next run");
  EXPECT_EQ(folder.records().back()["data"], "next run");
}

TEST(DiskTrouble, AFileThatWasCutAnywhereCostsOneRecord) {
  const BoxFolder folder;
  {
    const auto box = folder.open();
    for (int i = 0; i < 3; ++i) box->record("drive", i);
  }
  const auto path = folder.path() / "0000000001.log";
  const auto whole = std::filesystem::file_size(path);
  for (auto size = whole; size > 0; --size) {
    std::filesystem::resize_file(path, size);
    const auto records = folder.records();
    const auto& counts = folder.counts();
    ASSERT_LE(counts.broken, 1);
    for (std::size_t i = 0; i < records.size(); ++i) ASSERT_EQ(records[i]["data"], i) << size;
    ASSERT_GE(records.size() * whole / 3 + whole / 3 + 2, size);
  }
}

TEST(DiskTrouble, FasterThanAnyDiskIsDroppedAndNeverWaitedFor) {
  const BoxFolder folder;
  const auto box = folder.open();
  const std::string text(50'000, 'x');
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 400; ++i) box->record("x", text);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
  EXPECT_TRUE(until([&] { return box->stats().records + box->stats().dropped == 400; }));
}

}  // namespace
}  // namespace rtcbot::blackbox
