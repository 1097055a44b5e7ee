# The layers of etl/, lowest first. Each is a static library that may use those before it and none after it.
set(TOKENFLEX_LAYERS base wire job state api load run report terminal)
# Those that the fuzzers call.
set(TOKENFLEX_FUZZED_LAYERS base wire job api)

# etl_layer(NAME LIBRARIES …): the library etl_NAME of every .c file below the current folder, linked against every lower
# layer, and with the tests a program `layer_NAME` that holds the whole library and the lower ones only: a call upward does
# not link.
function(etl_layer name)
  cmake_parse_arguments(LAYER "" "" "LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.c)
  add_library(etl_${name} STATIC ${sources})
  target_include_directories(etl_${name} PUBLIC ${PROJECT_SOURCE_DIR}/etl)
  if(NOT name IN_LIST TOKENFLEX_FUZZED_LAYERS)
    not_fuzzed(etl_${name})
  endif()
  target_link_libraries(etl_${name} PUBLIC ${LAYER_LIBRARIES})
  foreach(lower IN LISTS TOKENFLEX_LAYERS)
    if(lower STREQUAL name)
      break()
    endif()
    list(PREPEND lower_layers etl_${lower})
  endforeach()
  target_link_libraries(etl_${name} PUBLIC ${lower_layers})

  if(TOKENFLEX_TESTS AND NOT TOKENFLEX_FUZZ)
    add_executable(layer_${name} ${PROJECT_SOURCE_DIR}/etl/cmake/empty_main.c)
    target_link_options(layer_${name} PRIVATE -Wl,--whole-archive $<TARGET_FILE:etl_${name}> -Wl,--no-whole-archive)
    target_link_libraries(layer_${name} PRIVATE ${lower_layers} ${LAYER_LIBRARIES})
    add_dependencies(layer_${name} etl_${name})
    set_target_properties(layer_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/layers)
  endif()
endfunction()
