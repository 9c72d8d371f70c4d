#include "report/event_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "fakes/python.h"
#include "fool/core/files.h"
#include "report/support.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

// RFC 3720, B.4, and the check value of the algorithm.
TEST(EventFile, ChecksumsAsPublished) {
  std::string rising;
  std::string falling;
  for (int i = 0; i < 32; ++i) rising += static_cast<char>(i);
  for (int i = 31; i >= 0; --i) falling += static_cast<char>(i);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43U);
  EXPECT_EQ(crc32c(rising), 0x46DD794EU);
  EXPECT_EQ(crc32c(falling), 0x113FDB5CU);
  EXPECT_EQ(crc32c(""), 0U);
}

TEST(EventFile, RecordsComeBackUpToTheFirstDamage) {
  const std::string file = frame_record("one") + frame_record("") + frame_record("three");
  EXPECT_EQ(file.size(), 3 * 16 + 8U);
  EXPECT_EQ(file.substr(0, 8), bytes({3, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_THAT(read_records(file), ElementsAre("one", "", "three"));
  EXPECT_THAT(read_records(file.substr(0, file.size() - 1)), ElementsAre("one", ""));
  EXPECT_THAT(read_records(file + "half"), ElementsAre("one", "", "three"));
  for (std::size_t i = 19; i < 35; ++i) {  // in the second record
    std::string damaged = file;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    EXPECT_THAT(read_records(damaged), ElementsAre("one")) << i;
  }
  std::string huge = file;
  huge[7] = '\x7f';
  EXPECT_THAT(read_records(huge), IsEmpty());
}

TEST(EventFile, EventsAsTheirProtocolBuffersSay) {
  EXPECT_EQ(encode_version_event(0.5),
            bytes({0x09, 0, 0, 0, 0, 0, 0, 0xE0, 0x3F, 0x1A, 13}) + "brain.Event:2");
  EXPECT_EQ(encode_event({0.5, 300, {{"a", 1.0F}}, {}}),
            bytes({0x09, 0,    0,    0,    0, 0, 0,    0xE0, 0x3F,  // wall_time
                   0x10, 0xAC, 0x02,                                // step
                   0x2A, 10,   0x0A, 8,                             // summary, value
                   0x0A, 1,    'a',  0x15, 0, 0, 0x80, 0x3F}));
  EXPECT_EQ(encode_event({0.5, 1, {}, {{"b", 2, 3, 1, "png"}}}),
            bytes({0x09, 0,  0,    0,  0,    0, 0,    0xE0, 0x3F, 0x10, 1,  //
                   0x2A, 18, 0x0A, 16, 0x0A, 1, 'b',                        // summary, value, tag
                   0x22, 11, 0x08, 2,  0x10, 3, 0x18, 1,    0x22, 3,    'p', 'n', 'g'}));
}

TEST(EventFile, StepsComeBack) {
  for (const std::int64_t step : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1} << 40}) {
    EXPECT_EQ(step_of_event(encode_event({1e9, step, {{"a", 1.0F}}, {}})), step);
  }
  EXPECT_EQ(step_of_event(encode_version_event(1e9)), 0);
}

TEST(EventFile, TensorBoardReadsIt) {
  const std::string python = python_with("tensorboard");
  if (python.empty()) GTEST_SKIP() << "no Python with tensorboard";
  const TemporaryFolder folder;
  write_file(folder / "events.out.tfevents.fool",
             frame_record(encode_version_event(1e9)) +
                 frame_record(encode_event({1e9, -1, {{"x/y", 0.25F}}, {}})) +
                 frame_record(encode_event({1e9, 7, {{"x/y", 0.5F}}, {{"p", 2, 3, 1, "png"}}})));
  write_file(folder / "read.py",
             "import sys\n"
             "from tensorboard.backend.event_processing import event_accumulator as ea\n"
             "a = ea.EventAccumulator(sys.argv[1])\n"
             "a.Reload()\n"
             "assert [(e.step, e.value) for e in a.Scalars('x/y')] == [(-1, .25), (7, .5)]\n"
             "image = a.Images('p')[0]\n"
             "assert (image.step, image.height, image.width) == (7, 2, 3)\n"
             "assert image.encoded_image_string == b'png'\n");
  const std::string command = python + " " + (folder / "read.py").string() + " " +
                              folder.path().string() + " 2>" + (folder / "err").string();
  EXPECT_EQ(std::system(command.c_str()), 0) << read_file(folder / "err");
}

}  // namespace
}  // namespace fool
