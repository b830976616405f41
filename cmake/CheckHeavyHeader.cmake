# Fails when a file other than ALLOWED includes <HEADER...>, which is slow to compile.
file(GLOB_RECURSE files RELATIVE ${SOURCE_DIR} ${SOURCE_DIR}/*.h ${SOURCE_DIR}/*.cpp)
foreach(file IN LISTS files)
  file(STRINGS ${SOURCE_DIR}/${file} includes REGEX "^#include <${HEADER}")
  if(includes AND NOT file STREQUAL ALLOWED)
    message(FATAL_ERROR "${file} includes ${includes}; only ${ALLOWED} may")
  endif()
endforeach()
