#include "rtcbot/access/link_uses.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>

#include "rtcbot/access/files.hpp"

namespace rtcbot::access {
namespace {

std::string_view take_word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0 ? std::optional(number) : std::nullopt;
}

/// A file lock, held by one server at a time while it reads and writes the ledger.
class Lock {
 public:
  explicit Lock(const std::string& path) : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) is_held_ = true;
  }
  ~Lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  [[nodiscard]] bool is_held() const { return is_held_; }

 private:
  int descriptor_;
  bool is_held_ = false;
};

Result<LinkUses> load(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return LinkUses();
  const auto text = read_private_file(path);
  if (!text) return fail(text.error());
  auto uses = LinkUses::parse(*text);
  if (!uses) return fail(uses.error().code(), path + ": " + uses.error().what());
  return uses;
}

}  // namespace

Result<LinkUses> LinkUses::parse(std::string_view text) {
  LinkUses uses;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const std::string id(take_word(line));
    const auto count = number_in(take_word(line));
    const auto until = number_in(line);
    if (!is_label(id) || !count || *count > LinkCode::kMaxUses || !until || uses.size() >= kMax) {
      return fail(Errc::bad_config, "line " + std::to_string(number) + " is not of the form ID COUNT UNTIL");
    }
    uses.links_[id] = {static_cast<int>(*count), UnixTime(std::chrono::seconds(*until))};
  }
  return uses;
}

std::string LinkUses::text() const {
  std::string text = "# Links that were used, how often, and when they end.\n";
  for (const auto& [id, count] : links_) {
    text.append(id).append(" ").append(std::to_string(count.uses)).append(" ");
    text.append(std::to_string(count.until.time_since_epoch().count())).append("\n");
  }
  return text;
}

bool LinkUses::take(const LinkCode& code) {
  const auto found = links_.find(code.grant.id);
  if (found == links_.end() && links_.size() >= kMax) return false;
  auto& count = links_[code.grant.id];
  if (count.uses >= code.uses) return false;
  ++count.uses;
  count.until = std::max(count.until, code.until);
  return true;
}

void LinkUses::prune(UnixTime now) {
  std::erase_if(links_, [&](const auto& each) { return each.second.until < now; });
}

Result<bool> LinkLedger::take(const LinkCode& code, UnixTime now) {
  if (path_.empty()) {
    in_memory_.prune(now);
    return in_memory_.take(code);
  }
  const Lock lock(path_ + ".lock");
  if (!lock.is_held())
    return fail(Errc::bad_config,
                path_ + " cannot be locked: another server has locked it, or this server may not write it");
  auto uses = load(path_);
  if (!uses) return fail(uses.error());
  uses->prune(now);
  if (!uses->take(code)) return false;
  const auto written = write_private_file(path_, uses->text());
  if (!written) return fail(written.error());
  return true;
}

}  // namespace rtcbot::access
