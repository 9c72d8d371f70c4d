#include "report/console.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <numeric>

#include "fool/core/error.h"
#include "report/common.h"

namespace fool {
namespace {

constexpr int kFullTable = 20;  // classes; of more, only the best and the worst are shown
constexpr int kExtremes = 5;
constexpr int kLabelWidth = 30;
constexpr int kDigits = 6;

float confidence(const RunInfo& info, int k) {
  const Elite* elite = info.archive.cell(k);
  return elite == nullptr ? 0.0F : elite->confidence;
}

std::string row(const RunInfo& info, int k) {
  return fmt::format("  {:>5}  {:<{}.{}}  {}\n", k, label_of(info, k), kLabelWidth, kLabelWidth,
                     confidence_text(confidence(info, k), kDigits));
}

std::string table(const RunInfo& info) {
  std::string text = fmt::format("  class  {:<{}}  confidence\n", "label", kLabelWidth);
  for (int k = 0; k < info.archive.classes(); ++k) text += row(info, k);
  return text;
}

// For more classes than anybody reads.
std::string digest_table(const RunInfo& info) {
  const int classes = info.archive.classes();
  std::vector<int> order(static_cast<std::size_t>(classes));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return confidence(info, a) > confidence(info, b); });
  std::string text;
  for (const float level : {0.5F, 0.9F, 0.99F, 0.9999F}) {
    const auto count = std::count_if(order.begin(), order.end(),
                                     [&](int k) { return confidence(info, k) >= level; });
    text += fmt::format("  {:>5} of {} classes at {} or more\n", count, classes, level);
  }
  text += "\n  the surest\n";
  for (int i = 0; i < kExtremes; ++i) text += row(info, order[static_cast<std::size_t>(i)]);
  text += "\n  the least sure\n";
  for (int i = classes - kExtremes; i < classes; ++i)
    text += row(info, order[static_cast<std::size_t>(i)]);
  return text;
}

// Where the contact sheet is, or an empty path.
std::filesystem::path contact_sheet(const RunInfo& info) {
  const std::filesystem::path path = info.folder / "contact_sheet.png";
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

std::string people_summary(const RunInfo& info, const RunSummary& summary) {
  const ArchiveStats& stats = summary.stats;
  std::string text = info.archive.classes() <= kFullTable ? table(info) : digest_table(info);
  text += fmt::format("\n  median {}   mean {}   min {}   max {}\n\n",
                      confidence_text(stats.median, kDigits), confidence_text(stats.mean, kDigits),
                      confidence_text(stats.min, kDigits), confidence_text(stats.max, kDigits));
  const double rate =
      summary.seconds > 0 ? static_cast<double>(summary.evaluations) / summary.seconds : 0;
  if (summary.generation >= kInitialGeneration) {
    const std::string place = summary.generation == kInitialGeneration
                                  ? "initial population"
                                  : fmt::format("generation {}", summary.generation);
    text += fmt::format("{}, {} images in {} ({}/s)\n", place, summary.evaluations,
                        duration_text(summary.seconds), rate_text(rate));
    if (summary.equivalents > summary.evaluations) {
      text +=
          fmt::format("with gradients as much work as scoring {} images\n", summary.equivalents);
    }
  } else {
    text += "interrupted before the first generation was finished\n";
  }
  text += fmt::format("archive       {}\nrun           {}\n", summary.digest, info.folder.string());
  const std::filesystem::path sheet = contact_sheet(info);
  if (!sheet.empty()) text += fmt::format("contact sheet {}\n", sheet.string());
  if (summary.interrupted) {
    text +=
        fmt::format("interrupted; continue with: fool evolve --resume {}\n", info.folder.string());
  }
  return text;
}

Json json_summary(const RunInfo& info, const RunSummary& summary) {
  Json classes = Json::array();
  for (int k = 0; k < info.archive.classes(); ++k) {
    classes.push_back(
        {{"class", k}, {"label", label_of(info, k)}, {"confidence", confidence(info, k)}});
  }
  return {{"folder", info.folder.string()},     {"contact_sheet", contact_sheet(info).string()},
          {"generation", summary.generation},   {"evaluations", summary.evaluations},
          {"equivalents", summary.equivalents}, {"seconds", summary.seconds},
          {"interrupted", summary.interrupted}, {"archive", summary.digest},
          {"stats", to_json(summary.stats)},    {"classes", std::move(classes)}};
}

std::string note(int generation, const RunInfo& info, const ArchiveStats& stats) {
  if (generation < kInitialGeneration) return "";
  const std::string median = confidence_text(stats.median);
  if (generation == kInitialGeneration) return "initial  median " + median;
  if (info.last_generation == kMostGenerations) {
    return fmt::format("generation {}  median {}", generation, median);
  }
  return fmt::format("generation {}/{}  median {}", generation, info.last_generation, median);
}

SummaryStyle summary_style(const std::string& name) {
  return name == "table"  ? SummaryStyle::kTable
         : name == "json" ? SummaryStyle::kJson
                          : SummaryStyle::kOff;
}

std::unique_ptr<Reporter> make(const Json& settings) {
  ProgressOptions progress;
  progress.facts = stderr_facts();
  progress.style = progress_style(settings.at("progress"), progress.facts.terminal);
  progress.plain_seconds = settings.at("every_seconds");
  return std::make_unique<ConsoleReporter>(std::cerr, std::cout, progress,
                                           summary_style(settings.at("summary")));
}

}  // namespace

ConsoleReporter::ConsoleReporter(std::ostream& talk, std::ostream& result, ProgressOptions progress,
                                 SummaryStyle summary)
    : talk_(talk), result_(result), options_(std::move(progress)), summary_(summary) {}

void ConsoleReporter::begin(const RunInfo& info) {
  const Budget& budget = info.budget;
  std::uint64_t total = budget.equivalents;
  if (info.last_generation < kMostGenerations) {
    const std::uint64_t most = info.search.equivalents_after(info.last_generation);
    total = total == 0 ? most : std::min(total, most);
  }
  options_.already = info.equivalents_before;
  const bool costly = info.search.equivalents(0) != static_cast<std::uint64_t>(info.search.size(0));
  if (costly) options_.unit = "evaluations";  // an image with a gradient is worth several
  done_ = [](const GenerationReport& report) { return report.equivalents; };
  if (total == 0 && budget.seconds > 0) {
    options_.unit = "seconds";
    options_.already = 0;
    total = static_cast<std::uint64_t>(std::ceil(budget.seconds));
    done_ = [](const GenerationReport& report) {
      return static_cast<std::uint64_t>(report.seconds);
    };
  } else if (total == 0) {
    constexpr double kUnits = 1000;
    options_.unit = "thousandths of confidence";
    options_.already = 0;
    total = static_cast<std::uint64_t>(std::ceil(budget.median * kUnits));
    done_ = [](const GenerationReport& report) {
      return static_cast<std::uint64_t>(report.stats.median * kUnits);
    };
  }
  progress_ = std::make_unique<Progress>("evolve", total, talk_, options_);
}

void ConsoleReporter::on_generation(const RunInfo& info, const GenerationReport& report) {
  progress_->update(done_(report), note(report.generation, info, report.stats));
}

void ConsoleReporter::end(const RunInfo& info, const RunSummary& summary) {
  progress_->finish(note(summary.generation, info, summary.stats));
  if (summary_ == SummaryStyle::kTable) result_ << people_summary(info, summary) << std::flush;
  if (summary_ == SummaryStyle::kJson) {
    // Labels need not be UTF-8.
    constexpr auto kReplace = Json::error_handler_t::replace;
    result_ << json_summary(info, summary).dump(2, ' ', false, kReplace) << std::endl;
  }
}

FOOL_REGISTER(
    ReporterRegistry,
    {"console",
     "Progress on stderr and a summary on stdout.",
     {param("progress", "auto", "A bar on a terminal (auto), plain lines, JSON lines, or nothing.")
          .one_of(progress_style_names()),
      param("every_seconds", 30.0, "Seconds between plain lines.").at_least(0),
      param("summary", "table", "What is printed at the end.").one_of({"table", "json", "off"})},
     {},
     make});

}  // namespace fool
