# How rooms are built. A room is a static library with one include directory of its own, so that an import that
# ARCHITECTURE.md forbids does not compile: a header of a room that is not named in DEPENDS is not found.
include_guard(GLOBAL)
include(CTest)
find_package(Threads REQUIRED)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(RTCBOT_CCACHE ccache)
if(RTCBOT_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${RTCBOT_CCACHE}")
endif()

# Eight files of a target are compiled as one (a unity build), which halves the processor time of a first build. Those
# who change the code build one file at a time instead, for the quickest second build. -DCMAKE_UNITY_BUILD=ON or OFF
# decides otherwise.
if(NOT DEFINED CMAKE_UNITY_BUILD AND NOT RTCBOT_DEVELOPER)
  set(CMAKE_UNITY_BUILD ON)
endif()

add_library(rtcbot_flags INTERFACE)
target_compile_options(rtcbot_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
                                              -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual)
if(RTCBOT_DEVELOPER)
  target_compile_options(rtcbot_flags INTERFACE -Werror)
endif()
if(RTCBOT_SANITIZE)
  add_compile_options(-fsanitize=${RTCBOT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1)
  add_link_options(-fsanitize=${RTCBOT_SANITIZE})
endif()
if(RTCBOT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(RTCBOT_TESTS)
  find_package(GTest REQUIRED)
endif()

# rtcbot_room(NAME [PARTIAL] SOURCES … [DEPENDS …] [PRIVATE_DEPENDS …]): the library rtcbot::NAME, public headers in
# include/.
# PARTIAL: another room of this folder depends on this one and has all the headers.
function(rtcbot_room name)
  cmake_parse_arguments(ROOM "PARTIAL" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(rtcbot_${name} STATIC ${ROOM_SOURCES})
  add_library(rtcbot::${name} ALIAS rtcbot_${name})
  target_include_directories(rtcbot_${name} PUBLIC "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>"
                                                   "$<INSTALL_INTERFACE:include>")
  target_compile_features(rtcbot_${name} PUBLIC cxx_std_20)
  set_target_properties(rtcbot_${name} PROPERTIES EXPORT_NAME ${name})
  target_link_libraries(rtcbot_${name} PUBLIC ${ROOM_DEPENDS} Threads::Threads
                                       PRIVATE rtcbot_flags ${ROOM_PRIVATE_DEPENDS})
  if(NOT ROOM_PARTIAL)
    rtcbot_check_headers(${name} "${CMAKE_CURRENT_SOURCE_DIR}/include")
  endif()
endfunction()

# rtcbot_check_headers(ROOM FOLDER [HEADER …]): each header below the folder, but those named, compiles alone and twice
# in one file, with what the room gives to those that use it.
function(rtcbot_check_headers name folder)
  if(NOT RTCBOT_TESTS OR RTCBOT_SANITIZE)
    return()
  endif()
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${folder}" "${folder}/*.hpp")
  list(REMOVE_ITEM headers ${ARGN})
  set(sources "")
  foreach(header IN LISTS headers)
    set(source "${CMAKE_CURRENT_BINARY_DIR}/headers/${header}.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
    list(APPEND sources "${source}")
  endforeach()
  if(sources)
    add_library(rtcbot_${name}_headers OBJECT ${sources})
    target_link_libraries(rtcbot_${name}_headers PRIVATE rtcbot_${name} rtcbot_flags)
    set_target_properties(rtcbot_${name}_headers PROPERTIES UNITY_BUILD OFF)
  endif()
endfunction()

# rtcbot_test(NAME SOURCES … [DEPENDS …] [TIMEOUT seconds] [NOT_UNDER SANITIZER …]): one GoogleTest program, one ctest
# entry. NOT_UNDER: the sanitizers ("address", "thread") that the test cannot run under, and is not built with.
function(rtcbot_test name)
  if(NOT RTCBOT_TESTS)
    return()
  endif()
  cmake_parse_arguments(TEST "" "TIMEOUT" "SOURCES;DEPENDS;NOT_UNDER" ${ARGN})
  string(REPLACE "," ";" sanitizers "${RTCBOT_SANITIZE}")
  foreach(sanitizer IN LISTS sanitizers)
    if(sanitizer IN_LIST TEST_NOT_UNDER)
      return()
    endif()
  endforeach()
  if(RTCBOT_SANITIZE AND NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  elseif(RTCBOT_SANITIZE)
    math(EXPR TEST_TIMEOUT "5 * ${TEST_TIMEOUT}")
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 60)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support")
  target_link_libraries(${name} PRIVATE ${TEST_DEPENDS} rtcbot_flags GTest::gmock_main)
  # A test runs once for each time that it is compiled; what it tests is compiled as a robot runs it.
  target_compile_options(${name} PRIVATE "$<$<CONFIG:Release>:-O1>")
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/test")
  add_test(NAME ${name} COMMAND ${name})
  # Tests do not stand beside the programs.
  set(environment "RTCBOT_ENGINE=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/rtcbot-engine")
  if(RTCBOT_SANITIZE)
    # A sanitizer makes system calls that the sandbox forbids.
    list(APPEND environment RTCBOT_ENGINE_SANDBOX=off)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "${environment}")
endfunction()

# rtcbot_fuzz(NAME SOURCE CORPUS-DIRECTORY DEPENDS …): one libFuzzer target; ctest runs it for RTCBOT_FUZZ_SECONDS.
set(RTCBOT_FUZZ_SECONDS 10 CACHE STRING "How long ctest runs each fuzz target")
function(rtcbot_fuzz name source corpus)
  if(NOT RTCBOT_FUZZ)
    return()
  endif()
  cmake_parse_arguments(FUZZ "" "" "DEPENDS" ${ARGN})
  add_executable(${name} ${source})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${name} PRIVATE ${FUZZ_DEPENDS} rtcbot_flags)
  # What a run finds goes into the build folder, never into the seeds.
  set(found "${CMAKE_CURRENT_BINARY_DIR}/${name}-corpus")
  file(MAKE_DIRECTORY "${found}")
  add_test(NAME ${name} COMMAND ${name} -max_total_time=${RTCBOT_FUZZ_SECONDS} -timeout=5 -rss_limit_mb=2048
                                -print_final_stats=1 "${found}" "${CMAKE_CURRENT_SOURCE_DIR}/${corpus}")
  math(EXPR limit "${RTCBOT_FUZZ_SECONDS} + 60")
  set_tests_properties(${name} PROPERTIES TIMEOUT ${limit} LABELS fuzz)
endfunction()
