#include "report/common.h"

#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "fool/core/files.h"
#include "report/fake_run.h"

namespace fool {
namespace {

TEST(LabelOf, FallsBackToTheNumber) {
  const TemporaryFolder folder;
  FakeRun run;
  run.labels = {"tench"};
  EXPECT_EQ(label_of(run.info(folder), 0), "tench");
  EXPECT_EQ(label_of(run.info(folder), 2), "2");
}

TEST(Due, CountsGenerationsFromZero) {
  std::vector<int> generations;
  for (int g = kInitialGeneration; g <= 10; ++g) {
    if (due(g, 4)) generations.push_back(g);
    EXPECT_FALSE(due(g, 0));
    EXPECT_EQ(due(g, 1), g > 0);
  }
  EXPECT_EQ(generations, (std::vector<int>{4, 8}));
}

TEST(ConfidenceText, IsCutNotRounded) {
  EXPECT_EQ(confidence_text(0.99997F), "0.9999");
  EXPECT_EQ(confidence_text(1), "1.0000");
  EXPECT_EQ(confidence_text(0), "0.0000");
  EXPECT_EQ(confidence_text(0.12345), "0.1234");
  EXPECT_EQ(confidence_text(0.99999994F, 6), "0.999999");
}

TEST(CsvField, IsQuotedWhereItMustBe) {
  EXPECT_EQ(csv_field("agama"), "agama");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("a, b"), "\"a, b\"");
  EXPECT_EQ(csv_field("a \"b\""), "\"a \"\"b\"\"\"");
}

TEST(RequireWritable, LeavesNothing) {
  const TemporaryFolder folder;
  require_writable(folder / "a");
  EXPECT_TRUE(file_names(folder.path()).empty());
  expect_error(ErrorKind::kIo, "cannot write /nowhere/a", [] { require_writable("/nowhere/a"); });
}

TEST(MakeFolder, SaysWhyNot) {
  const TemporaryFolder folder;
  make_folder(folder / "a/b");
  make_folder(folder / "a/b");
  EXPECT_TRUE(std::filesystem::is_directory(folder / "a/b"));
  write_file(folder / "file", "x");
  expect_error(ErrorKind::kIo,
               "cannot make the folder " + (folder / "file/c").string() + ": Not a directory",
               [&] { make_folder(folder / "file/c"); });
}

TEST(RemoveFile, SaysWhyNot) {
  const TemporaryFolder folder;
  write_file(folder / "file", "x");
  remove_file(folder / "file");
  remove_file(folder / "file");
  make_folder(folder / "full/x");
  expect_error(ErrorKind::kIo,
               "cannot remove " + (folder / "full").string() + ": Directory not empty",
               [&] { remove_file(folder / "full"); });
}

TEST(DrawChampions, HandsOverEachWithItsImage) {
  const TemporaryFolder folder;
  FakeRun run = FakeRun::resumed(10, 40);
  const RunInfo info = run.info(folder);
  std::vector<int> classes;
  for (int k = 1; k < 40; k += 2) classes.push_back(k);
  std::mutex mutex;
  std::set<int> seen;
  draw_champions(info, classes, [&](int k, const Elite& elite, ConstImageView image) {
    ImageBatch expected(1, run.encoding.shape());
    run.encoding.render(*elite.item->genome, expected[0]);
    const std::lock_guard<std::mutex> lock(mutex);
    EXPECT_EQ(&elite, run.archive.cell(k));
    EXPECT_TRUE(std::equal(image.data, image.data + image.size(), expected.bytes().begin()));
    EXPECT_TRUE(seen.insert(k).second);
  });
  EXPECT_EQ(seen, std::set<int>(classes.begin(), classes.end()));
}

}  // namespace
}  // namespace fool
