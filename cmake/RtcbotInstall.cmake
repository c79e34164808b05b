# What `cmake --install` puts on a machine: the programs, the library, and what find_package(rtcbot) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(rooms base flow signal session congestion safety control
          peer ipc runtime process net http media device engine_client web rtcbot)
set(targets rtcbot_flags)
foreach(room ${rooms})
  list(APPEND targets rtcbot_${room})
endforeach()
if(TARGET rtcbot_opencv)
  list(APPEND targets rtcbot_opencv)
endif()
install(TARGETS ${targets} EXPORT rtcbotTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT rtcbotTargets NAMESPACE rtcbot:: DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/rtcbot")

# The component `server`. Apart from the rest, because it needs libjwt and NATS, which no robot does.
set(server_targets)
foreach(room broker cluster access nats server)
  list(APPEND server_targets rtcbot_${room})
endforeach()
install(TARGETS ${server_targets} EXPORT rtcbotServerTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT rtcbotServerTargets NAMESPACE rtcbot:: DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/rtcbot")

# The public API, and the rooms whose types stand in it.
install(DIRECTORY include/rtcbot DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
foreach(room base flow http net media peer safety)
  install(DIRECTORY src/${room}/include/rtcbot DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
endforeach()

file(RELATIVE_PATH RTCBOT_LIBEXEC_FROM_CONFIG "${CMAKE_INSTALL_FULL_LIBDIR}/cmake/rtcbot"
     "${CMAKE_INSTALL_FULL_LIBEXECDIR}/rtcbot")
configure_file(cmake/rtcbotConfig.cmake "${CMAKE_CURRENT_BINARY_DIR}/rtcbotConfig.cmake" @ONLY)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/rtcbotConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/rtcbotConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/rtcbotConfigVersion.cmake"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/rtcbot")

include(RtcbotPkgConfig)
rtcbot_install_pkg_config(rtcbot rtcbot_rtcbot
                          "nlohmann_json gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0 openssl" "")
rtcbot_install_pkg_config(rtcbot-server rtcbot_server "nlohmann_json openssl libjwt" "-lnats")

# Builds what `cmake --install` installs, and nothing else: for packages.
set(built ${targets} ${server_targets})
list(REMOVE_ITEM built rtcbot_flags)
add_custom_target(rtcbot_installed)
add_dependencies(rtcbot_installed ${built})
foreach(program rtcbot-server rtcbot-robot rtcbot-engine)
  if(TARGET ${program})
    add_dependencies(rtcbot_installed ${program})
  endif()
endforeach()
