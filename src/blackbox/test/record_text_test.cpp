#include "rtcbot/blackbox/record_text.hpp"

#include <gmock/gmock.h>

namespace rtcbot::blackbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::ordered_json;

const nlohmann::ordered_json kRecord{{"unix_ms", 5}, {"type", "drive"}, {"data", {{"axes", {0.5, 1}}}}};

TEST(RecordText, IsOneLineThatGrepFindsThingsIn) {
  EXPECT_EQ(write_record({{"type", "x"}}), "0000000c 5eab66db {\"type\":\"x\"}\n");
}

TEST(RecordText, HoldsLineBreaksAndBytesThatAreNoText) {
  const auto line = write_record({{"type", "a\nb\xff"}});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  RecordReader reader;
  EXPECT_THAT(reader.feed(line), ElementsAre(Json{{"type", "a\nb\uFFFD"}}));
}

TEST(RecordText, RefusesWhatIsTooLong) { EXPECT_EQ(write_record({{"x", std::string(kMaxRecordBytes, 'a')}}), ""); }

TEST(RecordReader, FindsAllRecordsHoweverTheyAreCut) {
  const auto text = write_record(kRecord) + write_record({{"type", "b"}});
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    SCOPED_TRACE(cut);
    RecordReader reader;
    auto records = reader.feed(text.substr(0, cut));
    for (auto& record : reader.feed(text.substr(cut))) records.push_back(std::move(record));
    EXPECT_THAT(records, ElementsAre(Json(kRecord), Json{{"type", "b"}}));
  }
}

TEST(RecordReader, PassesOverATornTailWhereverItWasTorn) {
  const auto good = write_record(kRecord);
  const auto torn = write_record({{"type", "last"}, {"data", {1, 2, 3}}});
  for (std::size_t left = 0; left < torn.size(); ++left) {
    SCOPED_TRACE(left);
    RecordReader reader;
    EXPECT_THAT(reader.feed(good + torn.substr(0, left)), ElementsAre(Json(kRecord)));
    reader.end_of_file();
    EXPECT_EQ(reader.counts().broken, left == 0 ? 0 : 1);
    EXPECT_THAT(reader.feed(good), SizeIs(1)) << "the next file is read as ever";
  }
}

TEST(RecordReader, GoesOnBehindATearThatWasWrittenOver) {
  const auto good = write_record(kRecord);
  for (std::size_t left = 1; left < good.size() - 1; ++left) {
    SCOPED_TRACE(left);
    RecordReader reader;
    const auto records = reader.feed(good.substr(0, left) + "\n" + good);
    EXPECT_THAT(records, ElementsAre(Json(kRecord)));
    EXPECT_EQ(reader.counts(), (RecordReader::Counts{.records = 1, .broken = 1}));
  }
}

TEST(RecordReader, NoticesAnyBitThatWasLost) {
  const auto good = write_record(kRecord);
  for (std::size_t at = 0; at + 1 < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto broken = good;
      broken[at] = static_cast<char>(broken[at] ^ (1 << bit));
      // Upper case digits are the same number.
      if (at < 18 && std::isxdigit(static_cast<unsigned char>(good[at])) != 0 && (broken[at] ^ good[at]) == 0x20)
        continue;
      RecordReader reader;
      EXPECT_THAT(reader.feed(broken), IsEmpty()) << at << " " << bit;
    }
  }
}

TEST(RecordReader, LetsBlocksOfZerosAndEndlessLinesCostNothing) {
  RecordReader reader;
  for (int i = 0; i < 1'000; ++i) EXPECT_THAT(reader.feed(std::string(4096, '\0')), IsEmpty());
  EXPECT_THAT(reader.feed(std::string("\n").append(write_record(kRecord))), SizeIs(1));
  EXPECT_EQ(reader.counts(), (RecordReader::Counts{.records = 1, .broken = 1}));
}

}  // namespace
}  // namespace rtcbot::blackbox
