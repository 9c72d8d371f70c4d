#include "fool/archive/archive.h"

#include <gtest/gtest.h>

#include <map>

#include "fakes/counting_encoding.h"
#include "fool/core/error.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

ItemPtr item(ItemId id, std::vector<ItemId> parents = {}) {
  return std::make_shared<const Item>(Item{id, static_cast<int>(id) / 2,
                                           std::make_shared<fakes::NumberGenome>(100 + id),
                                           std::move(parents)});
}

TEST(Archive, TheFirstItemFillsEveryCell) {
  Archive archive(3);
  const std::vector<ItemPtr> items{item(0)};
  const std::vector<float> row{0.2F, 0.5F, 0.3F};
  const AddReport report = archive.add(items, row);
  EXPECT_EQ(archive.stats().filled, 3);
  EXPECT_EQ(report.improvements.size(), 3U);
  for (int k = 0; k < 3; ++k)
    EXPECT_EQ(archive.cell(k)->confidence, row[static_cast<std::size_t>(k)]);
}

TEST(Archive, OnlyAStrictlyGreaterConfidenceTakesACell) {
  Archive archive(2);
  const std::vector<ItemPtr> items{item(0), item(1), item(2)};
  archive.add(items, std::vector<float>{0.5F, 0.5F, 0.5F, 0.5F, 0.25F, 0.75F});
  EXPECT_EQ(archive.cell(0)->item->id, 0U);
  EXPECT_EQ(archive.cell(1)->item->id, 2U);
  EXPECT_EQ(archive.cell(1)->replacements, 2U);
}

TEST(Archive, ACellMayChangeHandsTwiceInOneGeneration) {
  Archive archive(1);
  const std::vector<ItemPtr> items{item(0), item(1), item(2)};
  const AddReport report = archive.add(items, std::vector<float>{0.1F, 0.2F, 0.3F});
  ASSERT_EQ(report.improvements.size(), 3U);
  EXPECT_EQ(report.improvements[2].row, 2);
  EXPECT_EQ(report.improvements[2].before, 0.2F);
  EXPECT_EQ(report.improvements[2].after, 0.3F);
  EXPECT_EQ(archive.stats().replacements, 3U);
}

TEST(Archive, OneByOneOrAllAtOnceIsTheSame) {
  const fakes::CountingEncoding encoding;
  std::vector<ItemPtr> items;
  std::vector<float> confidences;
  RngStream rng(1, "test.archive", 0, 0);
  for (ItemId i = 0; i < 50; ++i) {
    items.push_back(item(i));
    for (int k = 0; k < 7; ++k)
      confidences.push_back(static_cast<float>(rng.uniform_int(20)) / 20.0F);
  }
  Archive all(7);
  all.add(items, confidences);
  Archive single(7);
  for (std::size_t i = 0; i < items.size(); ++i) {
    single.add(Span<const ItemPtr>(&items[i], 1), Span<const float>(&confidences[7 * i], 7));
  }
  EXPECT_EQ(all.digest(encoding), single.digest(encoding));
  EXPECT_EQ(all.save(), single.save());
}

// Many cells are looked over quickly; the definition is one after the other.
TEST(Archive, ManyCellsFollowTheDefinition) {
  constexpr int kItems = 60;
  for (const int classes : {63, 64, 65, 1000}) {
    Archive archive(classes);
    std::vector<float> best(static_cast<std::size_t>(classes), -1.0F);
    std::vector<Improvement> expected;
    std::vector<ItemPtr> items;
    std::vector<float> confidences;
    RngStream rng(1, "test.archive", 0, static_cast<std::uint32_t>(classes));
    for (int i = 0; i < kItems; ++i) {
      items.push_back(std::make_shared<const Item>(Item{static_cast<ItemId>(i), 0, nullptr, {}}));
      for (std::size_t k = 0; k < best.size(); ++k) {
        // Few levels, so that equal confidences meet.
        const float confidence = static_cast<float>(rng.uniform_int(40)) / 40.0F;
        confidences.push_back(confidence);
        if (confidence > best[k]) {
          expected.push_back({static_cast<int>(k), i, std::max(best[k], 0.0F), confidence});
          best[k] = confidence;
        }
      }
    }
    const AddReport report = archive.add(items, confidences);
    ASSERT_EQ(report.improvements.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(report.improvements[i].cell, expected[i].cell);
      EXPECT_EQ(report.improvements[i].row, expected[i].row);
      EXPECT_EQ(report.improvements[i].before, expected[i].before);
      EXPECT_EQ(report.improvements[i].after, expected[i].after);
    }
    for (std::size_t k = 0; k < best.size(); ++k)
      EXPECT_EQ(archive.cell(static_cast<int>(k))->confidence, best[k]);
  }
}

TEST(Archive, StatsOfAnEvenNumberOfCells) {
  Archive archive(4);
  archive.add(std::vector<ItemPtr>{item(0)}, std::vector<float>{0.1F, 0.99F, 0.3F, 0.9999F});
  const ArchiveStats stats = archive.stats();
  EXPECT_NEAR(stats.median, (0.3 + 0.99) / 2, 1e-7);
  EXPECT_NEAR(stats.min, 0.1, 1e-7);
  EXPECT_NEAR(stats.max, 0.9999, 1e-7);
  EXPECT_NEAR(stats.p10, 0.1 + 0.3 * 0.2, 1e-6);
  EXPECT_NEAR(stats.qd_score, 0.1 + 0.99 + 0.3 + 0.9999, 1e-6);
  EXPECT_NEAR(stats.mean, stats.qd_score / 4, 1e-9);
  EXPECT_EQ(stats.at_least_99, 2);
  EXPECT_EQ(stats.at_least_9999, 1);
}

TEST(Archive, CountsEvaluationsToTheMilestones) {
  Archive archive(1);
  archive.add(std::vector<ItemPtr>{item(0), item(1), item(2), item(3)},
              std::vector<float>{0.4F, 0.95F, 0.2F, 0.96F});
  const auto& reached = archive.cell(0)->evaluations_to;
  EXPECT_EQ(reached[0], 2U);
  EXPECT_EQ(reached[1], 2U);
  EXPECT_EQ(reached[2], 0U);
}

TEST(Archive, AnItemInSeveralCellsIsSeveralChampionsButOneItem) {
  Archive archive(3);
  archive.add(std::vector<ItemPtr>{item(0), item(1)},
              std::vector<float>{0.5F, 0.5F, 0.1F, 0.1F, 0.1F, 0.5F});
  EXPECT_EQ(archive.champions().size(), 3U);
  EXPECT_EQ(archive.items().size(), 2U);
}

TEST(Archive, SavedAndLoadedIsTheSame) {
  const fakes::CountingEncoding encoding;
  Archive archive(3);
  archive.add(std::vector<ItemPtr>{item(4, {1, 2}), item(5)},
              std::vector<float>{0.1234567F, 0.5F, 0.1F, 0.1F, 0.1F, 0.7654321F});
  std::map<ItemId, GenomePtr> genomes;
  for (const ItemPtr& saved : archive.items()) genomes[saved->id] = saved->genome;
  const Json json = Json::parse(archive.save().dump());
  const Archive loaded = Archive::load(json, [&](ItemId id) { return genomes.at(id); });
  EXPECT_EQ(loaded.digest(encoding), archive.digest(encoding));
  EXPECT_EQ(loaded.save(), archive.save());
  EXPECT_EQ(loaded.cell(0)->item->parents, (std::vector<ItemId>{1, 2}));
}

TEST(Archive, DamagedJsonIsADataError) {
  const auto genome = [](ItemId) -> GenomePtr { return std::make_shared<fakes::NumberGenome>(0); };
  for (const char* text :
       {R"({})", R"({"items":[],"cells":[{"item":3}]})", R"({"items":[{"id":"x"}],"cells":[]})",
        R"({"items":[],"cells":[{"item":3,"confidence":1}]})", R"({"items":[],"cells":{}})"}) {
    try {
      const Archive loaded = Archive::load(Json::parse(text), genome);
      EXPECT_EQ(loaded.stats().filled, 0) << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData) << text;
    }
  }
}

TEST(Archive, TheDigestSeesEveryBit) {
  const fakes::CountingEncoding encoding;
  Archive a(1);
  a.add(std::vector<ItemPtr>{item(0)}, std::vector<float>{0.5F});
  Archive b(1);
  b.add(std::vector<ItemPtr>{item(0)}, std::vector<float>{0.50000006F});
  Archive c(1);
  c.add(std::vector<ItemPtr>{item(1)}, std::vector<float>{0.5F});
  EXPECT_NE(a.digest(encoding), b.digest(encoding));
  EXPECT_NE(a.digest(encoding), c.digest(encoding));
}

}  // namespace
}  // namespace fool
