# unit_test(LAYER NAME): tests/unit/LAYER/NAME_test.c, a cmocka program that links LAYER and those below it.
function(unit_test layer name)
  set(target unit_${layer}_${name})
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/unit/${layer}/${name}_test.c)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE etl_${layer} PkgConfig::CMOCKA)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME unit/${layer}/${name} COMMAND ${target})
  set_tests_properties(unit/${layer}/${name} PROPERTIES LABELS unit TIMEOUT 60)
endfunction()

# db_test(LAYER NAME): tests/db/LAYER/NAME_test.c, the same against a private PostgreSQL of its own, whose PG* variables
# with_postgres.sh sets.
function(db_test layer name)
  set(target db_${layer}_${name})
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/db/${layer}/${name}_test.c)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE etl_${layer} PkgConfig::CMOCKA)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME db/${layer}/${name}
           COMMAND sh ${PROJECT_SOURCE_DIR}/tests/support/with_postgres.sh $<TARGET_FILE:${target}>)
  set_tests_properties(db/${layer}/${name} PROPERTIES LABELS db TIMEOUT 120)
endfunction()

# e2e_test(NAME): tests/e2e/NAME_test.py, which drives the built programs against a private PostgreSQL and a simulator.
function(e2e_test name)
  add_test(NAME e2e/${name} COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/e2e/${name}_test.py)
  set_tests_properties(e2e/${name} PROPERTIES LABELS e2e TIMEOUT 600
    ENVIRONMENT "TOKENFLEX_BUILD=${PROJECT_BINARY_DIR};TOKENFLEX_SOURCE=${PROJECT_SOURCE_DIR}")
endfunction()
