#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rtcbot::net {

/// Limits the bytes held for incomplete requests, per address and in total. Their clients have not authenticated yet,
/// so any number of them must be harmless. Pure; not thread-safe.
class RequestBudget {
 public:
  struct Limits {
    std::size_t per_address = 4 * 1024 * 1024;  ///< Bytes.
    std::size_t in_all = 64 * 1024 * 1024;      ///< Bytes.
  };

  /// The bytes of one connection, until destroyed. Must not outlive its budget.
  class Share {
   public:
    /// `key`: see `key_of`.
    Share(RequestBudget& budget, std::string key) : budget_(budget), key_(std::move(key)) {}
    ~Share() { budget_.give_back(key_, bytes_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// Changes the size of this share. Returns false without a change if the budget is exceeded.
    [[nodiscard]] bool resize(std::size_t bytes);

   private:
    RequestBudget& budget_;
    std::string key_;
    std::size_t bytes_ = 0;
  };

  explicit RequestBudget(Limits limits) : limits_(limits) {}

  /// Returns the key for the address `remote` ("127.0.0.1:4711"). Empty for a proxy, which sends for many clients: only
  /// the total limit applies.
  [[nodiscard]] static std::string key_of(std::string_view remote, const std::vector<std::string>& proxies);

  /// Bytes.
  [[nodiscard]] std::size_t held() const { return held_; }
  /// Number of addresses that hold bytes.
  [[nodiscard]] std::size_t addresses() const { return of_address_.size(); }

 private:
  [[nodiscard]] bool take(const std::string& key, std::size_t bytes);
  void give_back(const std::string& key, std::size_t bytes);

  Limits limits_;
  std::size_t held_ = 0;
  std::unordered_map<std::string, std::size_t> of_address_;
};

}  // namespace rtcbot::net
