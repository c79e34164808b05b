# find_package(rtcbot CONFIG): rtcbot::rtcbot, and rtcbot::opencv where it was built with OpenCV at hand.
# find_package(rtcbot CONFIG COMPONENTS server): rtcbot::server, which needs libjwt and NATS, and no GStreamer.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(tl-expected CONFIG)
find_dependency(nlohmann_json CONFIG)
find_dependency(Boost 1.81 CONFIG)
find_dependency(OpenSSL)
find_dependency(PkgConfig)
set(gstreamer_is_needed REQUIRED)
if("${rtcbot_FIND_COMPONENTS}" STREQUAL "server")
  set(gstreamer_is_needed QUIET)
endif()
pkg_check_modules(RTCBOT_GSTREAMER ${gstreamer_is_needed} IMPORTED_TARGET
                  gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0)
include("${CMAKE_CURRENT_LIST_DIR}/rtcbotTargets.cmake")
foreach(component ${rtcbot_FIND_COMPONENTS})
  if(component STREQUAL "server")
    pkg_check_modules(LIBJWT REQUIRED IMPORTED_TARGET libjwt)
    include("${CMAKE_CURRENT_LIST_DIR}/rtcbotServerTargets.cmake")
    set(rtcbot_server_FOUND TRUE)
  elseif(rtcbot_FIND_REQUIRED_${component})
    set(rtcbot_FOUND FALSE)
    set(rtcbot_NOT_FOUND_MESSAGE "rtcbot has no component ${component}; it has: server")
  endif()
endforeach()
# The program that a program with connections starts; the environment variable RTCBOT_ENGINE names it where it is not
# found.
get_filename_component(rtcbot_ENGINE "${CMAKE_CURRENT_LIST_DIR}/@RTCBOT_LIBEXEC_FROM_CONFIG@/rtcbot-engine" ABSOLUTE)
