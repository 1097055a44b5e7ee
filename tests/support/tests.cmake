# Of the private PostgreSQL servers of the suite: only the first one is made by initdb, which takes longer than most tests.
set(TEST_ENVIRONMENT "TOKENFLEX_DATA_TEMPLATE=${PROJECT_BINARY_DIR}/tests/data_template")
# Memory that is freed is kept from being used again up to 16 MiB, more than most runs allocate, and reports show ten calls:
# the defaults, 256 MiB and thirty, cost a short process much of its time.
list(APPEND TEST_ENVIRONMENT "ASAN_OPTIONS=quarantine_size_mb=16:malloc_context_size=10")

# test_program(TARGET SOURCE …): a program of tests. A build with the fuzzers runs no other tests, so it does not link them.
# Tests are compiled without optimization, which takes half the time. They keep AddressSanitizer: what the program writes
# past an array of a test is found.
function(test_program target)
  if(TOKENFLEX_FUZZ)
    add_library(${target} OBJECT ${ARGN})
    not_fuzzed(${target})
  else()
    add_executable(${target} ${ARGN})
    target_compile_options(${target} PRIVATE -O0 $<$<BOOL:${TOKENFLEX_SANITIZE}>:-fno-sanitize=undefined>)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  endif()
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
endfunction()

# run_program(LABEL NAME COMMAND …): a test that runs such a program. Its timeout ends what hangs, on the busiest machine.
function(run_program label name)
  if(NOT TOKENFLEX_FUZZ)
    add_test(NAME ${label}/${name} COMMAND ${ARGN})
    set_tests_properties(${label}/${name} PROPERTIES LABELS ${label} TIMEOUT 600 ENVIRONMENT "${TEST_ENVIRONMENT}")
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

# What tests/e2e needs.
set(E2E_ENVIRONMENT "TOKENFLEX_BUILD=${PROJECT_BINARY_DIR};TOKENFLEX_SOURCE=${PROJECT_SOURCE_DIR};${TEST_ENVIRONMENT}")
# With the sanitizers a short process takes three times as long, and looking for leaks takes as long again. So that is a
# matter of unit and db tests, of sweeps, and of these end-to-end tests. The first ones together go every way; their leaks
# are looked for too. The others are about what comes from outside, and what fails. All other end-to-end tests run the
# program as users install it, if there is such a build: $TOKENFLEX_RELEASE_BUILD.
set(E2E_LEAKS cli contract doctor_login export exact forecast_range jobs levels login metrics modes page pages partitions
    rebuild_faults retention secrets share token_budgets world)
set(E2E_SANITIZED ${E2E_LEAKS} changed_by_hand custom_names export_dialect export_file fault fault_share fault_statement faults
    outside_text settings token_answer)
# These choose the build themselves.
set(E2E_OWN_BUILD fault_memory kill memory package packages)

# e2e_test(NAME): tests/e2e/NAME_test.py, which drives the built programs against a private PostgreSQL and a simulator. A test
# that waits for what does not come ends by itself, long before the timeout. sanitized/NAME: the same with the sanitizers.
function(e2e_test name)
  set(command /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/e2e/${name}_test.py)
  set(environment "${E2E_ENVIRONMENT}")
  if(NOT name IN_LIST E2E_LEAKS)
    string(REPLACE "ASAN_OPTIONS=" "ASAN_OPTIONS=detect_leaks=0:" environment "${environment}")
  endif()
  if(NOT name IN_LIST E2E_SANITIZED AND NOT name IN_LIST E2E_OWN_BUILD)
    add_test(NAME sanitized/${name} COMMAND ${command})
    set_tests_properties(sanitized/${name} PROPERTIES LABELS sanitized TIMEOUT 3600 ENVIRONMENT "${environment}")
    list(APPEND environment "TOKENFLEX_AS_INSTALLED=1")
  endif()
  add_test(NAME e2e/${name} COMMAND ${command})
  set_tests_properties(e2e/${name} PROPERTIES LABELS e2e TIMEOUT 3600 ENVIRONMENT "${environment}")
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
