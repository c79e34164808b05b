#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace rtcbot::media {

/// A real RTSP camera: `rtsp_server.py` in its own process, on loopback. Ends with this object.
class RtspServer {
 public:
  /// Starts the server with these arguments, and waits until it listens. Fails the test if gir1.2-gst-rtsp-server-1.0
  /// is missing.
  explicit RtspServer(const std::vector<std::string>& arguments = {});
  ~RtspServer();
  RtspServer(const RtspServer&) = delete;
  RtspServer& operator=(const RtspServer&) = delete;

  [[nodiscard]] const std::string& port() const { return port_; }
  /// @param scheme and @param credentials for example "rtspt" and "user:password@"
  [[nodiscard]] std::string address(const std::string& scheme = "rtsp", const std::string& credentials = "") const {
    return scheme + "://" + credentials + "127.0.0.1:" + port_ + "/cam";
  }

 private:
  pid_t process_ = -1;
  int input_ = -1;  ///< The server ends when this is closed.
  std::string port_;
};

}  // namespace rtcbot::media
