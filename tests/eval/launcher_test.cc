#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "fakes/expect_error.h"
#include "fool/core/error.h"
#include "fool/eval/communicator.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

Launch launch_with(const std::map<std::string, std::string>& variables) {
  return read_launch([&](const char* name) {
    const auto it = variables.find(name);
    return it == variables.end() ? nullptr : it->second.c_str();
  });
}

TEST(Launcher, AProcessOfItsOwnIsNotLaunched) {
  EXPECT_EQ(launch_with({}).size, 1);
  EXPECT_EQ(launch_with({{"OMPI_COMM_WORLD_SIZE", "1"}}).size, 1);
  // In a batch script, before srun.
  EXPECT_EQ(launch_with({{"SLURM_NTASKS", "8"}, {"SLURM_PROCID", "0"}}).size, 1);
}

TEST(Launcher, KnowsThoseThatStartSeveral) {
  const Launch open_mpi =
      launch_with({{"OMPI_COMM_WORLD_SIZE", "3"}, {"OMPI_COMM_WORLD_RANK", "2"}});
  EXPECT_EQ(open_mpi.launcher, "mpirun");
  EXPECT_EQ(open_mpi.size, 3);
  EXPECT_EQ(open_mpi.rank, 2);
  EXPECT_EQ(launch_with({{"PMI_SIZE", "4"}, {"PMI_RANK", "1"}}).rank, 1);
  const Launch slurm = launch_with({{"SLURM_STEP_NUM_TASKS", "16"}, {"SLURM_PROCID", "5"}});
  EXPECT_EQ(slurm.launcher, "srun");
  EXPECT_EQ(slurm.size, 16);
  EXPECT_EQ(slurm.rank, 5);
}

TEST(Launcher, EachProcessMayBeToldToBeAlone) {
  EXPECT_EQ(launch_with({{"OMPI_COMM_WORLD_SIZE", "3"}, {"FOOL_RANKS", "off"}}).size, 1);
}

TEST(Launcher, ProcessesThatCannotTalkAreRefused) {
  if (mpi_library() != "none") GTEST_SKIP() << "this build has MPI";
  EXPECT_THAT(error_message(ErrorKind::kDevice,
                            [] {
                              join_ranks({"srun", 4, 0});
                            }),
              ::testing::AllOf(HasSubstr("srun has started 4 processes"),
                               HasSubstr("built without MPI"), HasSubstr("FOOL_RANKS=off")));
}

}  // namespace
}  // namespace fool
