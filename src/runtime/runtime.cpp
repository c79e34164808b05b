#include "rtcbot/runtime/clock.hpp"
