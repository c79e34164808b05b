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
#include "server_stream.hpp"

namespace rtcbot::net {

/// One accepted connection: reads requests, has them answered in order, and hands itself over when one asks for a
/// WebSocket. Lives on the I/O thread, owned by its pending operations.
///
/// It reads all the time, also while a handler thinks: that is how it notices that the client has gone.
class HttpConnection final : public ServerPart, public std::enable_shared_from_this<HttpConnection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  HttpConnection(Socket socket, std::shared_ptr<ServerCore> core);
  ~HttpConnection() override;
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  void start(AddressCounts::Slot slot);
  /// Says that the server is full, and closes.
  void turn_away();

  /// The answer to request `number`; does nothing where that is not the one being waited for.
  void answer(std::uint64_t number, HttpResponse response);
  /// Whether request `number` still waits for its answer; then `gone` is kept, else it is left to the caller.
  [[nodiscard]] bool watch(std::uint64_t number, std::function<void()>& gone);

  void wind_down() override;
  void abort() override;

 private:
  using ErrorCode = boost::system::error_code;
  using Clock = std::chrono::steady_clock;
  enum class State {
    greeting,  ///< TLS: nothing has come yet, or the handshake is under way.
    idle,      ///< Between requests.
    reading,   ///< Part of a request has come.
    thinking,  ///< A handler has it.
    writing,   ///< The answer is on its way.
    draining,  ///< All is said; what the client still sends is thrown away, so that it gets to read the answer.
    closed,
  };

  void greet();
  void on_first_byte();
  void on_handshake(const ErrorCode& error);
  void read();
  void on_readable(const ErrorCode& error);
  void on_read(const ErrorCode& error, std::string_view bytes);
  void consume();
  /// Asks for the rest of a request, where the budget permits that so much of it is held.
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
  /// Nothing that may take longer than `limit` from now is done in this state.
  void enter(State state, std::chrono::milliseconds limit);
  void arm();
  void on_timer();
  void on_deadline();
  void lose_client();
  /// The client has shut down its sending half while a handler has its request: it may still wait for the answer.
  void probe_client();
  void await_reset();
  void send_probe();
  void probe_later();
  void write_out();
  void close();

  std::shared_ptr<ServerCore> core_;
  ServerStream stream_;
  boost::asio::steady_timer deadline_;
  Clock::time_point due_{};                                 ///< When the state has lasted long enough.
  Clock::time_point armed_for_ = Clock::time_point::max();  ///< When `deadline_` goes off; not after `due_`.
  RequestReader reader_;
  State state_ = State::idle;
  std::string unread_;  ///< Came and is not used yet: part of a request, or further ones.
  std::string out_;     ///< The answer being written.
  std::string remote_;
  std::uint64_t number_ = 0;  ///< Of the request that is being answered.
  std::function<void()> gone_;
  std::size_t drained_ = 0;
  bool is_reading_ = false;
  bool is_probing_ = false;                                 ///< An interim answer is being written.
  std::unique_ptr<boost::asio::steady_timer> probe_timer_;  ///< Where the client has shut down its half.
  bool is_head_ = false;
  bool is_http_1_0_ = false;
  bool keep_alive_ = true;
  bool is_turned_away_ = false;
  bool is_plain_on_tls_ = false;  ///< Speaks HTTP where TLS is wanted; is told so.
  AddressCounts::Slot slot_;
  std::optional<RequestBudget::Share> share_;  ///< Of the request that is coming, where it has not come at once.
  std::unique_ptr<ServerTicket> ticket_;
};

}  // namespace rtcbot::net
