// Ranks that talk through MPI. There only where CMake has found an MPI library.
#pragma once

#include <memory>

#include "fool/eval/communicator.h"

namespace fool {

// Initialises MPI; one at a time. The ranks are those of MPI_COMM_WORLD. Throws Error(kDevice).
std::unique_ptr<Communicator> make_mpi_communicator();

}  // namespace fool
