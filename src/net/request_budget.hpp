#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rtcbot::net {

/// How many bytes of unfinished requests are held, of each address and in all: nobody has been asked for a credential
/// by then, so it must not matter how many try. Pure; not thread-safe.
class RequestBudget {
 public:
  struct Limits {
    std::size_t per_address = 4 * 1024 * 1024;  ///< Bytes.
    std::size_t in_all = 64 * 1024 * 1024;      ///< Bytes.
  };

  /// What one connection holds, until this goes. Must not outlive its budget.
  class Share {
   public:
    /// `key`: see `key_of`.
    Share(RequestBudget& budget, std::string key) : budget_(budget), key_(std::move(key)) {}
    ~Share() { budget_.give_back(key_, bytes_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// It holds `bytes` now. False, and nothing changes, where that is more than the budget has.
    [[nodiscard]] bool resize(std::size_t bytes);

   private:
    RequestBudget& budget_;
    std::string key_;
    std::size_t bytes_ = 0;
  };

  explicit RequestBudget(Limits limits) : limits_(limits) {}

  /// Whose bytes those from `remote` ("127.0.0.1:4711") are. Empty: of a proxy, which sends for many and for which the
  /// limit of all counts alone.
  [[nodiscard]] static std::string key_of(std::string_view remote, const std::vector<std::string>& proxies);

  /// Bytes.
  [[nodiscard]] std::size_t held() const { return held_; }
  /// How many addresses hold any.
  [[nodiscard]] std::size_t addresses() const { return of_address_.size(); }

 private:
  [[nodiscard]] bool take(const std::string& key, std::size_t bytes);
  void give_back(const std::string& key, std::size_t bytes);

  Limits limits_;
  std::size_t held_ = 0;
  std::unordered_map<std::string, std::size_t> of_address_;
};

}  // namespace rtcbot::net
