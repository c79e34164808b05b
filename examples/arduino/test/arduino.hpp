#pragma once

// The part of Arduino's environment that the sketch uses. The test controls its pins, clock and serial port.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <deque>

using std::abs;

inline constexpr int OUTPUT = 1, LOW = 0, HIGH = 1;

namespace board {
inline std::array<int, 20> digital{}, analog{};
inline unsigned long clock_ms = 0;
inline std::deque<std::uint8_t> received;
}  // namespace board

inline void pinMode(std::uint8_t, int) {}
inline void digitalWrite(std::uint8_t pin, int level) { board::digital.at(pin) = level; }
inline void analogWrite(std::uint8_t pin, int duty) { board::analog.at(pin) = duty; }
inline unsigned long millis() { return board::clock_ms; }

struct SerialPort {
  void begin(long) {}
  [[nodiscard]] int available() const { return static_cast<int>(board::received.size()); }
  int read() {
    const int byte = board::received.front();
    board::received.pop_front();
    return byte;
  }
};
inline SerialPort Serial;
