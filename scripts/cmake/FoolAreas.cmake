# An area is a folder of src: an OBJECT library (so that components which register themselves are never
# dropped by the linker) and, where tests/AREA exists, a test program AREA_test. Files are found by
# globbing: a new component is one new file and its test, and nothing here changes.

# fool_area_closure(OUT AREA...): the areas and all that they depend on, each once.
function(fool_area_closure out)
  set(todo ${ARGN})
  set(done)
  while(todo)
    list(POP_FRONT todo area)
    if(NOT area IN_LIST done)
      list(APPEND done ${area})
      get_property(deps GLOBAL PROPERTY fool_areas_of_${area})
      list(APPEND todo ${deps})
    endif()
  endwhile()
  set(${out} ${done} PARENT_SCOPE)
endfunction()

# fool_link_areas(TARGET AREA...): the objects of the areas and of all that they depend on.
function(fool_link_areas target)
  fool_area_closure(areas ${ARGN})
  foreach(area IN LISTS areas)
    target_link_libraries(${target} PRIVATE fool_${area})
  endforeach()
endfunction()

function(fool_add_area area)
  cmake_parse_arguments(ARG "TORCH" "" "AREAS;USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${area}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(NOT MPI_CXX_FOUND)
    list(FILTER sources EXCLUDE REGEX "/mpi_[^/]*\\.cc$")
  endif()
  fool_set_instruction_sets(${sources})
  add_library(fool_${area} OBJECT ${sources})
  set_property(GLOBAL PROPERTY fool_areas_of_${area} "${ARG_AREAS}")
  target_include_directories(fool_${area} PUBLIC ${PROJECT_SOURCE_DIR}/include
                                                 ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(fool_${area} PUBLIC ${ARG_USES})
  foreach(dep IN LISTS ARG_AREAS)
    target_link_libraries(fool_${area} PUBLIC fool_${dep})  # usage requirements, not objects
  endforeach()
  if(ARG_TORCH)
    target_link_libraries(fool_${area} PUBLIC fool_torch)
    if(area STREQUAL "classify")
      target_precompile_headers(fool_${area} PRIVATE <torch/torch.h> <torch/script.h>)
    else()
      target_precompile_headers(fool_${area} REUSE_FROM fool_classify)
    endif()
  else()
    target_precompile_headers(fool_${area} PRIVATE <fmt/format.h> <nlohmann/json.hpp>)
  endif()
  if(FOOL_BUILD_TESTS)
    fool_add_suite(${area} AREAS ${area})
  endif()
endfunction()

# fool_add_suite(NAME AREAS ...): tests/NAME/*_test.cc as the program NAME_test, run by ctest.
function(fool_add_suite name)
  cmake_parse_arguments(ARG "" "" "AREAS" ${ARGN})
  file(GLOB_RECURSE tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/*_test.cc)
  if(NOT tests)
    return()
  endif()
  add_executable(${name}_test ${tests})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name}_test PRIVATE FOOL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_compile_options(${name}_test PRIVATE -O1)  # what is tested is optimised, the tests need not be
  target_precompile_headers(${name}_test PRIVATE <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp>)
  fool_link_areas(${name}_test ${ARG_AREAS})
  target_link_libraries(${name}_test PRIVATE GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 120 PROPERTIES TIMEOUT 900
                                                                    SKIP_REGULAR_EXPRESSION "SKIPPED")
endfunction()

function(fool_add_executable name)
  cmake_parse_arguments(ARG "" "" "AREAS" ${ARGN})
  add_executable(${name} ${PROJECT_SOURCE_DIR}/src/app/main.cc)
  fool_link_areas(${name} ${ARG_AREAS})
endfunction()

# fool_add_benchmarks(AREAS ...): tests/benchmarks/*.cc as one program.
function(fool_add_benchmarks)
  cmake_parse_arguments(ARG "" "" "AREAS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/benchmarks/*.cc)
  fool_set_instruction_sets(${sources})
  add_executable(fool_benchmarks ${sources})
  target_include_directories(fool_benchmarks PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  fool_link_areas(fool_benchmarks ${ARG_AREAS})
  target_link_libraries(fool_benchmarks PRIVATE benchmark::benchmark_main)
endfunction()

# LibTorch as one target. Its own CMake files differ between versions; this is what the project needs.
add_library(fool_torch INTERFACE)
