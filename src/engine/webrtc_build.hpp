#pragma once

#include <rtc_base/checks.h>

// The library is built without NDEBUG. A file that includes its headers with NDEBUG gets other class layouts and
// corrupts the heap. Therefore this room's CMakeLists.txt sets -UNDEBUG, and each of its headers has this check.
static_assert(RTC_DCHECK_IS_ON == 1, "compile everything that includes libwebrtc's headers with -UNDEBUG");
