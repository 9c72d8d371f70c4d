#include "app/transfer_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "fool/core/files.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "report/common.h"
#include "report/heat_map.h"

namespace fool {
namespace {

constexpr const char* kRule =
    "agreement: the network's first choice is the class that the image was made for; on both: the "
    "confidence that was logged and the network's, both in that class; drop: the first less the "
    "second; images of another shape than the network takes are resized to it, bilinearly with "
    "antialiasing";

std::string text_of(const std::optional<double>& value) {
  return value ? fmt::format("{:.7g}", *value) : "";
}

Json json_of(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

// A name and a value of a summary, in the order of the columns.
struct Figure {
  const char* name;
  std::optional<double> value;
};

std::vector<Figure> figures_of(const TransferSummary& s) {
  const auto logged = [&](int count) {
    return s.logged == 0 ? std::nullopt : std::optional<double>(count);
  };
  return {{"images", s.images},
          {"agreeing", s.agreeing},
          {"agreement", share_of(s.agreeing, s.images)},
          {"over_99_on_both", logged(s.over_99_on_both)},
          {"share_over_99_on_both", share_of(s.over_99_on_both, s.logged)},
          {"share_over_99_on_both_of_agreeing", share_of(s.over_99_on_both, s.logged_agreeing)},
          {"over_9999_on_both", logged(s.over_9999_on_both)},
          {"share_over_9999_on_both", share_of(s.over_9999_on_both, s.logged)},
          {"share_over_9999_on_both_of_agreeing", share_of(s.over_9999_on_both, s.logged_agreeing)},
          {"share_source_surer", share_of(s.surer_before, s.logged)},
          {"share_source_surer_of_agreeing", share_of(s.surer_before_agreeing, s.logged_agreeing)},
          {"median_evolved_confidence", s.median_evolved_confidence},
          {"median_confidence", s.median_confidence},
          {"median_drop", s.median_drop}};
}

std::string column_names(const std::string& first) {
  std::string text = first;
  for (const Figure& figure : figures_of({})) text += fmt::format(",{}", figure.name);
  return text;
}

std::string columns(const TransferSummary& summary) {
  std::string text;
  for (const Figure& figure : figures_of(summary)) text += "," + text_of(figure.value);
  return text;
}

// Calls use(source, network, the images of that source as the network scored them).
template <typename Use>
void for_each_cell(const TransferScores& result, Use use) {
  for (std::size_t s = 0; s < result.sources.size(); ++s) {
    for (std::size_t n = 0; n < result.networks.size(); ++n) {
      use(result.sources[s], result.networks[n], result.scored[n][s]);
    }
  }
}

std::vector<ScoredImage> all_images(const ScoredSource& scored) {
  std::vector<ScoredImage> images;
  for (std::size_t i = 0; i < scored.images.size(); ++i) {
    images.push_back({&scored.images[i], &scored.scores[i]});
  }
  return images;
}

std::string cell_name(const TransferSource& source, const TransferNetwork& network) {
  return fmt::format("{},{},{}", csv_field(source.name), csv_field(source.model),
                     csv_field(network.name));
}

std::string percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f} %", 100 * *share) : "-";
}

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.4f}", *value) : "-";
}

}  // namespace

TransferScores by_network(const TransferScores& result) {
  TransferScores together;
  together.networks = result.networks;
  together.scored.resize(result.networks.size());
  std::map<std::string, std::size_t> places;  // of a network's sources
  for (std::size_t s = 0; s < result.sources.size(); ++s) {
    const TransferSource& source = result.sources[s];
    const auto [it, first] = places.try_emplace(source.model, together.sources.size());
    if (source.model.empty() || first) {
      together.sources.push_back(source);
      for (std::size_t n = 0; n < result.networks.size(); ++n) {
        together.scored[n].push_back(result.scored[n][s]);
      }
      continue;
    }
    together.sources[it->second].name = source.model;
    together.sources[it->second].images += source.images;
    for (std::size_t n = 0; n < result.networks.size(); ++n) {
      const ScoredSource& from = result.scored[n][s];
      ScoredSource& to = together.scored[n][it->second];
      to.images.insert(to.images.end(), from.images.begin(), from.images.end());
      to.scores.insert(to.scores.end(), from.scores.begin(), from.scores.end());
      to.resized += from.resized;
    }
  }
  return together;
}

std::string transfer_csv(const TransferScores& result) {
  std::string text =
      "source,source_model,image,target_class,evolved_confidence,network,top1,top1_name,top1_"
      "confidence,target_confidence,agrees\n";
  for (std::size_t s = 0; s < result.sources.size(); ++s) {
    const TransferSource& source = result.sources[s];
    for (std::size_t i = 0; i < static_cast<std::size_t>(source.images); ++i) {
      for (std::size_t n = 0; n < result.networks.size(); ++n) {
        const TransferNetwork& network = result.networks[n];
        const TransferImage& image = result.scored[n][s].images[i];
        const TransferScore& score = result.scored[n][s].scores[i];
        text += fmt::format(
            "{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(source.name), csv_field(source.model),
            csv_field(image.path), image.target_class,
            image.confidence ? to_text(*image.confidence) : "", csv_field(network.name), score.top1,
            csv_field(network.spec.label(score.top1)), to_text(score.top1_confidence),
            to_text(score.target_confidence), score.top1 == image.target_class ? "yes" : "no");
      }
    }
  }
  return text;
}

std::string matrix_csv(const TransferScores& result) {
  std::string text = column_names("source,source_model,network") + ",resized\n";
  for_each_cell(result, [&](const TransferSource& source, const TransferNetwork& network,
                            const ScoredSource& scored) {
    text += fmt::format("{}{},{}\n", cell_name(source, network),
                        columns(summarise_transfer(all_images(scored))), scored.resized);
  });
  return text;
}

std::string per_class_csv(const TransferScores& result) {
  std::string text = column_names("source,source_model,network,target_class,target_name") + "\n";
  for_each_cell(result, [&](const TransferSource& source, const TransferNetwork& network,
                            const ScoredSource& scored) {
    std::map<int, std::vector<ScoredImage>> by_class;
    for (const ScoredImage& image : all_images(scored)) {
      by_class[image.image->target_class].push_back(image);
    }
    for (const auto& [target, images] : by_class) {
      text +=
          fmt::format("{},{},{}{}\n", cell_name(source, network), target,
                      csv_field(network.spec.label(target)), columns(summarise_transfer(images)));
    }
  });
  return text;
}

Json matrix_json(const TransferScores& result) {
  Json sources = Json::array();
  for (const TransferSource& source : result.sources) {
    sources.push_back({{"source", source.name},
                       {"source_model", source.model},
                       {"weights_sha256", source.weights_sha256},
                       {"images", source.images},
                       {"crops", source.crops ? *source.crops : Json(nullptr)}});
  }
  Json networks = Json::array();
  for (const TransferNetwork& network : result.networks) {
    networks.push_back({{"network", network.name}, {"fingerprint", network.fingerprint}});
  }
  Json matrix = Json::array();
  for_each_cell(result, [&](const TransferSource& source, const TransferNetwork& network,
                            const ScoredSource& scored) {
    Json cell{{"source", source.name}, {"source_model", source.model}, {"network", network.name}};
    for (const Figure& figure : figures_of(summarise_transfer(all_images(scored)))) {
      cell[figure.name] = json_of(figure.value);
    }
    cell["resized"] = scored.resized;
    matrix.push_back(cell);
  });
  return {{"rule", kRule}, {"sources", sources}, {"networks", networks}, {"matrix", matrix}};
}

ImageBatch matrix_picture(const TransferScores& result) {
  HeatMap map;
  map.title = "Top-1 agreement of images made for (left) and seen by (above)";
  for (const TransferSource& source : result.sources) {
    const std::string folder = std::filesystem::path(source.name).filename().string();
    map.rows.push_back(
        {source.model.empty() ? folder : source.model, source.model.empty() ? "" : folder});
  }
  for (const TransferNetwork& network : result.networks) map.columns.push_back(network.name);
  for_each_cell(
      result, [&](const TransferSource&, const TransferNetwork&, const ScoredSource& scored) {
        const TransferSummary s = summarise_transfer(all_images(scored));
        const std::optional<double> agreement = share_of(s.agreeing, s.images);
        map.cells.push_back({*agreement, percent(agreement),
                             fmt::format("median {}", confidence_text(s.median_confidence))});
      });
  return draw_heat_map(map);
}

std::string matrix_text(const TransferScores& result) {
  std::size_t source_width = 6;
  std::size_t model_width = 8;
  std::size_t network_width = 7;
  for (const TransferSource& source : result.sources) {
    source_width = std::max(source_width, source.name.size());
    model_width = std::max(model_width, source.model.size());
  }
  for (const TransferNetwork& network : result.networks) {
    network_width = std::max(network_width, network.name.size());
  }
  const auto line = [&](const std::string& source, const std::string& model,
                        const std::string& network, const auto&... rest) {
    std::string text = fmt::format("{:<{}}  {:<{}}  {:<{}}", source, source_width, model,
                                   model_width, network, network_width);
    ((text += fmt::format("  {:>9}", rest)), ...);
    return text + "\n";
  };
  std::string text = line("source", "made for", "network", "images", "agree", ">=.99", ">=.9999",
                          "surer", "median", "drop");
  for_each_cell(result, [&](const TransferSource& source, const TransferNetwork& network,
                            const ScoredSource& scored) {
    const TransferSummary s = summarise_transfer(all_images(scored));
    text += line(source.name, source.model.empty() ? "-" : source.model, network.name, s.images,
                 percent(share_of(s.agreeing, s.images)),
                 percent(share_of(s.over_99_on_both, s.logged)),
                 percent(share_of(s.over_9999_on_both, s.logged)),
                 percent(share_of(s.surer_before, s.logged)), confidence_text(s.median_confidence),
                 number(s.median_drop));
  });
  return text +
         "agree: the first choice is the class the image was made for. >=.99, >=.9999: so sure of "
         "it on both.\n"
         "surer: its own network is surer. median: confidence in that class. drop: the median "
         "loss.\n";
}

void write_transfer(const TransferScores& result, const TransferScores& matrix,
                    const std::filesystem::path& folder) {
  write_file(folder / "transfer.csv", transfer_csv(result));
  write_file(folder / "matrix.csv", matrix_csv(matrix));
  write_file(folder / "per_class.csv", per_class_csv(matrix));
  write_file(folder / "matrix.json",
             matrix_json(matrix).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  const ImageBatch picture = matrix_picture(matrix);
  write_png(folder / "matrix.png", picture[0]);
}

}  // namespace fool
