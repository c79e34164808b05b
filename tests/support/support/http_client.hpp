#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

namespace rtcbot::test {

/// One HTTP request on a connection of its own; the whole answer as text, empty when there was none. `headers` are
/// whole lines, each with its end.
inline std::string http(std::uint16_t port, const std::string& method, const std::string& path,
                        const std::string& body = {}, const std::string& headers = {}) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                                headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    if (write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
      std::array<char, 4096> chunk{};
      for (ssize_t n = read(fd, chunk.data(), chunk.size()); n > 0; n = read(fd, chunk.data(), chunk.size())) {
        answer.append(chunk.data(), static_cast<std::size_t>(n));
      }
    }
  }
  close(fd);
  return answer;
}

}  // namespace rtcbot::test
