# pythia_room(NAME [MAY_IMPORT room...] [PARTS library...] [MODULES folder...])
#
# One folder under src/ is one shared library, pythia_NAME. Sources are all its .cpp files but
# *_test.cpp, which make one test binary, pythia_NAME_test. MAY_IMPORT is enforced by the test
# room_imports_NAME. MODULES are folders of it that pythia_module() builds.
set(PYTHIA_ROOMS "" CACHE INTERNAL "")
set(PYTHIA_MODULES "" CACHE INTERNAL "")

function(pythia_import_test NAME)
  cmake_parse_arguments(ROOM "" "" "MAY_IMPORT" ${ARGN})
  if(PYTHIA_TESTS)
    add_test(NAME room_imports_${NAME}
      COMMAND ${CMAKE_COMMAND} -DROOM=${NAME} "-DMAY_IMPORT=${ROOM_MAY_IMPORT}"
              -DSOURCE_DIR=${CMAKE_SOURCE_DIR}/src -P ${CMAKE_SOURCE_DIR}/cmake/CheckImports.cmake)
    set_tests_properties(room_imports_${NAME} PROPERTIES LABELS fast)
  endif()
endfunction()

function(pythia_room NAME)
  cmake_parse_arguments(ROOM "" "" "MAY_IMPORT;PARTS;MODULES" ${ARGN})
  set(dir ${CMAKE_SOURCE_DIR}/src/${NAME})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cpp)
  foreach(module IN LISTS ROOM_MODULES)
    list(FILTER sources EXCLUDE REGEX "/src/${NAME}/${module}/")
  endforeach()
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM ROOM_MAY_IMPORT PREPEND pythia_ OUTPUT_VARIABLE imports)

  add_library(pythia_${NAME} SHARED ${sources})
  add_library(pythia::${NAME} ALIAS pythia_${NAME})
  target_include_directories(pythia_${NAME} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src> $<INSTALL_INTERFACE:include/pythia>)
  target_link_libraries(pythia_${NAME} PUBLIC ${imports} ${ROOM_PARTS}
                        PRIVATE $<BUILD_INTERFACE:pythia_flags>)
  target_compile_features(pythia_${NAME} PUBLIC cxx_std_20)
  set_target_properties(pythia_${NAME} PROPERTIES
    SOVERSION ${PROJECT_VERSION_MAJOR} EXPORT_NAME ${NAME})
  set(PYTHIA_ROOMS ${PYTHIA_ROOMS} ${NAME} CACHE INTERNAL "")

  pythia_import_test(${NAME} MAY_IMPORT ${ROOM_MAY_IMPORT})
  if(PYTHIA_TESTS AND tests)
    pythia_test(pythia_${NAME}_test SOURCES ${tests} LINK pythia_${NAME})
  endif()
endfunction()

# pythia_module(ROOM NAME [PARTS library...] [OPTIONS flag...])
#
# The folder NAME of a room as a shared object that the room loads when it needs it (base/module.h),
# so that its PARTS are not loaded with the program: lib/libpythia_ROOM_NAME.so. Call it after
# pythia_room(ROOM).
set(PYTHIA_MODULES "" CACHE INTERNAL "")

function(pythia_module ROOM NAME)
  cmake_parse_arguments(MODULE "" "" "PARTS;OPTIONS" ${ARGN})
  set(module pythia_${ROOM}_${NAME})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${ROOM}/${NAME}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  add_library(${module} MODULE ${sources})
  target_link_libraries(${module} PRIVATE pythia_${ROOM} ${MODULE_PARTS} pythia_flags)
  target_compile_options(${module} PRIVATE ${MODULE_OPTIONS})
  install(TARGETS ${module} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  set(PYTHIA_MODULES ${PYTHIA_MODULES} ${module} CACHE INTERNAL "")
endfunction()

# pythia_program(NAME ROOM room [MAY_IMPORT room...] [PARTS library...]): the executable.
function(pythia_program NAME)
  cmake_parse_arguments(ROOM "" "ROOM" "MAY_IMPORT;PARTS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${ROOM_ROOM}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM ROOM_MAY_IMPORT PREPEND pythia_ OUTPUT_VARIABLE imports)
  add_executable(${NAME} ${sources})
  target_include_directories(${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_compile_definitions(${NAME} PRIVATE PYTHIA_VERSION="${PROJECT_VERSION}")
  target_link_libraries(${NAME} PRIVATE ${imports} ${ROOM_PARTS} pythia_flags)
  add_dependencies(${NAME} ${PYTHIA_MODULES})
  pythia_import_test(${ROOM_ROOM} MAY_IMPORT ${ROOM_MAY_IMPORT})
endfunction()

# pythia_embed_text(TARGET FILE NAMESPACE FUNCTION): the file's text as what FUNCTION returns, a
# std::string_view.
function(pythia_embed_text TARGET FILE NAMESPACE FUNCTION)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${FILE})
  file(READ ${FILE} text)
  set(source ${CMAKE_BINARY_DIR}/embedded/${FUNCTION}.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include <string_view>
namespace @NAMESPACE@ {
std::string_view @FUNCTION@();
std::string_view @FUNCTION@() { return R"embedded(@text@)embedded"; }
}  // namespace @NAMESPACE@
]])
  target_sources(${TARGET} PRIVATE ${source})
  set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()
