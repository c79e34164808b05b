#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "request_reader.hpp"
#include "server_core.hpp"
#include "socket_stream.hpp"

namespace rtcbot::net {

/// One accepted connection: reads requests, answers them in order, and hands its socket over on a WebSocket upgrade.
/// Lives on the I/O thread, owned by its pending operations.
///
/// It also reads while a handler works, to detect that the client has gone.
class HttpConnection final : public ServerPart, public std::enable_shared_from_this<HttpConnection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  HttpConnection(Socket socket, std::shared_ptr<ServerCore> core);
  ~HttpConnection() override;
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  void start(AddressCounts::Slot slot);
  /// Answers that the server is full, and closes.
  void reject();

  /// Answers request `number`; ignored if that is not the present request.
  void answer(std::uint64_t number, HttpResponse response);
  /// Stores `gone` and returns true if request `number` still waits for its answer; otherwise leaves `gone` unchanged.
  [[nodiscard]] bool watch(std::uint64_t number, std::function<void()>& gone);

  void wind_down() override;
  void abort() override;

 private:
  using ErrorCode = boost::system::error_code;
  using Clock = std::chrono::steady_clock;
  enum class State {
    greeting,  ///< TLS: waits for the first byte or the end of the handshake.
    idle,      ///< Between requests.
    reading,   ///< A request has arrived in part.
    thinking,  ///< A handler works on the request.
    writing,   ///< The answer is being sent.
    draining,  ///< The answer was sent; discards further input, so that the client can read the answer.
    closed,
  };

  void greet();
  void on_first_byte();
  void on_handshake(const ErrorCode& error);
  void read();
  void on_readable(const ErrorCode& error);
  void on_read(const ErrorCode& error, std::string_view bytes);
  void consume();
  /// Reads the rest of a request, if the budget allows to hold it.
  void read_rest(bool wants_continue);
  void forget_request();
  void release_share();
  void dispatch();
  void dispatch_upgrade(ReadRequest read);
  void accept_upgrade(HttpRequest request, const std::string& subprotocol);
  void call_handler(HttpRequest request);
  void refuse_plain(const ReadRequest& read);
  void send_continue();
  void refuse(int status, const char* code, const std::string& sentence);
  void write_busy(const char* sentence);
  void write(const HttpResponse& response);
  void on_written(const ErrorCode& error);
  void drain();
  /// Changes the state, and limits the time in it.
  void enter(State state, std::chrono::milliseconds limit);
  void arm();
  void on_timer();
  void on_deadline();
  void lose_client();
  /// The client has shut down its sending half while a handler works: it may still wait for the answer.
  void probe_client();
  void await_reset();
  void send_probe();
  void probe_later();
  void write_out();
  void close();

  std::shared_ptr<ServerCore> core_;
  SocketStream stream_;
  boost::asio::steady_timer deadline_;
  Clock::time_point due_{};                                 ///< Deadline of the present state.
  Clock::time_point armed_for_ = Clock::time_point::max();  ///< Expiry of `deadline_`; not after `due_`.
  RequestReader reader_;
  State state_ = State::idle;
  std::string unread_;  ///< Input that was not used yet: part of a request, or further requests.
  std::string out_;     ///< The answer being written.
  std::string remote_;
  std::uint64_t number_ = 0;  ///< Number of the present request.
  std::function<void()> gone_;
  std::size_t drained_ = 0;
  bool is_reading_ = false;
  bool is_probing_ = false;                                 ///< An interim answer is being written.
  std::unique_ptr<boost::asio::steady_timer> probe_timer_;  ///< Set if the client has shut down its sending half.
  bool is_head_ = false;
  bool is_http_1_0_ = false;
  bool keep_alive_ = true;
  bool is_turned_away_ = false;
  bool is_plain_on_tls_ = false;  ///< The client sent HTTP without TLS on a TLS port; the answer says so.
  AddressCounts::Slot slot_;
  std::optional<RequestBudget::Share> share_;  ///< The budget of an incoming request, if it did not arrive in one
                                               ///< piece.
  std::unique_ptr<ServerTicket> ticket_;
};

}  // namespace rtcbot::net
