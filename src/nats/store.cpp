#include "store.hpp"

#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "majority.hpp"

namespace rtcbot::nats {
namespace {

using Status = cluster::StoreResult::Status;
using std::chrono::steady_clock;

constexpr std::int64_t kLookMs = 200;                     ///< Interval at which an idle watch checks whether it must
                                                          ///< end.
constexpr auto kCheckEvery = std::chrono::seconds(1);     ///< Interval of checks that the bucket is available.
constexpr auto kTryAgainAfter = std::chrono::seconds(1);  ///< Interval of attempts while it is unavailable.
constexpr std::int64_t kForgetAfterNs = 24LL * 3600 * 1'000'000'000;
constexpr std::int64_t kMaxBucketBytes = 1024LL * 1024 * 1024;

std::string words(natsStatus status) {
  if (status == NATS_NO_RESPONDERS) return "JetStream is not available; is it enabled, and does it have a leader?";
  if (status == NATS_TIMEOUT) return "JetStream does not answer; does it have a leader?";
  return natsStatus_GetText(status);
}

}  // namespace

Result<std::int64_t> Store::incarnation(Connection& connection) const {
  jsStreamInfo* raw = nullptr;
  jsErrCode error{};
  const auto status = js_GetStreamInfo(&raw, connection.jet_stream(), subjects_.stream.c_str(), nullptr, &error);
  const Nats<jsStreamInfo> info(raw);
  if (status != NATS_OK) return fail(Errc::internal, words(status));
  if (!has_majority(info->Cluster))
    return fail(Errc::internal, "most of the NATS servers that store it are unreachable");
  return info->Created;
}

Result<Nats<kvStore>> Store::bucket(Connection& connection) const {
  kvStore* raw = nullptr;
  natsStatus status = js_KeyValue(&raw, connection.jet_stream(), subjects_.bucket.c_str());
  if (status == NATS_NOT_FOUND) {
    kvConfig config;
    kvConfig_Init(&config);
    config.Bucket = subjects_.bucket.c_str();
    config.Description = "Which robot is at which rtcbot-server";
    config.History = 1;
    config.TTL = kForgetAfterNs;
    config.MaxValueSize = static_cast<std::int32_t>(cluster::kMaxEntryBytes);
    config.MaxBytes = kMaxBucketBytes;
    config.StorageType = js_FileStorage;
    config.Replicas = options_.replicas;
    status = js_CreateKeyValue(&raw, connection.jet_stream(), &config);
    // Another server may have created it first.
    if (status != NATS_OK) status = js_KeyValue(&raw, connection.jet_stream(), subjects_.bucket.c_str());
  }
  if (status != NATS_OK) return fail(Errc::internal, words(status));
  return Nats<kvStore>(raw);
}

void Store::watch(Connection& connection, const std::function<bool()>& ends) {
  const int generation = connection.generation();
  const auto is_over = [&] { return ends() || !connection.is_connected() || connection.generation() != generation; };
  while (!is_over()) {
    const auto reason = watch_once(connection, is_over);
    if (is_over()) return;
    inbox_->push(StoreDown{reason});
    const auto again = steady_clock::now() + kTryAgainAfter;
    while (!is_over() && steady_clock::now() < again) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

std::string Store::watch_once(Connection& connection, const std::function<bool()>& ends) {
  const auto kv = bucket(connection);
  if (!kv) return kv.error().what();
  const auto born = incarnation(connection);
  if (!born) return born.error().what();
  kvWatcher* raw = nullptr;
  if (const auto status = kvStore_WatchAll(&raw, kv->get(), nullptr); status != NATS_OK) return words(status);
  const Nats<kvWatcher> watcher(raw);
  inbox_->push(SnapshotBegin{});
  bool is_complete = false;
  const auto begun = steady_clock::now();
  auto check_at = begun + kCheckEvery;
  while (!ends()) {
    kvEntry* entry = nullptr;
    const auto status = kvWatcher_Next(&entry, raw, kLookMs);
    const Nats<kvEntry> owned(entry);
    if (status == NATS_OK && entry) {
      tell(entry);
    } else if (status == NATS_OK && !std::exchange(is_complete, true)) {
      inbox_->push(SnapshotEnd{*born});
    } else if (status != NATS_OK && status != NATS_TIMEOUT) {
      return words(status);
    }
    const auto now = steady_clock::now();
    if (now < check_at) continue;
    const auto still = incarnation(connection);
    if (!still) return still.error().what();
    if (*still != *born) return "the bucket was created again";
    check_at = steady_clock::now() + kCheckEvery;
  }
  return {};
}

void Store::tell(kvEntry* entry) {
  const std::string key = kvEntry_Key(entry);
  if (kvEntry_Operation(entry) != kvOp_Put) {
    inbox_->push(EntryDeleted{key, kvEntry_Revision(entry)});
    return;
  }
  const char* value = static_cast<const char*>(kvEntry_Value(entry));
  const auto size = static_cast<std::size_t>(kvEntry_ValueLen(entry));
  inbox_->push(EntryPut{key, value ? std::string(value, size) : std::string(), kvEntry_Revision(entry)});
}

cluster::StoreResult Store::write(Connection& connection, const cluster::StoreWrite& write) const {
  jsPubOptions options;
  jsPubOptions_Init(&options);
  options.MaxWait = kNatsWaitMs;
  options.ExpectLastSubjectSeq = write.expected;
  options.ExpectNoMessage = write.expected == 0;
  jsPubAck* raw = nullptr;
  jsErrCode error{};
  const auto status = js_Publish(&raw, connection.jet_stream(), subjects_.of_key(write.key).c_str(), write.value.data(),
                                 static_cast<int>(write.value.size()), &options, &error);
  const Nats<jsPubAck> ack(raw);
  if (status == NATS_OK) return {Status::done, ack->Sequence, {}};
  return {error == JSStreamWrongLastSequenceErr ? Status::conflict : Status::failed, 0, {}};
}

ReadEnded Store::read(Connection& connection, const cluster::StoreRead& read) const {
  natsMsg* raw = nullptr;
  jsErrCode error{};
  const auto status = js_GetLastMsg(&raw, connection.jet_stream(), subjects_.stream.c_str(),
                                    subjects_.of_key(read.key).c_str(), nullptr, &error);
  const Nats<natsMsg> message(raw);
  if (status == NATS_NOT_FOUND && error != JSStreamNotFoundErr) return {read.op, Status::done, 0, {}};
  if (status != NATS_OK) return {read.op, Status::failed, 0, {}};
  ReadEnded ended{read.op, Status::done, natsMsg_GetSequence(raw), {}};
  const char* operation = nullptr;
  const bool is_marker = natsMsgHeader_Get(raw, "KV-Operation", &operation) == NATS_OK && operation != nullptr &&
                         std::strcmp(operation, "PUT") != 0;
  const char* data = natsMsg_GetData(raw);
  if (!is_marker && data) ended.value = std::string(data, static_cast<std::size_t>(natsMsg_GetDataLength(raw)));
  return ended;
}

}  // namespace rtcbot::nats
