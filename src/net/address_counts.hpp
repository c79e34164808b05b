#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace rtcbot::net {

/// Counts items per address, up to a limit. Pure; not thread-safe.
class AddressCounts {
 public:
  /// One counted item, until destroyed. Must not outlive its counts.
  class Slot {
   public:
    Slot() = default;
    Slot(AddressCounts& counts, std::string key) : counts_(&counts), key_(std::move(key)) {}
    ~Slot() { release(); }
    Slot(Slot&& other) noexcept : counts_(std::exchange(other.counts_, nullptr)), key_(std::move(other.key_)) {}
    Slot& operator=(Slot&& other) noexcept {
      if (this == &other) return *this;
      release();
      counts_ = std::exchange(other.counts_, nullptr);
      key_ = std::move(other.key_);
      return *this;
    }

   private:
    void release() {
      if (counts_ != nullptr) std::exchange(counts_, nullptr)->leave(key_);
    }
    AddressCounts* counts_ = nullptr;
    std::string key_;
  };

  /// `limit` 0: nothing is counted, and every address is admitted.
  explicit AddressCounts(std::size_t limit) : limit_(limit) {}

  /// Counts one more item; returns nothing if the address has reached the limit.
  [[nodiscard]] std::optional<Slot> enter(std::string key) {
    if (limit_ == 0) return Slot();
    auto& count = counts_[key];
    if (count >= limit_) return std::nullopt;
    ++count;
    return Slot(*this, std::move(key));
  }

  /// Number of addresses with at least one item.
  [[nodiscard]] std::size_t size() const { return counts_.size(); }

 private:
  void leave(const std::string& key) {
    const auto found = counts_.find(key);
    if (found != counts_.end() && --found->second == 0) counts_.erase(found);
  }

  std::size_t limit_;
  std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace rtcbot::net
