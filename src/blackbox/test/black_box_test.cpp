#include "rtcbot/blackbox/black_box.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "support/box_folder.hpp"

namespace rtcbot::blackbox {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(BlackBox, KeepsWhatHappenedInOrderWithBothClocks) {
  const BoxFolder folder;
  {
    const auto box = folder.open();
    box->record("drive", {{"axes", {0, 1}}});
    box->record("log", "a line");
  }
  const auto records = folder.records();
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0]["type"], "drive");
  EXPECT_EQ(records[0]["data"]["axes"], nlohmann::json::array({0, 1}));
  EXPECT_EQ(records[1]["data"], "a line");
  EXPECT_GT(records[0]["unix_ms"], 1'600'000'000'000);
  EXPECT_GE(records[1]["ms"], records[0]["ms"]);
}

TEST(BlackBox, CanBeReadWhileItIsWritten) {
  const BoxFolder folder;
  const auto box = folder.open();
  box->record("drive", 1);
  EXPECT_TRUE(until([&] { return folder.records().size() == 1; }));
  box->record("drive", 2);
  EXPECT_TRUE(until([&] { return folder.records().size() == 2; }));
}

TEST(BlackBox, GoesOnInAnotherFileAfterARestart) {
  const BoxFolder folder;
  for (int run = 0; run < 3; ++run) folder.open()->record("run", run);
  const auto records = folder.records();
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(records[2]["data"], 2);
}

TEST(BlackBox, NeverHoldsMoreThanItsBoundAndLosesTheOldestFirst) {
  const BoxFolder folder;
  const std::string text(1'000, 'x');
  std::uint64_t most = 0;
  {
    const auto box = folder.open(BlackBox::kMinBytes);
    for (int i = 0; i < 5'000; ++i) {
      box->record("drive", {{"i", i}, {"text", text}});
      if (i % 200 != 199) continue;
      // Looked at while nothing is written: a folder cannot be added up in one moment.
      EXPECT_TRUE(until([&] { return box->stats().records == i + 1; }));
      most = std::max(most, folder.bytes());
    }
    EXPECT_EQ(box->stats().bytes_on_disk, folder.bytes());
    EXPECT_EQ(box->stats().dropped, 0);
  }
  EXPECT_LE(most, BlackBox::kMinBytes);
  EXPECT_GT(most, BlackBox::kMinBytes * 8 / 10);
  const auto records = folder.records();
  ASSERT_GT(records.size(), 700u);
  EXPECT_EQ(records.back()["data"]["i"], 4'999);
  for (std::size_t i = 1; i < records.size(); ++i) {
    ASSERT_EQ(records[i]["data"]["i"], records[i - 1]["data"]["i"].get<int>() + 1);
  }
}

TEST(BlackBox, ShrinksWhatAnEarlierRunWasAllowed) {
  const BoxFolder folder;
  {
    const auto box = folder.open(8'000'000);
    for (int i = 0; i < 4'000; ++i) box->record("x", std::string(1'000, 'x'));
  }
  EXPECT_GT(folder.bytes(), 4'000'000u);
  folder.open(BlackBox::kMinBytes)->record("x", "last");
  EXPECT_LE(folder.bytes(), BlackBox::kMinBytes);
  EXPECT_EQ(folder.records().back()["data"], "last");
}

TEST(BlackBox, LeavesFilesThatAreNotItsOwnAlone) {
  const BoxFolder folder;
  for (const std::string name : {"notes.log", "0000000001.txt", "000000001.log", "0000000002.log.gz"}) {
    std::ofstream(folder.path() / name) << std::string(2'000'000, 'x');
  }
  {
    const auto box = folder.open(BlackBox::kMinBytes);
    for (int i = 0; i < 2'000; ++i) box->record("x", std::string(1'000, 'x'));
  }
  for (const std::string name : {"notes.log", "0000000001.txt", "000000001.log", "0000000002.log.gz"}) {
    EXPECT_EQ(std::filesystem::file_size(folder.path() / name), 2'000'000u) << name;
  }
}

TEST(BlackBox, ReadsBackWhatIsAskedFor) {
  const BoxFolder folder;
  {
    const auto box = folder.open();
    for (const char* type : {"drive", "log", "link", "drive"}) box->record(type, 1);
  }
  EXPECT_THAT(folder.records({.types = {"drive"}}), SizeIs(2));
  EXPECT_THAT(folder.records({.types = {"log", "link"}}), SizeIs(2));
  EXPECT_THAT(folder.records({.since_unix_ms = 9'999'999'999'999}), SizeIs(0));
  const auto at = folder.records()[0]["unix_ms"].get<std::int64_t>();
  EXPECT_THAT(folder.records({.since_unix_ms = at}), SizeIs(4));
}

TEST(BlackBox, SaysWhereThereIsNone) {
  const auto read = read_back("/nowhere/at/all", {}, [](const auto&) {});
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what(), HasSubstr("/nowhere/at/all"));
}

TEST(BlackBox, WantsAFolderAndRoom) {
  EXPECT_EQ(BlackBox::open({}).error().code(), Errc::bad_config);
  EXPECT_THAT(BlackBox::open({.folder = "/tmp", .max_bytes = 999'999}).error().what(), HasSubstr("at least 1 MB"));
}

TEST(BlackBox, DropsWhatIsTooLongForARecordAndCountsIt) {
  const BoxFolder folder;
  const auto box = folder.open();
  box->record("x", std::string(kMaxRecordBytes, 'x'));
  EXPECT_EQ(box->stats().dropped, 1);
}

}  // namespace
}  // namespace rtcbot::blackbox
