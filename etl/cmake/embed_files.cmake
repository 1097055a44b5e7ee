# cmake -DHEADER=… -DSOURCE=… -P embed_files.cmake NAME=FILE…
#
# Compiles files into the binary: SOURCE gets a text ended by NUL for each, which HEADER declares as `extern const char
# NAME[]`.
include(${CMAKE_CURRENT_LIST_DIR}/c_literal.cmake)

set(source "/* Made by embed_files.cmake. */\n#include \"${HEADER}\"\n\n")
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(place RANGE ${last})
  if(CMAKE_ARGV${place} MATCHES "^([a-z_]+)=(.*)$")
    set(name ${CMAKE_MATCH_1})
    c_literal(${CMAKE_MATCH_2} literal)
    string(APPEND source "const char ${name}[] =\n    ${literal};\n\n")
  endif()
endforeach()
file(WRITE ${SOURCE}.new "${source}")
file(COPY_FILE ${SOURCE}.new ${SOURCE} ONLY_IF_DIFFERENT)
