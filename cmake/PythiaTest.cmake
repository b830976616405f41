# pythia_mongo_test(NAME SOURCES file... LINK library...)
#
# A GoogleTest binary that starts a mongod of its own. Every suite is one ctest case, mongo_SUITE,
# so that its tests share the server; its label is mongo. A suite *Attack* runs with `ctest -C full`
# only, under the labels attack and slow too.
function(pythia_mongo_test NAME)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINK;SUITES" ${ARGN})
  add_executable(${NAME} ${TEST_SOURCES})
  target_link_libraries(${NAME} PRIVATE ${TEST_LINK} GTest::gtest_main rapidcheck
                        pythia_test_flags)
  target_precompile_headers(${NAME} REUSE_FROM pythia_test_headers)
  target_compile_options(${NAME} PRIVATE -Wno-ignored-attributes)
  target_compile_definitions(${NAME} PRIVATE
    PYTHIA_MONGOD="${CMAKE_SOURCE_DIR}/build/mongod/fiftyone/db/bin/mongod")
  add_dependencies(${NAME} ${PYTHIA_MODULES})
  foreach(suite IN LISTS TEST_SUITES)
    set(labels mongo)
    set(timeout 300)
    set(full)
    if(suite MATCHES "Attack")
      list(APPEND labels attack slow)
      set(timeout 900)
      set(full CONFIGURATIONS full)
    endif()
    add_test(NAME mongo_${suite} ${full} COMMAND ${NAME} --gtest_filter=${suite}.*:*/${suite}.*)
    set_tests_properties(mongo_${suite} PROPERTIES LABELS "${labels}" TIMEOUT ${timeout}
                         SKIP_REGULAR_EXPRESSION "NO MONGOD|NO HOME")
  endforeach()
endfunction()

# pythia_test(NAME SOURCES file... LINK library... [DEFINES name=value...])
#
# A GoogleTest binary; every TEST is a ctest case. The label follows the suite's name: *Slow*,
# *Attack*, else fast.
# Tests wait for the compiler more than for themselves.
add_library(pythia_test_flags INTERFACE)
target_compile_options(pythia_test_flags INTERFACE $<$<CONFIG:Release>:-O1>)
target_link_libraries(pythia_test_flags INTERFACE pythia_flags Threads::Threads)
# The headers of every test, read once.
pythia_precompile(pythia_test_headers OFF <cmath> <filesystem> <map> <memory> <optional> <string>
                  <vector> <gtest/gtest.h> <fmt/format.h> <tl/expected.hpp>)
target_link_libraries(pythia_test_headers PRIVATE GTest::gtest_main fmt::fmt pythia_test_flags)

function(pythia_test NAME)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINK;DEFINES" ${ARGN})
  add_executable(${NAME} ${TEST_SOURCES})
  target_link_libraries(${NAME} PRIVATE ${TEST_LINK} GTest::gtest_main rapidcheck
                        pythia_test_flags)
  target_precompile_headers(${NAME} REUSE_FROM pythia_test_headers)
  target_compile_definitions(${NAME} PRIVATE
    PYTHIA_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data"
    PYTHIA_EXAMPLES="${CMAKE_SOURCE_DIR}/examples" ${TEST_DEFINES})
  foreach(kind Slow Attack)
    string(TOLOWER ${kind} label)
    gtest_discover_tests(${NAME} TEST_FILTER "*${kind}*" PROPERTIES LABELS ${label} TIMEOUT 600
                         DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES TEST_LIST ${NAME}_${label})
  endforeach()
  gtest_discover_tests(${NAME} TEST_FILTER "-*Slow*:*Attack*" PROPERTIES LABELS fast TIMEOUT 120
                       DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES)
endfunction()
