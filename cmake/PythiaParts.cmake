# The libraries that the rooms build on. Nothing is downloaded here: scripts/setup has done that.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(tl-expected REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
# Headers only, for http/session.h; 1.74 is Debian 12's.
find_package(Boost 1.74 REQUIRED)
find_package(PkgConfig REQUIRED)
# Only the module that draws PNG files sees it.
pkg_check_modules(LIBRSVG REQUIRED IMPORTED_TARGET librsvg-2.0)

# Only the module of the MongoDB store sees it.
find_package(mongoc-1.0 1.23 REQUIRED)

# DuckDB: the folder in DUCKDB_ROOT (holding duckdb.h and libduckdb.so, in include/ and lib/ or
# side by side), else what scripts/setup took from npm.
set(parts ${CMAKE_SOURCE_DIR}/third_party/node_modules)
set(duckdb_hint ${DUCKDB_ROOT} $ENV{DUCKDB_ROOT})
find_path(DUCKDB_INCLUDE_DIR duckdb.h
  HINTS ${duckdb_hint} PATH_SUFFIXES include
  PATHS ${parts}/duckdb/src/duckdb/src/include NO_DEFAULT_PATH)
find_library(DUCKDB_LIBRARY duckdb
  HINTS ${duckdb_hint} PATH_SUFFIXES lib lib64
  PATHS ${parts}/@duckdb/node-bindings-linux-x64 NO_DEFAULT_PATH)
if(NOT DUCKDB_INCLUDE_DIR OR NOT DUCKDB_LIBRARY)
  message(FATAL_ERROR "DuckDB was not found. Run scripts/setup, or set DUCKDB_ROOT to a folder "
                      "with duckdb.h and libduckdb.so.")
endif()
file(MAKE_DIRECTORY ${CMAKE_LIBRARY_OUTPUT_DIRECTORY})
file(CREATE_LINK ${DUCKDB_LIBRARY} ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/libduckdb.so SYMBOLIC)
add_library(DuckDB::DuckDB SHARED IMPORTED)
set_target_properties(DuckDB::DuckDB PROPERTIES
  IMPORTED_LOCATION ${DUCKDB_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE_DIR})
if(PYTHIA_TESTS)
  find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
  add_library(rapidcheck INTERFACE)
  target_link_libraries(rapidcheck INTERFACE ${RAPIDCHECK_LIBRARY})
endif()
