#include "rtcbot/device/data_ledger.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

namespace rtcbot::device {

std::map<std::string, std::int64_t> bytes_by_interface(std::string_view table) {
  std::map<std::string, std::int64_t> all;
  std::istringstream lines{std::string(table)};
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    const auto begin = line.find_first_not_of(' ');
    if (colon == std::string::npos || begin >= colon) continue;
    // Eight columns for receiving and eight for sending; the first of each is the bytes.
    std::array<std::int64_t, 9> columns{};
    std::istringstream numbers(line.substr(colon + 1));
    for (auto& column : columns) numbers >> column;
    if (numbers) all[line.substr(begin, colon - begin)] = columns[0] + columns[8];
  }
  return all;
}

void DataLedger::resume(const Entries& entries, std::int64_t others) {
  others_ += others;
  for (const auto& [name, entry] : entries) {
    count(name).bytes = entry.bytes;
    if (entry.counter) counters_[name] = *entry.counter;
  }
}

void DataLedger::watch(const std::string& interface) { count(interface).is_watched = true; }

DataLedger::Counted& DataLedger::count(const std::string& name) {
  if (counted_.size() >= kMaxInterfaces && !counted_.contains(name)) forget_one();
  return counted_[name];
}

std::int64_t DataLedger::passed(const std::string& name, std::int64_t counter) const {
  const auto before = counters_.find(name);
  if (before != counters_.end()) return counter >= before->second ? counter - before->second : counter;
  return turn_ == 1 ? 0 : counter;
}

std::map<std::string, std::int64_t> DataLedger::take(const std::string& outbound_route, std::string_view table) {
  auto counters = bytes_by_interface(table);
  if (counters.empty()) return {};  // The table could not be read.
  ++turn_;
  if (!outbound_route.empty()) count(outbound_route).turn = turn_;
  std::map<std::string, std::int64_t> all;
  for (auto& [name, counted] : counted_) {
    const auto counter = counters.find(name);
    if (counter == counters.end()) continue;
    const std::int64_t bytes = passed(name, counter->second);
    if (bytes == 0) continue;
    counted.bytes += bytes;
    all[name] = bytes;
  }
  counters_ = std::move(counters);
  return all;
}

DataLedger::Entries DataLedger::entries() const {
  Entries entries;
  for (const auto& [name, counted] : counted_) {
    Entry& entry = entries[name];
    entry.bytes = counted.bytes;
    if (const auto counter = counters_.find(name); counter != counters_.end()) entry.counter = counter->second;
  }
  return entries;
}

void DataLedger::forget_one() {
  const auto age = [](const auto& each) { return std::pair(each.second.is_watched, each.second.turn); };
  const auto oldest =
      std::min_element(counted_.begin(), counted_.end(), [&](const auto& a, const auto& b) { return age(a) < age(b); });
  others_ += oldest->second.bytes;
  counted_.erase(oldest);
}

}  // namespace rtcbot::device
