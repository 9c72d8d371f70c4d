#include "fool/report/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "fool/core/files.h"
#include "fool/model/safetensors.h"
#include "report/fake_run.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

Checkpoint checkpoint_of(const FakeRun& run) {
  Checkpoint checkpoint;
  checkpoint.archive = run.archive;
  checkpoint.generation = run.generation;
  checkpoint.evaluations = run.evaluations;
  checkpoint.seconds = 0.1;
  checkpoint.search_state = run.search.save_state();
  checkpoint.config = run.config;
  checkpoint.fingerprint = run.fingerprint;
  return checkpoint;
}

// Writes the checkpoints of these generations.
void write(const TemporaryFolder& folder, const std::vector<int>& generations) {
  for (const int generation : generations) {
    const FakeRun run = FakeRun::resumed(generation);
    write_checkpoint(folder.path(), checkpoint_of(run), run.encoding);
  }
}

void flip(const std::filesystem::path& path, std::size_t at) {
  std::string bytes = read_file(path);
  bytes.at(at) = static_cast<char>(bytes.at(at) ^ 1);
  write_file(path, bytes);
}

// Neither synced nor in place of a file that is there: quick, for thousands of times.
void write_anew(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(Checkpoint, RoundTrip) {
  const TemporaryFolder folder;
  const FakeRun run = FakeRun::resumed(5);
  write_checkpoint(folder.path(), checkpoint_of(run), run.encoding);
  EXPECT_EQ(file_names(folder / "checkpoint"), (Names{"generation-000005.safetensors"}));
  const Checkpoint read = read_checkpoint(checkpoint_path(folder.path(), 5), run.encoding);
  EXPECT_EQ(read.archive.digest(run.encoding), run.archive.digest(run.encoding));
  EXPECT_EQ(read.archive.save(), run.archive.save());
  EXPECT_EQ(read.generation, 5);
  EXPECT_EQ(read.evaluations, run.evaluations);
  EXPECT_EQ(read.seconds, 0.1);
  EXPECT_EQ(read.search_state, run.search.save_state());
  EXPECT_EQ(read.config, run.config);
  EXPECT_EQ(read.fingerprint, run.fingerprint);
}

TEST(Checkpoint, GenomesAreByteTensorsNamedByItem) {
  const TemporaryFolder folder;
  const FakeRun run = FakeRun::resumed(5);
  write_checkpoint(folder.path(), checkpoint_of(run), run.encoding);
  const NamedTensors file = read_safetensors(checkpoint_path(folder.path(), 5));
  const std::vector<ItemPtr> items = run.archive.items();
  ASSERT_EQ(file.tensors.size(), items.size());
  for (const ItemPtr& item : items) {
    const TensorView& tensor = file.tensors.at(std::to_string(item->id));
    EXPECT_EQ(tensor.dtype, DType::kU8);
    EXPECT_EQ(tensor.bytes, run.encoding.encode(*item->genome));
  }
}

TEST(Checkpoint, TheInitialPopulationHasOneToo) {
  const TemporaryFolder folder;
  write(folder, {kInitialGeneration});
  EXPECT_EQ(file_names(folder / "checkpoint"), (Names{"generation-initial.safetensors"}));
  std::vector<std::string> warnings;
  const auto read = read_newest_checkpoint(folder.path(), fakes::CountingEncoding(), &warnings);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->generation, kInitialGeneration);
}

TEST(Checkpoint, TwoAreKept) {
  const TemporaryFolder folder;
  write(folder, {-1, 0, 1, 2});
  EXPECT_EQ(file_names(folder / "checkpoint"),
            (Names{"generation-000001.safetensors", "generation-000002.safetensors"}));
}

TEST(Checkpoint, TheNewestIsRead) {
  const TemporaryFolder folder;
  write(folder, {3, 4});
  std::vector<std::string> warnings;
  const auto read = read_newest_checkpoint(folder.path(), fakes::CountingEncoding(), &warnings);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->generation, 4);
  EXPECT_TRUE(warnings.empty());
}

TEST(Checkpoint, WithoutAnyThereIsNothing) {
  const TemporaryFolder folder;
  std::vector<std::string> warnings;
  EXPECT_FALSE(read_newest_checkpoint(folder.path(), fakes::CountingEncoding(), &warnings));
  std::filesystem::create_directory(folder / "checkpoint");
  for (const char* name :
       {"notes.txt", "generation-.safetensors", "generation-x.safetensors",
        "generation-000001.safetensors.77.partial", "generation--1.safetensors"}) {
    write_file(folder / "checkpoint" / name, "x");
  }
  EXPECT_FALSE(read_newest_checkpoint(folder.path(), fakes::CountingEncoding(), &warnings));
  EXPECT_TRUE(warnings.empty());
}

TEST(Checkpoint, ADamagedOneFallsBackToTheOneBefore) {
  const TemporaryFolder folder;
  write(folder, {3, 4});
  flip(checkpoint_path(folder.path(), 4), read_file(checkpoint_path(folder.path(), 4)).size() - 1);
  std::vector<std::string> warnings;
  const auto read = read_newest_checkpoint(folder.path(), fakes::CountingEncoding(), &warnings);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->generation, 3);
  EXPECT_THAT(warnings,
              ElementsAre(HasSubstr("generation-000004.safetensors cannot be used: its contents do "
                                    "not have its sha256")));
}

TEST(Checkpoint, DamageAnywhereIsNoticed) {
  const TemporaryFolder folder;
  write(folder, {3});
  const auto path = checkpoint_path(folder.path(), 3);
  const std::string whole = read_file(path);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    write_anew(path, damaged);
    expect_error(ErrorKind::kData, "generation-000003.safetensors cannot be used: ", [&] {
      read_checkpoint(path, fakes::CountingEncoding());
    });
  }
}

TEST(Checkpoint, TruncationAnywhereIsNoticed) {
  const TemporaryFolder folder;
  write(folder, {3});
  const auto path = checkpoint_path(folder.path(), 3);
  const std::string whole = read_file(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_anew(path, whole.substr(0, size));
    expect_error(ErrorKind::kData,
                 "cannot be used: ", [&] { read_checkpoint(path, fakes::CountingEncoding()); });
  }
}

TEST(Checkpoint, NoneThatCanBeUsedIsAnError) {
  const TemporaryFolder folder;
  write(folder, {3, 4});
  write_file(checkpoint_path(folder.path(), 3), "");
  flip(checkpoint_path(folder.path(), 4), 200);
  std::vector<std::string> warnings;
  expect_error(
      ErrorKind::kData, "none of the 2 checkpoints in " + (folder / "checkpoint").string(),
      [&] { read_newest_checkpoint(folder.path(), fakes::CountingEncoding(), &warnings); });
  EXPECT_EQ(warnings.size(), 2U);
}

TEST(Checkpoint, AnotherSafetensorsFileIsRefused) {
  const TemporaryFolder folder;
  const auto path = folder / "generation-000001.safetensors";
  write_safetensors(path, {}, {});
  expect_error(ErrorKind::kData, "it has no \"format\"",
               [&] { read_checkpoint(path, fakes::CountingEncoding()); });
  write_safetensors(path, {}, {{"format", "fool checkpoint 9"}});
  expect_error(ErrorKind::kData,
               "expected format \"fool checkpoint 1\", found \"fool checkpoint 9\"",
               [&] { read_checkpoint(path, fakes::CountingEncoding()); });
  expect_error(ErrorKind::kData, "nothing.safetensors cannot be used: ", [&] {
    read_checkpoint(folder / "nothing.safetensors", fakes::CountingEncoding());
  });
}

// An encoding whose genomes are something else.
class PickyEncoding : public fakes::CountingEncoding {
 public:
  GenomePtr decode(std::string_view) const override { fail(ErrorKind::kData, "not one of mine"); }
};

TEST(Checkpoint, AnotherEncodingsGenomesAreRefused) {
  const TemporaryFolder folder;
  write(folder, {3});
  expect_error(ErrorKind::kData, "generation-000003.safetensors cannot be used: not one of mine",
               [&] { read_checkpoint(checkpoint_path(folder.path(), 3), PickyEncoding()); });
}

TEST(Checkpoint, AFullDiskKeepsTheOldOnes) {
  const TemporaryFolder folder;
  write(folder, {3, 4});
  const FakeRun run = FakeRun::resumed(5);
  {
    const FullDisk disk(300);
    expect_error(ErrorKind::kIo, "generation-000005.safetensors",
                 [&] { write_checkpoint(folder.path(), checkpoint_of(run), run.encoding); });
  }
  EXPECT_EQ(file_names(folder / "checkpoint"),
            (Names{"generation-000003.safetensors", "generation-000004.safetensors"}));
}

TEST(Checkpoint, LaterOnesCanBeRemoved) {
  const TemporaryFolder folder;
  write(folder, {3, 4});
  remove_checkpoints_from(folder.path(), 4);
  EXPECT_EQ(file_names(folder / "checkpoint"), (Names{"generation-000003.safetensors"}));
}

}  // namespace
}  // namespace fool
