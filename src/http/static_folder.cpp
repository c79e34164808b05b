#include "rtcbot/http/static_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <utility>

#include "rtcbot/http/message.hpp"
#include "rtcbot/net/client_address.hpp"
#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::http {
namespace {

using runtime::Descriptor;

constexpr std::string_view kIndex = "index.html";

struct Type {
  std::string_view extension;
  std::string_view content_type;
};
constexpr std::array<Type, 26> kTypes{{
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"js", "application/javascript; charset=utf-8"},
    {"mjs", "application/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json; charset=utf-8"},
    {"map", "application/json; charset=utf-8"},
    {"webmanifest", "application/manifest+json"},
    {"txt", "text/plain; charset=utf-8"},
    {"xml", "application/xml; charset=utf-8"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"avif", "image/avif"},
    {"ico", "image/x-icon"},
    {"wasm", "application/wasm"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"ttf", "font/ttf"},
    {"mp3", "audio/mpeg"},
    {"ogg", "audio/ogg"},
    {"mp4", "video/mp4"},
    {"pdf", "application/pdf"},
}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

tl::unexpected<Error> not_here(std::string_view path) {
  return fail(Errc::bad_address, std::string("there is no file ").append(path));
}

/// A name of a file that may be served. "." and ".." begin with '.', too.
bool is_served(std::string_view name) {
  return !name.empty() && !name.starts_with('.') && name.find('\0') == name.npos && name.find('\\') == name.npos;
}

/// Opens what is at `path` below a folder, without following a symbolic link at any step.  Not open: there is nothing.
Descriptor open_below(int folder, std::string_view path) {
  Descriptor current;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto name = path.substr(begin, end - begin);
    if (!is_served(name)) return {};
    const bool is_last = end == path.size();
    // O_NONBLOCK: a named pipe must not stop the thread.
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (is_last ? 0 : O_DIRECTORY);
    current = Descriptor(::openat(current.is_open() ? current.get() : folder, std::string(name).c_str(), flags));
    if (!current.is_open()) return {};
    begin = end + 1;
  }
  return current;
}

Result<std::string> content_of(int file, std::size_t size) {
  std::string content(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const auto got = ::read(file, content.data() + filled, size - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Errc::internal, std::string("cannot read a file: ") + std::strerror(errno));
    if (got == 0) break;  // It has become shorter meanwhile.
    filled += static_cast<std::size_t>(got);
  }
  content.resize(filled);
  return content;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  const auto extension = dot == name.npos ? std::string_view() : name.substr(dot + 1);
  for (const auto& type : kTypes) {
    const auto same = [](char given, char known) { return lower(given) == known; };
    if (std::equal(extension.begin(), extension.end(), type.extension.begin(), type.extension.end(), same))
      return type.content_type;
  }
  return "application/octet-stream";
}

std::string entity_tag(std::string_view content) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  std::array<char, 40> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "\"%zx-%016llx\"", content.size(), static_cast<unsigned long long>(hash));
  return {text.data(), static_cast<std::size_t>(size)};
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  for (std::size_t begin = 0; begin < if_none_match.size();) {
    const auto end = std::min(if_none_match.find(',', begin), if_none_match.size());
    auto each = trimmed(if_none_match.substr(begin, end - begin));
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == "*" || each == tag) return true;
    begin = end + 1;
  }
  return false;
}

void add_validator(const net::HttpRequest& request, net::HttpResponse& response) {
  auto tag = entity_tag(response.body);
  const auto known = request.headers.find("if-none-match");
  if (known != request.headers.end() && names_tag(known->second, tag)) {
    response.status = 304;
    response.content_type.clear();
    response.body.clear();
  }
  response.headers.emplace_back("ETag", std::move(tag));
  response.headers.emplace_back("Cache-Control", "no-cache");
}

Result<StaticFolder> StaticFolder::open(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return fail(Errc::bad_config, "cannot open the folder " + path + ": " + std::strerror(errno));
  return StaticFolder(folder);
}

StaticFolder::StaticFolder(StaticFolder&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

StaticFolder& StaticFolder::operator=(StaticFolder&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

StaticFolder::~StaticFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::string> StaticFolder::read(std::string_view path) const {
  auto name = std::string(path);
  if (name.empty() || name.ends_with('/')) name.append(kIndex);
  const auto file = open_below(descriptor_, name);
  struct stat found {};
  if (!file.is_open() || ::fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode)) return not_here(path);
  const auto size = static_cast<std::size_t>(found.st_size);
  if (size > kMaxFile) return fail(Errc::too_large, "the file is larger than 32 MiB: " + name);
  return content_of(file.get(), size);
}

net::HttpResponse StaticFolder::respond(const net::HttpRequest& request, std::string_view path) const {
  auto content = read(path);
  if (!content) {
    struct stat found {};
    const auto folder = path.empty() ? Descriptor() : open_below(descriptor_, path);
    if (folder.is_open() && ::fstat(folder.get(), &found) == 0 && S_ISDIR(found.st_mode)) {
      HttpResponse response;
      response.status = 308;
      const auto name = path.substr(path.rfind('/') + 1);
      auto where = std::string(".").append(net::escaped_path(std::string("/").append(name))).append("/");
      response.headers = {{"Location", std::move(where)}};
      return response;
    }
    if (content.error().code() == Errc::bad_address)
      return HttpResponse::refusal(404, "not_found", "There is no such file.");
    return HttpResponse::refusal(500, "internal", "The file cannot be read. See the server's log.");
  }
  net::HttpResponse response;
  response.content_type = content_type_of(path.empty() || path.ends_with('/') ? kIndex : path);
  response.body = std::move(*content);
  add_validator(request, response);
  return response;
}

}  // namespace rtcbot::http
