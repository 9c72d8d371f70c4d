#include "app/image_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/expect_error.h"
#include "fakes/python.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"
#include "fool/report/png.h"
#include "fool/report/run_folder.h"
#include "model/zip_archive.h"

namespace fool {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Export : public ::testing::Test {
 protected:
  std::string evolve(const std::string& name, const std::string& seed, int size = 16) {
    const std::string run = (scratch_ / name).string();
    const std::string card = write_fake_card(
        scratch_.path(), fake_card(12, size, Json::object(), "fake" + std::to_string(size)));
    const InProcess result =
        run_program({"evolve", "--model", card, "--out", run, "--generations", "2", "--batch-size",
                     "10", "--init-size", "10", "--seed", seed, "--progress", "off", "--set",
                     "report.console.summary=off"});
    EXPECT_EQ(result.code, 0) << result.err;
    return run;
  }

  ScratchFolder scratch_;
};

TEST_F(Export, AFolderForEachClass) {
  const std::string run = evolve("run", "1");
  const std::string out = (scratch_ / "out").string();
  const InProcess result = run_program({"export", run, "--out", out, "--progress", "off"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, out + "  12 images of 12 classes\n");
  const CsvTable table(read_file(scratch_ / "out/labels.csv"), "labels.csv");
  const CsvTable log(read_file(scratch_ / "run/classes.csv"), "classes.csv");
  ASSERT_EQ(table.size(), 12U);
  for (std::size_t row = 0; row < table.size(); ++row) {
    const fs::path file = table.at(row, table.column("file"));
    EXPECT_EQ(table.integer_at(row, table.column("class")), static_cast<int>(row));
    EXPECT_EQ(table.at(row, table.column("label")), log.at(row, log.column("label")));
    EXPECT_EQ(table.at(row, table.column("confidence")), log.at(row, log.column("confidence")));
    EXPECT_EQ(table.at(row, table.column("run")), "run");
    EXPECT_EQ(read_file(scratch_ / "out" / file),
              read_file(scratch_ / "run" / log.at(row, log.column("image"))));
  }
  const InProcess again = run_program({"export", run, "--out", out});
  EXPECT_EQ(again.code, 6);
  EXPECT_THAT(again.err, HasSubstr("is already there and not empty"));
}

TEST_F(Export, SeveralRunsHaveNamesOfTheirOwn) {
  const std::string a = evolve("a/run", "1");
  const std::string b = evolve("b/run", "2");
  const std::string out = (scratch_ / "out").string();
  ASSERT_EQ(run_program({"export", a + "/", b, "--out", out, "--progress", "off"}).code, 0);
  const CsvTable table(read_file(scratch_ / "out/labels.csv"), "labels.csv");
  ASSERT_EQ(table.size(), 24U);
  EXPECT_EQ(table.at(0, table.column("run")), "run");
  EXPECT_EQ(table.at(12, table.column("run")), "run-2");
  EXPECT_THAT(table.at(12, table.column("file")), HasSubstr("/run-2-0000"));
}

TEST_F(Export, ArraysHoldThePixelsThatWereScored) {
  const std::string run = evolve("run", "1");
  const std::string out = (scratch_ / "a.npz").string();
  ASSERT_EQ(run_program({"export", run, "--format", "npz", "--out", out, "--json"}).code, 0);
  const std::string bytes = read_file(out);
  const ZipArchive zip(bytes, "a.npz");
  const std::string_view images = zip.read("images.npy");
  EXPECT_THAT(std::string(images.substr(0, 128)), HasSubstr("'shape': (12, 16, 16, 3), }"));
  std::vector<std::string> notes;
  const std::vector<ExportedImage> found = find_images({run}, 0, notes);
  ASSERT_EQ(found.size(), 12U);
  constexpr std::size_t kImage = 16 * 16 * 3;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Png png = read_png(found[i].file);
    EXPECT_EQ(images.substr(128 + i * kImage, kImage),
              std::string_view(reinterpret_cast<const char*>(png.image[0].data), kImage));
  }
}

TEST_F(Export, NumpyReadsTheArrays) {
  const std::string python = python_with("numpy");
  if (python.empty()) GTEST_SKIP() << "no Python with numpy";
  const std::string run = evolve("run", "1");
  const std::string out = (scratch_ / "a.npz").string();
  ASSERT_EQ(run_program({"export", run, "--format", "npz", "--out", out}).code, 0);
  write_file(scratch_ / "read.py",
             "import csv, sys, numpy\n"
             "a = numpy.load(sys.argv[1])\n"
             "rows = list(csv.DictReader(open(sys.argv[2] + '/classes.csv')))\n"
             "assert a['images'].shape == (12, 16, 16, 3) and a['images'].dtype == numpy.uint8\n"
             "assert a['targets'].tolist() == [int(r['class']) for r in rows]\n"
             "assert a['labels'].tolist() == [r['label'] for r in rows]\n"
             "expected = numpy.array([r['confidence'] for r in rows], 'f4')\n"
             "assert (a['confidences'] == expected).all()\n"
             "assert set(a['runs']) == {'run'}\n");
  const std::string command = python + " " + (scratch_ / "read.py").string() + " " + out + " " +
                              run + " 2>" + (scratch_ / "err").string();
  EXPECT_EQ(std::system(command.c_str()), 0) << read_file(scratch_ / "err");
}

TEST_F(Export, ImagesOfLittleConfidenceAreLeftOut) {
  const std::string run = evolve("run", "1");
  std::vector<std::string> notes;
  const std::vector<ExportedImage> all = find_images({run}, 0, notes);
  float highest = 0;
  for (const ExportedImage& image : all) highest = std::max(highest, image.confidence);
  for (const ExportedImage& image : find_images({run}, highest, notes)) {
    EXPECT_EQ(image.confidence, highest);
  }
  const InProcess none = run_program({"export", run, "--min-confidence", "1"});
  EXPECT_EQ(none.code, 5);
  EXPECT_THAT(none.err, HasSubstr("no images to export"));
}

TEST_F(Export, AMissingImageIsAnErrorUnlessTheRunHasNotEnded) {
  const std::string run = evolve("run", "1");
  std::vector<std::string> notes;
  const std::vector<ExportedImage> all = find_images({run}, 0, notes);
  fs::remove(all.front().file);
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { find_images({run}, 0, notes); }),
              HasSubstr("is missing"));
  RunRecord record = read_run_record(run);
  record.ended = false;
  RunFolder::resume(run).write_record(record);
  EXPECT_EQ(find_images({run}, 0, notes).size(), 11U);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_THAT(notes.front(), HasSubstr("has not ended; 11 images are there"));
}

TEST_F(Export, FilesAreReplacedByForceAlone) {
  const std::string run = evolve("run", "1");
  const std::string file = (scratch_ / "mine.npz").string();
  write_file(file, "mine");
  const std::vector<std::string> command = {"export", run, "--format", "npz", "--out", file};
  const InProcess refused = run_program(command);
  EXPECT_EQ(refused.code, 6);
  EXPECT_THAT(refused.err, HasSubstr("mine.npz is already there; choose another --out"));
  EXPECT_EQ(read_file(file), "mine");
  std::vector<std::string> forced = command;
  forced.emplace_back("--force");
  EXPECT_EQ(run_program(forced).code, 0);
  EXPECT_EQ(run_program({"export", run, "--format", "npz", "--out", run + "/run.json"}).code, 2);
}

TEST_F(Export, ArraysHaveOneShape) {
  const std::string a = evolve("a", "1");
  const std::string b = evolve("b", "1", 8);
  const InProcess result =
      run_program({"export", a, b, "--format", "npz", "--out", (scratch_ / "a.npz").string()});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("export runs of one shape together"));
  EXPECT_FALSE(fs::exists(scratch_ / "a.npz"));
  EXPECT_EQ(run_program({"export", a, "--format", "zip"}).code, 2);
}

}  // namespace
}  // namespace fool
