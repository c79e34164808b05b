// Parses HTTP from strangers: a connection's bytes, split anywhere, into requests, paths and URLs.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http_text.hpp"
#include "request_reader.hpp"
#include "request_target.hpp"
#include "url.hpp"

namespace {

using rtcbot::net::RequestReader;

constexpr RequestReader::Limits kLimits{.header = 1024, .body = 512};

void check(const rtcbot::net::ReadRequest& read) {
  const auto& request = read.request;
  const bool is_sound = request.path.starts_with('/') && request.path.find('\0') == std::string::npos &&
                        ("/" + request.path + "/").find("/../") == std::string::npos &&
                        request.body.size() <= kLimits.body;
  if (!is_sound) std::abort();
}

/// Reads until the reader needs more input or rejects it; leaves unused bytes in `unread`.
bool read_all(RequestReader& reader, std::string& unread) {
  while (true) {
    const auto progress = reader.feed(unread);
    if (progress.used > unread.size()) std::abort();
    unread.erase(0, progress.used);
    if (progress.status == RequestReader::Status::need_more) return unread.size() < kLimits.header;
    if (progress.status == RequestReader::Status::need_continue) continue;
    if (progress.status != RequestReader::Status::complete) return false;
    check(reader.take());
    if (unread.empty()) return true;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  RequestReader reader(kLimits);
  std::string unread = text.substr(0, cut);
  if (unread.empty() || read_all(reader, unread)) {
    unread += text.substr(cut);
    read_all(reader, unread);
  }
  const auto target = rtcbot::net::parse_target(text);
  if (target && !target->path.starts_with('/')) std::abort();
  const auto url = rtcbot::net::parse_url(text);
  if (url && (url->port == 0 || url->host.empty() || !url->target.starts_with('/'))) std::abort();
  const auto error = rtcbot::net::refusal("ws://a", 404, text);
  if (std::string_view(error.what()).size() > 400) std::abort();
  return 0;
}
