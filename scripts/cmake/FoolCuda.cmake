# NVIDIA devices. FOOL_NVCC is CUDA's compiler, where one is found: it builds the kernels of src/cuda, which the tests
# compare with the processor's code where there is a device. FOOL_WITH_CUDA says that LibTorch has CUDA, too: only then
# can networks run on a device.
option(FOOL_CUDA "Build for NVIDIA devices where CUDA's compiler is found" ON)
set(FOOL_CUDA_ARCHITECTURES "75-virtual;80-real;90" CACHE STRING "What the kernels are compiled for, as CMAKE_CUDA_ARCHITECTURES")

if(FOOL_CUDA)
  find_program(FOOL_NVCC nvcc HINTS ENV CUDACXX ENV CUDA_PATH ENV CUDA_HOME PATHS /usr/local/cuda PATH_SUFFIXES bin)
endif()
if(FOOL_CUDA AND FOOL_NVCC)
  if(NOT CMAKE_CUDA_COMPILER)
    set(CMAKE_CUDA_COMPILER ${FOOL_NVCC} CACHE FILEPATH "CUDA's compiler")
  endif()
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES ${FOOL_CUDA_ARCHITECTURES})
  endif()
  enable_language(CUDA)
  find_package(CUDAToolkit REQUIRED)
endif()

# fool_find_cuda_of_torch(): to be called after find_package(Torch).
macro(fool_find_cuda_of_torch)
  set(FOOL_WITH_CUDA OFF)
  if(FOOL_CUDA AND FOOL_NVCC AND TARGET torch_cuda)
    set(FOOL_WITH_CUDA ON)
  endif()
  if(FOOL_WITH_CUDA)
    message(STATUS "NVIDIA devices: yes")
  elseif(FOOL_CUDA AND FOOL_NVCC)
    message(STATUS "NVIDIA devices: kernels only, as this LibTorch has no CUDA")
  else()
    message(STATUS "NVIDIA devices: no")
  endif()
endmacro()

# fool_add_cuda_area(): src/cuda, the kernels by nvcc and the rest by the C++ compiler.
function(fool_add_cuda_area)
  file(GLOB kernels CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/cuda/*.cu)
  add_library(fool_cuda_kernels OBJECT ${kernels})
  set_property(GLOBAL PROPERTY fool_areas_of_cuda_kernels "")
  target_include_directories(fool_cuda_kernels PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  # Without the first three a picture would not have the processor's bits.
  target_compile_options(fool_cuda_kernels PRIVATE -fmad=false -prec-div=true -prec-sqrt=true -ftz=false
                                                   -Xcompiler=-ffp-contract=off)
  set_target_properties(fool_cuda_kernels PROPERTIES CUDA_ARCHITECTURES "${FOOL_CUDA_ARCHITECTURES}"
                                                     CUDA_STANDARD 17 CUDA_STANDARD_REQUIRED ON)
  # One process has one runtime: LibTorch brings its own.
  if(FOOL_WITH_CUDA)
    set(runtime CUDA::cudart)
  else()
    set(runtime CUDA::cudart_static)
  endif()
  fool_add_area(cuda AREAS core encoding render cuda_kernels USES ${runtime})
endfunction()
