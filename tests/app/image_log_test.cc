#include "app/image_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/error.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ImageLog, HoldsTheClassesWithAnImage) {
  const ScratchFolder run;
  write_file(run / "classes.csv",
             "class,label,confidence,image\n0,\"a, b\",0.25,images/0000_a_b.png\n1,c,,\n"
             "2,d,1,images/0002_d.png\n");
  const std::vector<LoggedImage> log = read_image_log(run.path());
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[0].class_index, 0);
  EXPECT_EQ(log[0].confidence, 0.25F);
  EXPECT_EQ(log[0].file, "0000_a_b.png");
  EXPECT_EQ(log[1].class_index, 2);
}

TEST(ImageLog, AnAscentLogsItsResults) {
  const ScratchFolder run;
  write_file(run / "results.csv", "setting,class,confidence,image\nl2,3,0.5,images/a.png\n");
  EXPECT_EQ(image_log_path(run.path()), run / "results.csv");
  const std::vector<LoggedImage> log = read_image_log(run.path());
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].class_index, 3);
  EXPECT_EQ(log[0].file, "a.png");
}

TEST(ImageLog, ADamagedTableIsADataError) {
  const ScratchFolder run;
  for (const char* confidence : {"nan", "2", "-1", "", "0.5x"}) {
    write_file(run / "classes.csv",
               std::string("class,confidence,image\n0,") + confidence + ",images/0000_a.png\n");
    EXPECT_THAT(error_message(ErrorKind::kData, [&] { read_image_log(run.path()); }),
                HasSubstr("expected a confidence from 0 to 1"));
  }
  write_file(run / "classes.csv", "class,label\n");
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { read_image_log(run.path()); }),
              HasSubstr("classes.csv"));
}

TEST(ImageLog, NamesAreSortedAndPngsOnly) {
  const ScratchFolder run;
  EXPECT_THAT(image_names(run.path()), ElementsAre());
  std::filesystem::create_directory(run / "images");
  for (const char* name : {"b.png", "a.png", "notes.txt"}) write_file(run / "images" / name, "");
  EXPECT_THAT(image_names(run.path()), ElementsAre("a.png", "b.png"));
}

}  // namespace
}  // namespace fool
