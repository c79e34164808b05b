#pragma once

#include <functional>
#include <memory>
#include <string>

#include "connection.hpp"

namespace rtcbot::nats {

/// The bucket that all servers share. Its calls wait for NATS: for threads of this room only.
class Store {
 public:
  Store(const NatsOptions& options, const Subjects& subjects, std::shared_ptr<Inbox> inbox)
      : options_(options), subjects_(subjects), inbox_(std::move(inbox)) {}

  /// Sends all entries and then each change to the inbox, until `ends` returns true or the connection is lost. Reports
  /// when the bucket is unavailable. Creates the bucket if it does not exist.
  void watch(Connection& connection, const std::function<bool()>& ends);

  [[nodiscard]] cluster::StoreResult write(Connection& connection, const cluster::StoreWrite& write) const;
  [[nodiscard]] ReadEnded read(Connection& connection, const cluster::StoreRead& read) const;

 private:
  /// The creation time of the bucket.
  [[nodiscard]] Result<std::int64_t> incarnation(Connection& connection) const;
  [[nodiscard]] Result<Nats<kvStore>> bucket(Connection& connection) const;
  /// One watch, from the first entry to the first error, whose reason is returned.
  std::string watch_once(Connection& connection, const std::function<bool()>& ends);
  void tell(kvEntry* entry);

  const NatsOptions& options_;
  const Subjects& subjects_;
  const std::shared_ptr<Inbox> inbox_;
};

}  // namespace rtcbot::nats
