#include <gtest/gtest.h>

#include <map>
#include <typeinfo>

#include "fool/core/files.h"
#include "report/fake_run.h"

namespace fool {
namespace {

Json defaults() {
  Json settings;
  for (const std::string& name : ReporterRegistry::instance().names()) {
    settings[name] =
        ReporterRegistry::instance().find(name, "report").parameters.resolve(Json::object(), name);
  }
  settings["console"]["progress"] = "off";
  settings["console"]["summary"] = "off";
  return settings;
}

TEST(MakeReporters, MakesAllThatAreRegistered) {
  EXPECT_EQ(make_reporters(defaults()).size(), ReporterRegistry::instance().names().size());
}

// A checkpoint must not be there before the lines that a resumed run will not write again.
TEST(MakeReporters, CheckpointsAndConsoleComeLast) {
  const auto reporters = make_reporters(defaults());
  const auto type = [](const Reporter& reporter) { return std::string(typeid(reporter).name()); };
  ASSERT_GE(reporters.size(), 2U);
  EXPECT_EQ(type(**(reporters.end() - 2)), type(*FakeRun::make("checkpoint")));
  EXPECT_EQ(type(**(reporters.end() - 1)), type(*FakeRun::make("console")));
}

class All : public Reporter {
 public:
  explicit All(const Json& settings) : reporters_(make_reporters(settings)) {}
  void begin(const RunInfo& info) override {
    for (const auto& reporter : reporters_) reporter->begin(info);
  }
  void on_generation(const RunInfo& info, const GenerationReport& report) override {
    for (const auto& reporter : reporters_) reporter->on_generation(info, report);
  }
  void end(const RunInfo& info, const RunSummary& summary) override {
    for (const auto& reporter : reporters_) reporter->end(info, summary);
  }

 private:
  std::vector<std::unique_ptr<Reporter>> reporters_;
};

std::map<std::string, std::string> contents(const TemporaryFolder& folder) {
  std::map<std::string, std::string> result;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (entry.is_regular_file()) {
      result[entry.path().lexically_relative(folder.path()).string()] = read_file(entry.path());
    }
  }
  return result;
}

// All of them together: a run that is killed and resumed leaves the same files as one that is not.
TEST(MakeReporters, KilledAndResumedIsTheSameAsWhole) {
  Json settings = defaults();
  for (const char* name : {"checkpoint", "images", "classes", "contact_sheet"})
    settings[name]["every"] = 4;
  const TemporaryFolder whole_folder;
  FakeRun whole(5);
  All whole_reporters(settings);
  whole.report(whole_reporters, whole_folder, 10);
  const auto expected = contents(whole_folder);
  EXPECT_EQ(expected.size(), 11U);
  for (const int killed_at : {4, 6, 7, 8, 9}) {
    const TemporaryFolder folder;
    FakeRun killed(5);
    All killed_reporters(settings);
    killed.report_and_die(killed_reporters, folder, killed_at);
    FakeRun resumed = FakeRun::resumed(killed_at / 4 * 4, 5);
    All resumed_reporters(settings);
    resumed.report(resumed_reporters, folder, 10);
    EXPECT_EQ(contents(folder), expected) << "killed after generation " << killed_at;
  }
}

}  // namespace
}  // namespace fool
