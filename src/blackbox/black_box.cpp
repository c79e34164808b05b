#include "rtcbot/blackbox/black_box.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "rtcbot/blackbox/record_text.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "writer.hpp"

namespace rtcbot::blackbox {
namespace {

constexpr std::chrono::milliseconds kGather{50};  // pieces that arrive within it are written together

}  // namespace

struct BlackBox::Shared {
  explicit Shared(Options options)
      : writer([this, &options] {
          // After the box's owner is gone, the log's target may be gone too.
          options.log = [this, log = std::move(options.log)](const LogRecord& record) {
            const std::lock_guard lock(log_mutex);
            if (log && !is_abandoned) log(record);
          };
          return std::move(options);
        }()) {}

  std::mutex log_mutex;
  bool is_abandoned = false;  ///< Guarded by log_mutex.
  Writer writer;              ///< Used only by the thread.
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<Piece> waiting;
  std::size_t waiting_bytes = 0;
  Stats stats;
  bool wants_key_frame = true;
  bool is_ending = false;
  bool has_ended = false;

  void run();
  void put(Piece piece);
  void add(const Stats& counts);
};

void BlackBox::Shared::put(Piece piece) {
  const std::lock_guard lock(mutex);
  const std::size_t most = piece.is_video ? kMaxVideoWaiting : kMaxWaiting;
  if (piece.bytes.empty() || waiting_bytes + piece.bytes.size() > most) {
    ++stats.dropped;
    return;
  }
  waiting_bytes += piece.bytes.size() + sizeof piece;
  waiting.push_back(std::move(piece));
  if (waiting.size() == 1) changed.notify_all();
}

void BlackBox::Shared::add(const Stats& counts) {
  stats.records += counts.records;
  stats.dropped += counts.dropped;
  stats.frames += counts.frames;
  stats.write_errors += counts.write_errors;
  stats.bytes_on_disk = counts.bytes_on_disk;
}

void BlackBox::Shared::run() {
  std::unique_lock lock(mutex);
  while (!is_ending || !waiting.empty()) {
    changed.wait_for(lock, kSyncEvery, [this] { return is_ending || !waiting.empty(); });
    changed.wait_for(lock, kGather, [this] { return is_ending; });
    auto pieces = std::exchange(waiting, {});
    lock.unlock();
    writer.write(pieces);
    writer.sync_if_due();
    lock.lock();
    // Subtracted after the write: pieces being written count as waiting.
    for (const auto& piece : pieces) waiting_bytes -= piece.bytes.size() + sizeof piece;
    add(writer.take_counts());
    wants_key_frame = writer.wants_key_frame();
  }
  lock.unlock();
  writer.end();
  lock.lock();
  has_ended = true;
  changed.notify_all();
}

Result<std::unique_ptr<BlackBox>> BlackBox::open(Options options) {
  if (options.folder.empty()) return fail(Errc::bad_config, "the black box needs a folder");
  if (options.max_bytes < kMinBytes) {
    return fail(Errc::bad_config,
                "the black box needs at least 1 MB, but has " + std::to_string(options.max_bytes) + " bytes");
  }
  auto shared = std::make_shared<Shared>(std::move(options));
  // Detached: a write to a faulty disk may never end, and must not delay the program's exit.
  std::thread([shared] { shared->run(); }).detach();
  return std::unique_ptr<BlackBox>(new BlackBox(std::move(shared)));
}

BlackBox::~BlackBox() {
  {
    std::unique_lock lock(shared_->mutex);
    shared_->is_ending = true;
    shared_->changed.notify_all();
    shared_->changed.wait_for(lock, kFarewell, [this] { return shared_->has_ended; });
  }
  const std::lock_guard lock(shared_->log_mutex);
  shared_->is_abandoned = true;
}

void BlackBox::record(std::string_view type, nlohmann::json data) {
  const nlohmann::ordered_json record{{"unix_ms", runtime::unix_time_ms()},
                                      {"ms", static_cast<double>(runtime::now().time_since_epoch().count()) / 1000},
                                      {"type", type},
                                      {"data", std::move(data)}};
  shared_->put({.bytes = write_record(record)});
}

void BlackBox::put_frame(const EncodedFrame& frame) {
  shared_->put({.bytes = std::string(frame.data.begin(), frame.data.end()),
                .is_video = true,
                .key_frame = frame.key_frame,
                .codec = frame.codec,
                .width = frame.width,
                .height = frame.height,
                .sequence = frame.sequence});
}

bool BlackBox::wants_key_frame() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->wants_key_frame;
}

BlackBox::Stats BlackBox::stats() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->stats;
}

}  // namespace rtcbot::blackbox
