// Which launcher started this process, and among how many.
#include <cstdlib>
#include <string_view>

#include "eval/mpi_communicator.h"
#include "fool/core/error.h"
#include "fool/eval/communicator.h"

namespace fool {
namespace {

// The variables that a launcher gives to each process that it starts, and to no other: within a
// batch job SLURM_NTASKS, for one, is there outside of srun too.
struct Launcher {
  const char* name;
  const char* size;
  const char* rank;
};
constexpr Launcher kLaunchers[] = {
    {"mpirun", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
    {"mpiexec", "PMI_SIZE", "PMI_RANK"},
    {"srun", "SLURM_STEP_NUM_TASKS", "SLURM_PROCID"},
};

int number(const char* text) { return text == nullptr ? 0 : std::atoi(text); }

}  // namespace

Launch read_launch(const Environment& environment) {
  const char* wanted = environment("FOOL_RANKS");
  if (wanted != nullptr && std::string_view(wanted) == "off") return {};
  for (const Launcher& launcher : kLaunchers) {
    const int size = number(environment(launcher.size));
    if (size > 1) return {launcher.name, size, number(environment(launcher.rank))};
  }
  return {};
}

std::unique_ptr<Communicator> join_ranks(const Launch& launch) {
#ifdef FOOL_WITH_MPI
  auto ranks = make_mpi_communicator();
  if (ranks->size() == launch.size) return ranks;
  const std::string why = fmt::format(
      "the MPI library of this fool ({}) sees {} of them: start it with the mpirun of that "
      "library, "
      "or with srun --mpi=pmix",
      mpi_library(), ranks->size());
  ranks->leave(static_cast<int>(ErrorKind::kDevice));
#else
  const std::string why =
      "this fool was built without MPI: install Open MPI (libopenmpi-dev) and build it again";
#endif
  fail(ErrorKind::kDevice,
       "{} has started {} processes that cannot share one run, because {}. To let each do a run of "
       "its own, set FOOL_RANKS=off",
       launch.launcher, launch.size, why);
}

#ifndef FOOL_WITH_MPI
std::string mpi_library() { return "none"; }
#endif

}  // namespace fool
