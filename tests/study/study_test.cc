#include "fool/study/study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Json kTwo =
    Json::parse(R"({"direct": {"encoding": "direct"}, "cppn": {"encoding": "cppn"}})");

Study parse(const Json& json) { return parse_study(json, "somewhere/encodings.json"); }

std::string error_of(const Json& json) {
  return error_message(ErrorKind::kConfig, [&] { parse(json); });
}

TEST(StudyFileTest, HasDefaults) {
  const Study study = parse({{"settings", kTwo}});
  EXPECT_EQ(study.name, "encodings");
  EXPECT_THAT(study.seeds, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(study.checkpoints.every, 10);
  EXPECT_THAT(study.metrics, ElementsAre("median", "mean", "classes_at_99", "classes_at_9999",
                                         "evaluations", "seconds"));
  ASSERT_EQ(study.settings.size(), 2U);
  EXPECT_EQ(study.settings[0].name, "direct");
  EXPECT_EQ(study.settings[0].config.dump(), R"({"encoding":{"type":"direct"}})");
}

TEST(StudyFileTest, LaysSettingsOverTheBase) {
  const Study study = parse(Json::parse(R"({
    "base": {"generations": 20, "encoding": {"type": "cppn", "preset": "paper"},
             "search.batch_size": 50},
    "settings": {"same": {}, "more": {"generations": 40, "search": {"init_size": 10}},
                 "other": {"encoding": "direct"}, "preset": {"encoding.preset": "default"}}})"));
  const auto config = [&](std::size_t i) { return study.settings[i].config.dump(); };
  EXPECT_EQ(config(0), R"({"generations":20,"encoding":{"type":"cppn","preset":"paper"},)"
                       R"("search":{"batch_size":50}})");
  EXPECT_EQ(config(1), R"({"generations":40,"encoding":{"type":"cppn","preset":"paper"},)"
                       R"("search":{"batch_size":50,"init_size":10}})");
  // What another type has set says nothing.
  EXPECT_EQ(config(2),
            R"({"generations":20,"encoding":{"type":"direct"},"search":{"batch_size":50}})");
  EXPECT_EQ(config(3), R"({"generations":20,"encoding":{"type":"cppn","preset":"default"},)"
                       R"("search":{"batch_size":50}})");
}

TEST(StudyFileTest, NamesConfigurationsBesideIt) {
  const ScratchFolder folder;
  write_file(folder / "a.json", "{}");
  write_file(folder / "b.json", "{}");
  write_file(folder / "study.json",
             R"({"name": "files", // of two
                 "base": {"config": "a.json"}, "settings": {"one": {"config": ["b.json"]}}})");
  const Study study = read_study(folder / "study.json");
  EXPECT_EQ(study.name, "files");
  EXPECT_THAT(study.settings[0].files, ElementsAre(folder / "a.json", folder / "b.json"));
  EXPECT_THAT(study.settings[0].config, IsEmpty());
  write_file(folder / "study.json", R"({"settings": {"one": {"config": "c.json"}}})");
  EXPECT_THAT(
      error_message(ErrorKind::kConfig, [&] { read_study(folder / "study.json"); }),
      AllOf(HasSubstr("study.json: settings.one.config: there is no file"), HasSubstr("c.json")));
}

TEST(StudyFileTest, TakesSeedsAsAListOrARange) {
  EXPECT_THAT(parse({{"settings", kTwo}, {"seeds", {7, 3}}}).seeds, ElementsAre(7, 3));
  EXPECT_THAT(parse({{"settings", kTwo}, {"seeds", {{"first", 11}, {"count", 2}}}}).seeds,
              ElementsAre(11, 12));
}

TEST(StudyFileTest, TakesCheckpoints) {
  const auto checkpoints = [](const Json& json) {
    return parse({{"settings", kTwo}, {"checkpoints", json}}).checkpoints;
  };
  EXPECT_EQ(checkpoints({{"every", 0}}).every, 0);
  const StudyCheckpoints generations = checkpoints({{"generations", {200, 50}}});
  EXPECT_EQ(generations.every, 0);
  EXPECT_THAT(generations.generations, ElementsAre(50, 200));
  EXPECT_THAT(checkpoints({{"evaluations", {1000}}}).evaluations, ElementsAre(1000));
}

TEST(StudyFileTest, SaysWhatIsWrong) {
  EXPECT_THAT(error_of(Json::array()),
              HasSubstr("somewhere/encodings.json: the study: expected an object {...}, found []"));
  EXPECT_THAT(error_of({{"setings", kTwo}}),
              AllOf(HasSubstr("there is no \"setings\" in a study, did you mean \"settings\"?"),
                    HasSubstr("belongs into base or a setting")));
  EXPECT_THAT(error_of(Json::object()), HasSubstr("settings: expected at least one, such as"));
  EXPECT_THAT(error_of({{"settings", {{"a b", Json::object()}}}}),
              HasSubstr("settings: expected a name of letters, digits, '.', '-' and '_', as it "
                        "becomes a folder's; found \"a b\""));
  EXPECT_THAT(error_of({{"settings", {{"a", 3}}}}),
              HasSubstr("settings.a: expected an object {...}, found 3"));
  EXPECT_THAT(error_of({{"settings", {{"a", {{"seed", 3}}}}}}),
              HasSubstr("settings.a.seed: seeds are the study's"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"base", {{"model", nullptr}}}}),
              HasSubstr("base.model: expected a value, found null"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"base", {{"encoding.", 1}}}}),
              HasSubstr("base: \"encoding.\" is not a setting: expected NAME or SECTION.NAME"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"base", {{"config", 1}}}}),
              HasSubstr("base.config: expected a file's name, found 1"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"name", "../x"}}), HasSubstr("found \"../x\""));
}

TEST(StudyFileTest, SaysWhatIsWrongWithNumbers) {
  EXPECT_THAT(error_of({{"settings", kTwo}, {"seeds", Json::array()}}),
              HasSubstr("seeds: expected at least one, found none"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"seeds", 5}}),
              HasSubstr("seeds: expected a list such as [1, 2, 3] or {\"first\": 1, \"count\": 5}, "
                        "found 5"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"seeds", {1, -2}}}),
              HasSubstr("seeds: expected whole numbers of at least 0, found -2"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"seeds", {1, 2, 1}}}),
              HasSubstr("seeds: 1 is there twice"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"seeds", {{"count", 0}}}}),
              HasSubstr("seeds.count: expected 1..100000, found 0"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"metrics", {"medain"}}}),
              HasSubstr("metrics: there is no choice \"medain\", did you mean \"median\"?"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"metrics", {"mean", "mean"}}}),
              HasSubstr("metrics: mean is there twice"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"checkpoints", {{"every", 5}, {"generations", {1}}}}}),
              HasSubstr("checkpoints: expected one of every, generations and evaluations"));
  EXPECT_THAT(
      error_of({{"settings", kTwo}, {"checkpoints", {{"evaluations", {0.5}}}}}),
      HasSubstr("checkpoints.evaluations: expected whole numbers of at least 1, found 0.5"));
  EXPECT_THAT(error_of({{"settings", kTwo}, {"level", 95}}),
              HasSubstr("level: expected 0.5..0.999, found 95"));
}

}  // namespace
}  // namespace fool
