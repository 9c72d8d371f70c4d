# Compiler settings that every file of the project is built with.

set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, RelWithDebInfo or Debug" FORCE)
endif()

# Fused multiply-add would make an image depend on the compiler and the processor. The other two change no value:
# -fno-math-errno lets sqrt become one (correctly rounded) instruction, and -fno-trapping-math, as nobody looks at
# floating-point exceptions, lets loops with "x < a ? a : x" vectorise. All of this is for C++: CUDA's compiler has
# options of its own, see FoolCuda.
add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off;-fno-math-errno;-fno-trapping-math>")
add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wno-unused-parameter>")

set(FOOL_SANITIZE "" CACHE STRING "Sanitizers to build with, such as address,undefined")
if(FOOL_SANITIZE)
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${FOOL_SANITIZE};-fno-omit-frame-pointer;-fno-sanitize-recover=all>")
  add_link_options(-fsanitize=${FOOL_SANITIZE})
endif()

find_program(FOOL_CCACHE ccache)
if(FOOL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness is what ccache needs to cache files that use a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${FOOL_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
endif()

# fool_set_instruction_sets(SOURCE...): a file NAME_avx2.cc or NAME_avx512.cc is built for that instruction set, and
# must be called only after a look at the processor; NAME_baseline.cc is its twin for any processor. They hold inner
# loops that know no NaN, no infinity and no difference between 0 and -0, so that a clamp becomes one instruction, and
# they must not define anything that the linker could share with other files.
function(fool_set_instruction_sets)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(flags_avx2 -mavx2)
    set(flags_avx512 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512)
  endif()
  foreach(source IN LISTS ARGN)
    if(source MATCHES "_(baseline|avx2|avx512)\\.cc$")
      set(flags -ffinite-math-only -fno-signed-zeros ${flags_${CMAKE_MATCH_1}})
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${flags}"
                                                       SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
endfunction()
