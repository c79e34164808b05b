# rtcbot::webrtc: libwebrtc as Debian 12 packages it (libtgowt-dev), with Abseil of the same release linked statically.
#
# A program that links it needs no shared library of Abseil, whose name changes with every release of Debian, and so
# runs on later releases too. What Debian's security team mends stays shared: OpenSSL, libsrtp2 and Opus.
#
# RTCBOT_WEBRTC_ROOT names a folder into which Debian 12's libtgowt-dev and libabsl-dev are unpacked, for releases whose
# own libtgowt-dev cannot be used. script/setup makes one there, build/webrtc-sdk, which is then the default.
# Empty: the packages that are installed.
include_guard(GLOBAL)
set(sdk "${PROJECT_SOURCE_DIR}/build/webrtc-sdk")
if(NOT EXISTS "${sdk}/usr/include/tg_owt")
  set(sdk "")
endif()
set(RTCBOT_WEBRTC_ROOT "${sdk}" CACHE PATH
    "Folder with libtgowt-dev and libabsl-dev of Debian 12 unpacked; empty: the installed ones")

# rtcbot_find_in_webrtc(VARIABLE KIND NAME): finds a file ("file") or library ("library") below the root.
function(rtcbot_find_in_webrtc variable kind)
  set(root "${RTCBOT_WEBRTC_ROOT}/usr")
  set(where HINTS "${root}" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
  if(NOT RTCBOT_WEBRTC_ROOT)
    set(where "")
  endif()
  unset(${variable} CACHE)
  if(kind STREQUAL "library")
    find_library(${variable} NAMES ${ARGN} ${where} PATH_SUFFIXES "lib/${CMAKE_LIBRARY_ARCHITECTURE}" REQUIRED)
  else()
    find_path(${variable} NAMES ${ARGN} ${where} PATH_SUFFIXES include REQUIRED)
  endif()
  mark_as_advanced(${variable})
endfunction()

# rtcbot_webrtc_definitions(VARIABLE ARCHIVE): how the archive was compiled, which its headers have to know.
function(rtcbot_webrtc_definitions variable archive)
  cmake_path(GET archive PARENT_PATH folder)
  file(STRINGS "${folder}/cmake/tg_owt/tg_owtTargets.cmake" lines
       REGEX "INTERFACE_COMPILE_DEFINITIONS \".*WEBRTC_POSIX")
  if(NOT lines MATCHES "INTERFACE_COMPILE_DEFINITIONS \"(.*)\"")
    message(FATAL_ERROR "${folder}/cmake/tg_owt/tg_owtTargets.cmake does not say how libwebrtc was compiled")
  endif()
  set(${variable} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

# The archives refer to each other in circles, hence the group. --as-needed leaves out what no object refers to.
function(rtcbot_add_webrtc)
  find_package(OpenSSL REQUIRED)
  rtcbot_find_in_webrtc(RTCBOT_WEBRTC_ARCHIVE library libtg_owt.a)
  rtcbot_find_in_webrtc(RTCBOT_WEBRTC_INCLUDE path tg_owt/api/peer_connection_interface.h)
  rtcbot_find_in_webrtc(RTCBOT_ABSL_ARCHIVE library libabsl_base.a)
  rtcbot_find_in_webrtc(RTCBOT_ABSL_INCLUDE path absl/base/config.h)
  find_library(RTCBOT_SRTP_LIBRARY NAMES srtp2 REQUIRED)
  find_library(RTCBOT_OPUS_LIBRARY NAMES opus REQUIRED)
  cmake_path(GET RTCBOT_ABSL_ARCHIVE PARENT_PATH absl_folder)
  file(GLOB absl_archives "${absl_folder}/libabsl_*.a")
  rtcbot_webrtc_definitions(definitions "${RTCBOT_WEBRTC_ARCHIVE}")

  set(root "${RTCBOT_WEBRTC_INCLUDE}/tg_owt")
  add_library(rtcbot_webrtc INTERFACE)
  add_library(rtcbot::webrtc ALIAS rtcbot_webrtc)
  target_compile_definitions(rtcbot_webrtc INTERFACE ${definitions})
  target_include_directories(rtcbot_webrtc SYSTEM INTERFACE "${root}" "${root}/third_party/libyuv/include")
  if(RTCBOT_WEBRTC_ROOT)
    target_include_directories(rtcbot_webrtc SYSTEM INTERFACE "${RTCBOT_ABSL_INCLUDE}")
  endif()
  target_link_options(rtcbot_webrtc INTERFACE LINKER:--as-needed)
  target_link_libraries(rtcbot_webrtc INTERFACE
    -Wl,--start-group "${RTCBOT_WEBRTC_ARCHIVE}" ${absl_archives} -Wl,--end-group
    OpenSSL::SSL OpenSSL::Crypto "${RTCBOT_SRTP_LIBRARY}" "${RTCBOT_OPUS_LIBRARY}" Threads::Threads ${CMAKE_DL_LIBS})
endfunction()

rtcbot_add_webrtc()
