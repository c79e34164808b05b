#pragma once

#include <rtc_base/checks.h>

// The library is built without NDEBUG. A file that sees its headers with NDEBUG gets other class layouts, and corrupts
// the heap at once; hence -UNDEBUG in this room's CMakeLists.txt, and this check in each of its headers.
static_assert(RTC_DCHECK_IS_ON == 1, "compile everything that includes libwebrtc's headers with -UNDEBUG");
