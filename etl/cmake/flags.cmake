# Compiler flags of everything in the project, tests and simulator too.
include(CheckIPOSupported)
include(CheckLinkerFlag)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)

add_compile_definitions(_GNU_SOURCE)
add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Wswitch-enum -fno-common)
if(TOKENFLEX_WERROR)
  add_compile_options(-Werror)
endif()

if(TOKENFLEX_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

if(TOKENFLEX_SANITIZE)
  # -O1: the suite runs what is built here, and takes much longer without. -g1: names and lines, for the sanitizers' reports.
  add_compile_options(-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  # At a fixed address: else each of the thousands of starts begins with 110,000 relocations, most of them the sanitizer's.
  add_compile_options($<$<NOT:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>>:-fno-pie>)
  add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-no-pie>)
  # Tests load few rows: they too must go the way of many (load/same_rows.h).
  add_compile_definitions(SAME_ROWS_MIN=1)
  # Hundreds of test programs are linked: gold takes a third of the time of ld.
  if(NOT TOKENFLEX_FUZZ)
    check_linker_flag(C -fuse-ld=gold TOKENFLEX_HAS_GOLD)
    add_link_options($<$<BOOL:${TOKENFLEX_HAS_GOLD}>:-fuse-ld=gold>)
  endif()
else()
  add_compile_options(-fstack-protector-strong -fPIE)
  add_compile_definitions($<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
  add_link_options(-pie -Wl,-z,relro,-z,now)
  # Across libraries: a load takes a seventh less of the processor's time in this program.
  check_ipo_supported(RESULT TOKENFLEX_HAS_IPO OUTPUT unused LANGUAGES C)
  if(TOKENFLEX_HAS_IPO AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O3 -g -DNDEBUG")
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  endif()
endif()

# not_fuzzed(TARGET): no fuzzer calls the target. A build with the fuzzers compiles it for the compiler's warnings only, so
# without optimization and sanitizers.
function(not_fuzzed target)
  if(TOKENFLEX_FUZZ)
    target_compile_options(${target} PRIVATE -O0 -g0 -fno-sanitize=all)
  endif()
endfunction()
