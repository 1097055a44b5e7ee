# Of the private PostgreSQL servers of the suite: only the first one is made by initdb, which takes longer than most tests.
set(DATA_TEMPLATE "TOKENFLEX_DATA_TEMPLATE=${PROJECT_BINARY_DIR}/tests/data_template")

# test_program(TARGET SOURCE …): a program of tests. Of a build with the fuzzers, which are all that runs of it, the sources
# are only compiled, as fast as can be: for the compiler's warnings.
function(test_program target)
  if(TOKENFLEX_FUZZ)
    add_library(${target} OBJECT ${ARGN})
    target_compile_options(${target} PRIVATE -O0 -g0 -fno-sanitize=all)
  else()
    add_executable(${target} ${ARGN})
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  endif()
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
endfunction()

# run_program(LABEL NAME COMMAND …): a test that runs such a program. Its timeout ends what hangs, on the busiest machine.
function(run_program label name)
  if(NOT TOKENFLEX_FUZZ)
    add_test(NAME ${label}/${name} COMMAND ${ARGN})
    set_tests_properties(${label}/${name} PROPERTIES LABELS ${label} TIMEOUT 600 ENVIRONMENT "${DATA_TEMPLATE}")
  endif()
endfunction()

# unit_test(LAYER NAME): tests/unit/LAYER/NAME_test.c, a cmocka program that links LAYER and those below it. NAME may begin
# with a folder.
function(unit_test layer name)
  string(REPLACE "/" "_" target unit_${layer}_${name})
  test_program(${target} ${PROJECT_SOURCE_DIR}/tests/unit/${layer}/${name}_test.c)
  target_link_libraries(${target} PRIVATE etl_${layer} PkgConfig::CMOCKA)
  run_program(unit ${layer}/${name} ${target})
endfunction()

# db_test(LAYER NAME): tests/db/LAYER/NAME_test.c, the same against a private PostgreSQL of its own, whose PG* variables
# with_postgres.sh sets.
function(db_test layer name)
  string(REPLACE "/" "_" target db_${layer}_${name})
  test_program(${target} ${PROJECT_SOURCE_DIR}/tests/db/${layer}/${name}_test.c)
  target_link_libraries(${target} PRIVATE etl_${layer} PkgConfig::CMOCKA)
  run_program(db ${layer}/${name} sh ${PROJECT_SOURCE_DIR}/tests/support/with_postgres.sh ${PROJECT_BINARY_DIR}/tests/${target})
endfunction()

# e2e_test(NAME): tests/e2e/NAME_test.py, which drives the built programs against a private PostgreSQL and a simulator. A test
# that waits for what does not come ends by itself, long before the timeout.
function(e2e_test name)
  add_test(NAME e2e/${name} COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/e2e/${name}_test.py)
  set_tests_properties(e2e/${name} PROPERTIES LABELS e2e TIMEOUT 3600
    ENVIRONMENT "TOKENFLEX_BUILD=${PROJECT_BINARY_DIR};TOKENFLEX_SOURCE=${PROJECT_SOURCE_DIR};${DATA_TEMPLATE}")
endfunction()

# unit_tests(LAYER) and db_tests(LAYER): every NAME_test.c below tests/unit/LAYER, or tests/db/LAYER.
function(unit_tests layer)
  file(GLOB_RECURSE files RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/${layer} CONFIGURE_DEPENDS ${layer}/*_test.c)
  foreach(file IN LISTS files)
    string(REGEX REPLACE "_test\\.c$" "" name ${file})
    unit_test(${layer} ${name})
  endforeach()
endfunction()
function(db_tests layer)
  file(GLOB_RECURSE files RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/${layer} CONFIGURE_DEPENDS ${layer}/*_test.c)
  foreach(file IN LISTS files)
    string(REGEX REPLACE "_test\\.c$" "" name ${file})
    db_test(${layer} ${name})
  endforeach()
endfunction()
