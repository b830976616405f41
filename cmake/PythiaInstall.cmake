# The program, and the rooms up to engine as the CMake package `pythia`:
#   find_package(pythia REQUIRED)
#   target_link_libraries(mine PRIVATE pythia::engine)
# The folder works wherever it is moved.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pythia)
list(TRANSFORM PYTHIA_ROOMS PREPEND pythia_ OUTPUT_VARIABLE room_targets)
install(TARGETS pythia RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${room_targets} EXPORT pythia LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT pythia NAMESPACE pythia:: DESTINATION ${package_dir})
install(FILES ${DUCKDB_LIBRARY} DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${DUCKDB_INCLUDE_DIR}/duckdb.h DESTINATION include/pythia/third_party)
foreach(room IN LISTS PYTHIA_ROOMS)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/src/${room} DESTINATION include/pythia
          FILES_MATCHING PATTERN "*.h" PATTERN "*_test.h" EXCLUDE
          PATTERN "*_contract.h" EXCLUDE PATTERN "*_generators.h" EXCLUDE)
endforeach()
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(cmake/pythiaConfig.cmake.in pythiaConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(pythiaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/pythiaConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/pythiaConfigVersion.cmake
        DESTINATION ${package_dir})
