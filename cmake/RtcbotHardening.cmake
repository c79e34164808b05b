# Hardening of every object and program of this project. A flag that the compiler or
# the processor does not know is left out.
include_guard(GLOBAL)
include(CheckCXXCompilerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

# rtcbot_harden(FLAG …): compiles with each FLAG that the compiler knows.
function(rtcbot_harden)
  foreach(flag IN LISTS ARGN)
    string(MAKE_C_IDENTIFIER "RTCBOT_HAS${flag}" known)
    check_cxx_compiler_flag("${flag}" ${known})
    if(${known})
      add_compile_options("${flag}")
    endif()
  endforeach()
endfunction()

rtcbot_harden(-fstack-protector-strong -fstack-clash-protection)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64")
  rtcbot_harden(-fcf-protection)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  rtcbot_harden(-mbranch-protection=standard)
endif()
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack)

# Checked memory functions need an optimiser, and hide from sanitizers what they would find.
if(NOT RTCBOT_SANITIZE)
  add_compile_options("$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
endif()
