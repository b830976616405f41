# Flags that every target shares.
add_library(pythia_flags INTERFACE)
target_compile_options(pythia_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual
  # Designated initialisers name what matters; the rest has defaults.
  -Wno-missing-field-initializers -Werror=return-type -Werror=unused-result
  # The same source must give the same bits: no fused multiply-add behind our back.
  -ffp-contract=off)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
  # PYTHIA_CHECK stays on without assert(); NDEBUG only silences the libraries' own.
endif()
if(PYTHIA_SANITIZE)
  add_compile_options(-fsanitize=${PYTHIA_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PYTHIA_SANITIZE})
endif()
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # ccache asks for this where headers are precompiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    ${CCACHE_PROGRAM})
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
# One relative run path for the build folder and the installed one: both can be moved, and no
# foreign folder is searched.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")

# pythia_precompile(NAME SHARED header...): headers that many files read, compiled once; targets
# take them with target_precompile_headers(TARGET REUSE_FROM NAME). SHARED: for shared libraries.
function(pythia_precompile NAME SHARED)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/empty.cpp CONTENT "")
  add_library(${NAME} OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/empty.cpp)
  set_target_properties(${NAME} PROPERTIES POSITION_INDEPENDENT_CODE ${SHARED})
  target_compile_options(${NAME} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  target_precompile_headers(${NAME} PRIVATE ${ARGN})
endfunction()
