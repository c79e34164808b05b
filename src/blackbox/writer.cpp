#include "writer.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/blackbox/record_text.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::blackbox {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRetry{5'000};
constexpr std::uint64_t kMinSegment = 64 * 1024, kMaxSegment = 16 * 1024 * 1024;
constexpr std::uint64_t kSegments = 16;  // of the whole ring; one is deleted at a time
constexpr std::uint64_t kLongVideo = 4;  // maximum segments without a key frame

std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}

std::string_view extension_of(VideoCodec codec) { return codec == VideoCodec::h264 ? "h264" : "ivf"; }

}  // namespace

std::string ivf_head(int width, int height) {
  return "DKIF" + little_endian(0, 2) + little_endian(32, 2) + "VP80" +
         little_endian(static_cast<std::uint64_t>(width), 2) + little_endian(static_cast<std::uint64_t>(height), 2) +
         little_endian(30, 4) + little_endian(1, 4) + little_endian(0, 8);
}

std::string ivf_frame_head(std::size_t bytes, std::int64_t number) {
  return little_endian(bytes, 4) + little_endian(static_cast<std::uint64_t>(number), 8);
}

std::uint64_t Writer::segment_bytes() const {
  return std::clamp(options_.max_bytes / kSegments, kMinSegment, kMaxSegment);
}

Result<void> Writer::open_ring() {
  if (ring_) return {};
  auto opened = RingFolder::open(options_.folder, options_.max_bytes);
  if (!opened) return fail(opened.error());
  ring_ = std::move(*opened);
  return {};
}

void Writer::write(const std::vector<Piece>& pieces) {
  for (const auto& piece : pieces) {
    if (is_refused_ && Clock::now() < retry_at_) {
      ++counts_.dropped;
      continue;
    }
    auto done = open_ring();
    if (done) done = piece.is_video ? write_frame(piece) : write_record(piece.bytes);
    if (done) {
      on_success();
    } else {
      ++counts_.dropped;
      refused(done.error());
    }
  }
}

Result<void> Writer::write_record(const std::string& text) {
  const auto length = ring_->length("log");
  if (!length || *length + text.size() > segment_bytes()) {
    if (auto begun = ring_->begin("log"); !begun) return fail(begun.error());
  }
  auto done = ring_->append("log", text);
  if (done) ++counts_.records;
  return done;
}

Result<void> Writer::begin_video(const Piece& frame) {
  const auto extension = extension_of(frame.codec);
  ring_->end(extension_of(frame.codec == VideoCodec::h264 ? VideoCodec::vp8 : VideoCodec::h264));
  const auto name = ring_->begin(extension);
  if (!name) return fail(name.error());
  file_frames_ = 0;
  if (frame.codec == VideoCodec::vp8) {
    if (auto done = ring_->append(extension, ivf_head(frame.width, frame.height)); !done) return done;
  }
  const nlohmann::ordered_json record{
      {"unix_ms", runtime::unix_time_ms()},
      {"ms", static_cast<double>(runtime::now().time_since_epoch().count()) / 1000},
      {"type", "video"},
      {"data", {{"file", *name}, {"codec", name_of(frame.codec)}, {"width", frame.width}, {"height", frame.height}}}};
  return write_record(blackbox::write_record(record));
}

Result<void> Writer::write_frame(const Piece& frame) {
  const auto extension = extension_of(frame.codec);
  const auto length = ring_->length(extension);
  const bool follows = length && next_frame_ == frame.sequence;
  next_frame_.reset();
  if (!frame.key_frame && (!follows || *length > kLongVideo * segment_bytes())) {
    // It could not be decoded.
    wants_key_frame_ = true;
    ++counts_.dropped;
    return {};
  }
  if (!follows || (frame.key_frame && *length > segment_bytes())) {
    if (auto begun = begin_video(frame); !begun) return begun;
  }
  const auto head = frame.codec == VideoCodec::vp8 ? ivf_frame_head(frame.bytes.size(), file_frames_) : std::string();
  auto done = ring_->append(extension, head + frame.bytes);
  if (!done) return done;
  ++file_frames_;
  ++counts_.frames;
  next_frame_ = frame.sequence + 1;
  wants_key_frame_ = ring_->length(extension).value_or(0) > segment_bytes();
  return {};
}

void Writer::refused(const Error& error) {
  ++counts_.write_errors;
  retry_at_ = Clock::now() + kRetry;
  ring_.reset();  // Opens the folder again at the next attempt, because somebody may have made room.
  next_frame_.reset();
  if (std::exchange(is_refused_, true) || !options_.log) return;
  options_.log({LogLevel::error, "blackbox",
                std::string("nothing is recorded, because ")
                    .append(options_.folder.string())
                    .append(" cannot be written: ")
                    .append(error.what())
                    .append("; driving continues, and the robot tries again every 5 s")});
}

void Writer::on_success() {
  if (!std::exchange(is_refused_, false) || !options_.log) return;
  options_.log({LogLevel::info, "blackbox", options_.folder.string() + " can be written again"});
}

void Writer::sync_if_due() {
  if (Clock::now() - synced_at_ < BlackBox::kSyncEvery) return;
  synced_at_ = Clock::now();
  sync();
}

void Writer::sync() {
  if (ring_) ring_->sync();
}

void Writer::end() {
  sync();
  ring_.reset();
}

BlackBox::Stats Writer::take_counts() {
  auto counts = std::exchange(counts_, {});
  counts.bytes_on_disk = ring_ ? ring_->bytes() : 0;
  return counts;
}

}  // namespace rtcbot::blackbox
