// Tests of the reporter "tensorboard".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fool/core/files.h"
#include "fool/report/png.h"
#include "model/protobuf.h"
#include "report/event_file.h"
#include "report/fake_run.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kName = "events.out.tfevents.fool";

// A value of a summary, as it is read again.
struct Value {
  std::string tag;
  float scalar = 0.0F;
  std::string png;
};

std::vector<Value> values(std::string_view event) {
  std::vector<Value> result;
  protobuf::Reader fields(event);
  while (const auto field = fields.next()) {
    if (field->number != 5) continue;  // summary
    protobuf::Reader summary(field->bytes);
    while (const auto value = summary.next()) {
      Value read;
      protobuf::Reader parts(value->bytes);
      while (const auto part = parts.next()) {
        if (part->number == 1) read.tag = part->bytes;
        if (part->number == 2) std::memcpy(&read.scalar, part->bytes.data(), sizeof(float));
        if (part->number != 4) continue;  // image
        protobuf::Reader image(part->bytes);
        while (const auto one = image.next()) {
          if (one->number == 4) read.png = one->bytes;
        }
      }
      result.push_back(std::move(read));
    }
  }
  return result;
}

class Events {
 public:
  explicit Events(const TemporaryFolder& folder) : bytes_(read_file(folder / kName)) {
    for (const std::string_view record : read_records(bytes_)) {
      if (step_of_event(record) == 0 && values(record).empty()) continue;  // the version
      for (Value& value : values(record)) {
        all.emplace_back(step_of_event(record), std::move(value));
      }
    }
  }

  std::vector<std::int64_t> steps(const std::string& tag) const {
    std::vector<std::int64_t> result;
    for (const auto& [step, value] : all) {
      if (value.tag == tag) result.push_back(step);
    }
    return result;
  }
  const Value& last(const std::string& tag) const {
    const auto it = std::find_if(all.rbegin(), all.rend(),
                                 [&](const auto& entry) { return entry.second.tag == tag; });
    if (it == all.rend()) throw std::runtime_error("no " + tag);
    return it->second;
  }

  std::vector<std::pair<std::int64_t, Value>> all;

 private:
  std::string bytes_;
};

TEST(TensorBoard, WritesNothingUnlessItIsAskedFor) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("tensorboard"), folder, 4);
  EXPECT_THAT(file_names(folder.path()), IsEmpty());
}

TEST(TensorBoard, TellsScalarsOfEveryGeneration) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("tensorboard", {{"every", 1}}), folder, 2);
  const Events events(folder);
  EXPECT_THAT(events.steps("confidence/median"), ElementsAre(-1, 0, 1, 2));
  const ArchiveStats stats = run.archive.stats();
  EXPECT_EQ(events.last("confidence/median").scalar, static_cast<float>(stats.median));
  EXPECT_EQ(events.last("confidence/mean").scalar, static_cast<float>(stats.mean));
  EXPECT_EQ(events.last("classes/at_least_99").scalar, static_cast<float>(stats.at_least_99));
  EXPECT_EQ(events.last("cost/equivalents").scalar, 16.0F);
  EXPECT_EQ(events.last("cost/evaluations").scalar, 16.0F);
  EXPECT_EQ(events.last("cost/evaluations_per_second").scalar, 8.0F);
}

TEST(TensorBoard, ShowsChosenClasses) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(
      *FakeRun::make("tensorboard", {{"every", 5}, {"images_every", 4}, {"classes", {2, 0}}}),
      folder, 10);
  const Events events(folder);
  EXPECT_THAT(events.steps("confidence/median"), ElementsAre(0, 5, 10));
  EXPECT_THAT(events.steps("class/2_label 2"), ElementsAre(4, 8, 10));
  EXPECT_THAT(events.steps("class/1_label 1"), IsEmpty());
  const Png png = decode_png(events.last("class/0_label 0").png, "event");
  ImageBatch expected(1, run.encoding.shape());
  run.encoding.render(*run.archive.cell(0)->item->genome, expected[0]);
  EXPECT_TRUE(
      std::equal(expected.bytes().begin(), expected.bytes().end(), png.image.bytes().begin()));
}

TEST(TensorBoard, AResumedRunTellsNothingTwice) {
  const TemporaryFolder folder;
  const Json settings{{"every", 1}, {"images_every", 2}};
  FakeRun killed;
  killed.report_and_die(*FakeRun::make("tensorboard", settings), folder, 7);
  write_file(folder / kName, read_file(folder / kName) + "half a record");
  FakeRun resumed = FakeRun::resumed(4);
  resumed.report(*FakeRun::make("tensorboard", settings), folder, 10);
  const Events events(folder);
  EXPECT_THAT(events.steps("confidence/median"), ElementsAre(-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_THAT(events.steps("class/0_label 0"), ElementsAre(2, 4, 6, 8, 10));
}

TEST(TensorBoard, AnInterruptedRunHasItsLastGeneration) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("tensorboard", {{"every", 4}, {"images_every", 0}}), folder, 6, true);
  const Events events(folder);
  EXPECT_THAT(events.steps("confidence/median"), ElementsAre(0, 4, 6));
  EXPECT_THAT(events.steps("class/0_label 0"), ElementsAre(6));
}

TEST(TensorBoard, ClassesThatDoNotExistAreRefused) {
  const TemporaryFolder folder;
  FakeRun run;
  const auto begin = [&](const Json& classes) {
    return [&, classes] {
      FakeRun::make("tensorboard", {{"every", 1}, {"classes", classes}})->begin(run.info(folder));
    };
  };
  expect_error(ErrorKind::kConfig, "the network has 3 classes, found 3", begin({0, 3}));
  expect_error(ErrorKind::kConfig, "expected numbers of classes, found \"x\"", begin({"x", 1}));
  expect_error(ErrorKind::kConfig, "expected numbers of classes, found -1", begin({-1, 2}));
}

TEST(TensorBoard, AnUnwritablePlaceIsFoundInTheBeginning) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / kName);
  FakeRun run;
  expect_error(ErrorKind::kIo, kName, [&] {
    FakeRun::make("tensorboard", {{"every", 1}})->begin(run.info(folder));
  });
}

}  // namespace
}  // namespace fool
