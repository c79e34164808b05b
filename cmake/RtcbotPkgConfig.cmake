# Writes rtcbot.pc, for those who build without CMake.
include_guard(GLOBAL)

# rtcbot_visit(TARGET): puts the room and those that it needs in front of RTCBOT_LINK_ORDER, each before its own needs.
function(rtcbot_visit target)
  get_property(seen GLOBAL PROPERTY RTCBOT_LINK_SEEN)
  if(target IN_LIST seen)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY RTCBOT_LINK_SEEN ${target})
  get_target_property(links ${target} LINK_LIBRARIES)
  foreach(link ${links})
    if(link MATCHES "^rtcbot::(.*)$")
      rtcbot_visit("rtcbot_${CMAKE_MATCH_1}")
    endif()
  endforeach()
  get_property(order GLOBAL PROPERTY RTCBOT_LINK_ORDER)
  set_property(GLOBAL PROPERTY RTCBOT_LINK_ORDER ${target} ${order})
endfunction()

# rtcbot_install_pkg_config(): static libraries are searched once, from left to right.
function(rtcbot_install_pkg_config)
  rtcbot_visit(rtcbot_rtcbot)
  get_property(order GLOBAL PROPERTY RTCBOT_LINK_ORDER)
  list(TRANSFORM order PREPEND "-l")
  list(JOIN order " " libraries)
  configure_file(cmake/rtcbot.pc.in "${CMAKE_CURRENT_BINARY_DIR}/rtcbot.pc" @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/rtcbot.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endfunction()
