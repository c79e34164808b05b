#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::http {

/// The content type for a file's extension: "text/html; charset=utf-8" for "index.html". Unknown extensions are
/// "application/octet-stream".
[[nodiscard]] std::string_view content_type_of(std::string_view path);

/// A strong entity tag (RFC 9110 section 8.8.3) of a content, with its quotes. Equal contents have equal tags, also at
/// another server. Not cryptographic.
[[nodiscard]] std::string entity_tag(std::string_view content);

/// True if an If-None-Match field (RFC 9110 section 13.1.2) names that tag, or is "*".
[[nodiscard]] bool names_tag(std::string_view if_none_match, std::string_view tag);

/// Adds the entity tag of the body and `Cache-Control: no-cache`, with which browsers keep the answer and ask each time
/// whether it is still valid. Turns it into a 304 without a body if the request has the body already.
void add_validator(const net::HttpRequest& request, net::HttpResponse& response);

/// The files of a folder, for example of a built web app. Reads each file when it is asked for.
///
/// Serves only regular files within the folder: no symbolic links, and no names that begin with '.', which are often
/// private (".git", ".env"). The folder itself may be a symbolic link, and is found once. Distinct calls are
/// independent; safe to call from several threads. Blocks while it reads.
class StaticFolder {
 public:
  static constexpr std::size_t kMaxFile = 32 * 1024 * 1024;  ///< Bytes of one file; larger ones are not served.

  /// Errors: bad_config if `path` is not a folder, or cannot be read.
  [[nodiscard]] static Result<StaticFolder> open(const std::string& path);
  StaticFolder(StaticFolder&& other) noexcept;
  StaticFolder& operator=(StaticFolder&& other) noexcept;
  ~StaticFolder();

  /// The content of a file. `path` is decoded and relative: "assets/app.js". An empty path, and one that ends with '/',
  /// is the file index.html of that folder.
  /// Errors: bad_address if there is no such file; too_large; internal if it cannot be read.
  [[nodiscard]] Result<std::string> read(std::string_view path) const;

  /// Answers a request for the file at `path` (as in `read`) with 200, 304, or 404 in JSON. Redirects from a folder
  /// without a '/' at its end, because the addresses in its page are relative to it.
  [[nodiscard]] net::HttpResponse respond(const net::HttpRequest& request, std::string_view path) const;

 private:
  explicit StaticFolder(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace rtcbot::http
