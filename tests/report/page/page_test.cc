// Tests of the whole page, read as a browser would.
#include "fool/report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "report/page/pictures.h"
#include "report/page/run_blocks.h"
#include "report/page/small_run.h"

namespace fool {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

PageOptions options() {
  PageOptions result;
  result.sources = std::filesystem::path(FOOL_SOURCE_DIR) / "configs" / "page";
  result.shape_of = [](const Json&) { return ImageShape{8, 8, 1}; };
  return result;
}

class ReadPage {
 public:
  explicit ReadPage(const std::filesystem::path& path) : text_(read_file(path)) {}

  const std::string& text() const { return text_; }

  // The text of a block; empty if there is none.
  std::string block(const std::string& id) const {
    const std::string start = "<script type=\"application/json\" id=\"" + id + "\">";
    const std::size_t at = text_.find(start);
    if (at == std::string::npos) return "";
    const std::size_t from = at + start.size();
    return text_.substr(from, text_.find("</script>", from) - from);
  }
  Json json(const std::string& id) const { return Json::parse(block(id)); }

 private:
  std::string text_;
};

TEST(Page, ShowsEveryClassOfARun) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  const PageSummary summary = write_page({folder / "run"}, options(), folder / "page.html");
  EXPECT_EQ(summary.classes, 5);
  EXPECT_EQ(summary.bytes, std::filesystem::file_size(folder / "page.html"));
  EXPECT_THAT(summary.notes, IsEmpty());
  EXPECT_TRUE(is_page(folder / "page.html"));
  const ReadPage page(folder / "page.html");
  const Json index = page.json("index");
  const Json& run = index.at("runs").at(0);
  EXPECT_EQ(run.at("name"), "run");
  EXPECT_EQ(run.at("labels").at(2), "</script><b>two");
  EXPECT_EQ(run.at("metrics").at("median").size(), 8U);
  EXPECT_EQ(run.at("shape"), (Json{8, 8, 1}));
  EXPECT_EQ(run.at("fingerprint"), (Json{{"block", 20}}));
  const RunReading read = read_runs(folder / "run").front();
  for (std::size_t k = 0; k < 5; ++k) {
    const LoggedChampion& champion = *read.classes[k].champion;
    const Json& cell = run.at("cells").at(k);
    EXPECT_EQ(cell.at(0).get<float>(), champion.confidence);
    EXPECT_EQ(cell.at(1), champion.generation);
    EXPECT_EQ(cell.at(2), champion.item);
    EXPECT_EQ(cell.at(3), 1);
    const std::string item = std::to_string(champion.item);
    // Pixel for pixel what the run stores.
    const auto path =
        folder / "run" / "images" / image_file_name(static_cast<int>(k), read.classes[k].label);
    const std::string stored = read_file(path);
    EXPECT_EQ(page.block("image-0-" + item), to_base64(without_text(stored, "")));
    EXPECT_EQ(page.json("genome-0-" + item),
              to_image_record(read_png_text(path), path.string()).genome);
    const Json more = page.json("cell-0-" + std::to_string(k));
    EXPECT_EQ(more.at("replacements"), champion.replacements);
    EXPECT_EQ(more.at("history").back().at(1), champion.item);
    EXPECT_EQ(more.at("history").size(), champion.replacements);
  }
}

TEST(Page, DrawsTheLineOfDescent) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  const PageSummary summary = write_page({folder / "run"}, options(), folder / "page.html");
  EXPECT_GT(summary.ancestors, 0);
  const ReadPage page(folder / "page.html");
  const RunReading run = read_runs(folder / "run").front();
  for (const LoggedClass& logged : run.classes) {
    const Json line = page.json("line-0-" + std::to_string(logged.champion->item));
    EXPECT_EQ(line.at("drawn"), true);
    EXPECT_EQ(line.at("items").back(), logged.champion->item);
    for (const Json& item : line.at("items")) {
      const std::string id = std::to_string(item.get<ItemId>());
      EXPECT_TRUE(page.json("items-0").contains(id));
      if (item != logged.champion->item) {
        EXPECT_NE(page.block("small-0-" + id), "") << id;
      }
    }
  }
}

TEST(Page, AncestorsOfAnotherKindOfChildAreListedOnly) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  RunRecord record = read_run_record(folder / "run");
  record.config["seed"] = 4;  // as if children had been made otherwise
  RunFolder::resume(folder / "run").write_record(record);
  const PageSummary summary = write_page({folder / "run"}, options(), folder / "page.html");
  EXPECT_EQ(summary.ancestors, 0);
  EXPECT_THAT(summary.notes, Contains(HasSubstr("are listed without pictures")));
}

TEST(Page, NoNameOfAClassIsTakenForHtml) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  write_page({folder / "run"}, options(), folder / "page.html");
  EXPECT_THAT(ReadPage(folder / "page.html").text(), Not(HasSubstr("</script><b>two")));
  EXPECT_EQ(script_json({{"a", "</script><!--"}}), R"({"a":"\u003c/script>\u003c!--"})");
}

TEST(Page, AsksNothingOfTheNetwork) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  write_page({folder / "run"}, options(), folder / "page.html");
  const std::string text = ReadPage(folder / "page.html").text();
  std::string without_names = text;
  for (const std::string& name : {std::string("http://www.w3.org/2000/svg")}) {
    for (std::size_t at = 0; (at = without_names.find(name, at)) != std::string::npos;) {
      without_names.erase(at, name.size());
    }
  }
  EXPECT_THAT(without_names, Not(HasSubstr("http://")));
  EXPECT_THAT(without_names, Not(HasSubstr("https://")));
  EXPECT_THAT(text, HasSubstr("default-src 'none'"));
}

TEST(Page, AKilledRunIsShownAsFarAsItIs) {
  const TemporaryFolder folder;
  // Without a checkpoint, and with one that is older than some champions of at least one run.
  int drawn_again = 0;
  for (const auto& [every, seed] :
       {std::pair(0, 3), std::pair(5, 3), std::pair(5, 4), std::pair(5, 5), std::pair(5, 6)}) {
    SmallRun killed;
    killed.ended = false;
    killed.generations = 9;
    killed.planned = 20;
    killed.seed = static_cast<std::uint64_t>(seed);
    killed.checkpoint_every = every;
    const std::string name = fmt::format("run-{}-{}", every, seed);
    killed.write(folder / name);
    const PageSummary summary = write_page({folder / name}, options(), folder / "page.html");
    const Json run = ReadPage(folder / "page.html").json("index").at("runs").at(0);
    EXPECT_EQ(run.at("ended"), false);
    for (const Json& cell : run.at("cells")) EXPECT_EQ(cell.at(3), 1);
    bool told = false;
    for (const std::string& note : summary.notes) {
      told = told || note.find("were drawn again from the run's seed") != std::string::npos;
    }
    if (every == 0) {
      EXPECT_TRUE(told);
    }
    if (every > 0 && told) ++drawn_again;
  }
  EXPECT_GT(drawn_again, 0);
}

TEST(Page, WithoutTheShapeThereAreConfidencesAndNoPictures) {
  const TemporaryFolder folder;
  SmallRun killed;
  killed.ended = false;
  killed.write(folder / "run");
  PageOptions blind = options();
  blind.shape_of = [](const Json&) -> ImageShape { fail(ErrorKind::kModel, "no such network"); };
  const PageSummary summary = write_page({folder / "run"}, blind, folder / "page.html");
  EXPECT_EQ(summary.images, 0);
  EXPECT_THAT(summary.notes, Contains(HasSubstr("Genomes cannot be read: no such network")));
  EXPECT_THAT(summary.notes, Contains(HasSubstr("champions have no picture yet")));
}

TEST(Page, DamagedAndStaleImagesAreTold) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  write_file(folder / "run" / "images" / "0000_zero.png", "not a PNG");
  const PageSummary summary = write_page({folder / "run"}, options(), folder / "page.html");
  EXPECT_THAT(summary.notes, Contains(HasSubstr("0000_zero.png")));
}

TEST(Page, SeveralRunsLieSideBySide) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "a");
  SmallRun other;
  other.seed = 8;
  other.labels[1] = "eins";
  other.write(folder / "b");
  PageOptions small = options();
  small.largest_side = 4;
  small.ancestors = 0;
  small.title = "A & B";
  const PageSummary summary = write_page({folder / "a", folder / "b"}, small, folder / "page.html");
  EXPECT_EQ(summary.ancestors, 0);
  EXPECT_THAT(summary.notes, Contains(HasSubstr("b: Its class 1 is \"eins\"")));
  const ReadPage page(folder / "page.html");
  EXPECT_THAT(page.text(), HasSubstr("<title>A &amp; B</title>"));
  EXPECT_EQ(page.json("index").at("runs").size(), 2U);
  EXPECT_EQ(page.json("line-1-" + page.json("index")["runs"][1]["cells"][0][2].dump()).at("drawn"),
            false);
}

TEST(Page, NothingIsLeftOfAPageThatIsInterrupted) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  PageOptions stopped = options();
  stopped.progress = [](std::uint64_t done, std::uint64_t total) {
    EXPECT_LE(done, total);
    if (done == 3) fail(ErrorKind::kUsage, "stop");
  };
  expect_error(ErrorKind::kUsage, "stop",
               [&] { write_page({folder / "run"}, stopped, folder / "page.html"); });
  EXPECT_EQ(file_names(folder.path()), std::vector<std::string>{"run"});
}

}  // namespace
}  // namespace fool
