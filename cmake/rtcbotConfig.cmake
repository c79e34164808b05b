# find_package(rtcbot CONFIG): rtcbot::rtcbot, and rtcbot::opencv where it was built with OpenCV at hand.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(tl-expected CONFIG)
find_dependency(nlohmann_json CONFIG)
find_dependency(Boost 1.81 CONFIG)
find_dependency(OpenSSL)
find_dependency(PkgConfig)
pkg_check_modules(RTCBOT_GSTREAMER REQUIRED IMPORTED_TARGET gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0)
include("${CMAKE_CURRENT_LIST_DIR}/rtcbotTargets.cmake")
# The program that a program with connections starts; the environment variable RTCBOT_ENGINE names it where it is not
# found.
get_filename_component(rtcbot_ENGINE "${CMAKE_CURRENT_LIST_DIR}/@RTCBOT_LIBEXEC_FROM_CONFIG@/rtcbot-engine" ABSOLUTE)
