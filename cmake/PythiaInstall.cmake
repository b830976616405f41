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

# cpack: a Debian package under /opt/pythia, with the command in the path and a service that is
# there but not started.
install(FILES packaging/pythia.service DESTINATION ${CMAKE_INSTALL_DATADIR}/pythia)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pythia)
set(CPACK_PACKAGE_CONTACT "The P.Y.T.H.I.A. team")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Predictive analytics for marketing campaigns")
set(CPACK_PACKAGING_INSTALL_PREFIX /opt/pythia)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS
  ${CMAKE_LIBRARY_OUTPUT_DIRECTORY} ${DUCKDB_ROOT} ${CMAKE_BINARY_DIR}/lib)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_SOURCE_DIR}/packaging/postinst ${CMAKE_SOURCE_DIR}/packaging/prerm)
include(CPack)
