# unit_test(LAYER NAME): tests/unit/LAYER/NAME_test.c, a cmocka program that links LAYER and those below it. NAME may begin
# with a folder.
function(unit_test layer name)
  string(REPLACE "/" "_" target unit_${layer}_${name})
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/unit/${layer}/${name}_test.c)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE etl_${layer} PkgConfig::CMOCKA)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME unit/${layer}/${name} COMMAND ${target})
  set_tests_properties(unit/${layer}/${name} PROPERTIES LABELS unit TIMEOUT 600)
endfunction()

# Of the private PostgreSQL servers of the suite: only the first one is made by initdb, which takes longer than most tests.
set(DATA_TEMPLATE "TOKENFLEX_DATA_TEMPLATE=${PROJECT_BINARY_DIR}/tests/data_template")

# db_test(LAYER NAME): tests/db/LAYER/NAME_test.c, the same against a private PostgreSQL of its own, whose PG* variables
# with_postgres.sh sets.
function(db_test layer name)
  string(REPLACE "/" "_" target db_${layer}_${name})
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/db/${layer}/${name}_test.c)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE etl_${layer} PkgConfig::CMOCKA)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME db/${layer}/${name}
           COMMAND sh ${PROJECT_SOURCE_DIR}/tests/support/with_postgres.sh $<TARGET_FILE:${target}>)
  set_tests_properties(db/${layer}/${name} PROPERTIES LABELS db TIMEOUT 600 ENVIRONMENT "${DATA_TEMPLATE}")
endfunction()

# e2e_test(NAME): tests/e2e/NAME_test.py, which drives the built programs against a private PostgreSQL and a simulator.
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
