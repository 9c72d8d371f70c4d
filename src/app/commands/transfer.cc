// fool transfer: do images that fool one network fool others?
#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>

#include "app/command.h"
#include "app/experiment.h"
#include "app/interrupt.h"
#include "app/model_list.h"
#include "app/option_checks.h"
#include "app/provide_model.h"
#include "app/transfer_tables.h"
#include "fool/classify/device.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/recognise.h"
#include "fool/report/progress.h"
#include "fool/report/run_folder.h"
#include "report/common.h"

namespace fool {
namespace {

// Others of a device wait for it, or for its memory.
constexpr int kMostPerDevice = 4;

class TransferCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("source", paths_,
                   "Folders: runs of fool evolve or fool ascend, or labelled pictures")
        ->required()
        ->type_name("SOURCE");
    app.add_option("--model", models_,
                   "Networks to score with: cards, weights files or names, with commas between "
                   "them [those that the sources were made for]")
        ->type_name("MODEL,...")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app.add_option("--out", out_,
                   "Folder for the tables; what is there of an earlier call is "
                   "replaced")
        ->required()
        ->type_name("DIR");
    app.add_option("--workers", workers_, "Threads; 0 = one per core. Never changes a result")
        ->type_name("N")
        ->check(from_to(0, kMostWorkers));
    app.add_option("--device", device_, "Where to score: cpu, cuda or cuda:N [cpu]")
        ->type_name("DEVICE");
    download_.declare(app);
    app.add_flag("--by-network", together_,
                 "Take the runs that were made for one network together, but in transfer.csv");
    app.add_flag("--json", json_, "Print matrix.json instead of a table");
    app.footer(
        R"(Scores every saved image on every network, and writes
  transfer.csv   a row per image and network: first choice, confidences, whether they agree
  matrix.csv     a row per source and network: agreement, shares over .99 and .9999 on both, and
                 where the image's own network is surer, of all images and of those that agree;
                 median confidence and loss (matrix.json: the same, with how it was scored)
  per_class.csv  the same for the images of each class
  matrix.png     agreement as a heat map
A picture's class is its row in labels.csv (columns file,class_index and perhaps confidence) or the
place of its sub-folder among all. Images are scored as they are where they have the network's
shape. Others are resized to it, bilinearly and with antialiasing. The images of a run that scored
crops are larger than its network's input: each network sees as many crops of its own size, or, if
the images are too small for that, resized ones. Ctrl-C leaves the tables of the networks that are
done.
Examples:
  fool transfer runs/lenet-a runs/lenet-b --out transfer
  fool transfer runs/squeezenet --model squeezenet1_1,alexnet,googlenet --out transfer
  fool transfer runs/lenet-a-seed* runs/lenet-b-seed* --by-network --out transfer
  fool transfer photos --model resnet18,resnet50 --out photos-transfer)");
  }

  int run(Console& console) override {
    TransferScores result;
    for (const std::string& path : paths_) result.sources.push_back(open_transfer_source(path));
    require_different_sources(result.sources);
    result.networks = find_networks(result.sources, console);
    require_same_classes(result);
    name_source_models(result);
    require_no_run(out_);
    make_folder(out_);
    require_writable(std::filesystem::path(out_) / "transfer.csv");
    score(result, console);
    if (result.networks.empty()) return 128 + interrupt_signal();  // none was done
    const TransferScores matrix = together_ ? by_network(result) : result;
    write_transfer(result, matrix, out_);
    if (json_) {
      console.out << matrix_json(matrix).dump(2, ' ', false, Json::error_handler_t::replace)
                  << "\n";
    } else {
      console.out << matrix_text(matrix) << out_
                  << ": transfer.csv, matrix.csv, matrix.json, per_class.csv, matrix.png\n";
    }
    return interrupt_signal() == 0 ? 0 : 128 + interrupt_signal();
  }

 private:
  static void require_different_sources(const std::vector<TransferSource>& sources) {
    std::set<std::string> names;
    for (const TransferSource& source : sources) {
      if (names.insert(source.name).second) continue;
      fail(ErrorKind::kUsage, "SOURCE: {} is named twice; expected it once", source.name);
    }
  }

  // Those that are named, or else those that the images were made for.
  std::vector<TransferNetwork> find_networks(const std::vector<TransferSource>& sources,
                                             Console& console) const {
    std::vector<std::string> wanted;
    if (!models_.empty()) {
      wanted = model_list(models_);
    } else {
      for (const TransferSource& source : sources) {
        if (source.model_setting.empty()) continue;
        for (const std::string& model : model_list(source.model_setting)) {
          if (std::find(wanted.begin(), wanted.end(), model) == wanted.end()) {
            wanted.push_back(model);
          }
        }
      }
      if (wanted.empty()) {
        fail(ErrorKind::kUsage,
             "--model: pictures in folders do not say which networks they are for; name those to "
             "score with");
      }
    }
    std::vector<TransferNetwork> networks;
    for (const std::string& model : wanted) {
      TransferNetwork network;
      network.spec = provide_model(model, Thoroughness::kMissing, download_, console);
      network.name = network.spec.name;
      const std::string warning = warning_of_guess(network.spec);
      if (!warning.empty()) console.err << "fool: " << warning << "\n";
      networks.push_back(std::move(network));
    }
    name_apart(wanted, networks);
    return networks;
  }

  // Networks of the same name, such as two of one architecture, go by what they were asked for.
  static void name_apart(const std::vector<std::string>& wanted,
                         std::vector<TransferNetwork>& networks) {
    std::multiset<std::string> names;
    for (const TransferNetwork& network : networks) names.insert(network.name);
    for (std::size_t n = 0; n < networks.size(); ++n) {
      if (names.count(networks[n].name) > 1) networks[n].name = wanted[n];
    }
  }

  static void require_same_classes(const TransferScores& result) {
    const TransferNetwork& first = result.networks.front();
    const int classes = first.spec.classes;
    for (const TransferNetwork& network : result.networks) {
      if (network.spec.classes == classes) continue;
      fail(ErrorKind::kUsage,
           "--model: {} has {} classes and {} has {}; expected networks of the same classes",
           first.name, classes, network.name, network.spec.classes);
    }
    for (const TransferSource& source : result.sources) {
      if (source.classes == 0 || source.classes == classes) continue;
      fail(ErrorKind::kUsage,
           "{}: its images were made for {}, which has {} classes, and {} has {}; expected "
           "networks of the same classes",
           source.name, source.model, source.classes, first.name, classes);
    }
  }

  // The tables call a network by one name, whether images were made for it or are scored by it.
  static void name_source_models(TransferScores& result) {
    for (TransferSource& source : result.sources) {
      if (source.weights_sha256.empty()) continue;
      for (const TransferNetwork& network : result.networks) {
        if (network.spec.name != source.model) continue;
        if (weights_sha256(network.spec) != source.weights_sha256) continue;
        source.model = network.name;
        break;
      }
    }
  }

  static std::string weights_sha256(const ModelSpec& spec) {
    if (!spec.sha256.empty() || spec.weights.empty()) return spec.sha256;
    return sha256_file(spec.weights);
  }

  // Network by network, so that one is in memory at a time. What an interruption leaves undone is
  // no part of the result any more.
  void score(TransferScores& result, Console& console) const {
    const bool on_device = parse_devices(device_).front().is_cuda;
    const int workers = worker_count({{"workers", workers_}});
    WorkerPool pool(on_device ? std::min(workers, kMostPerDevice) : workers, use_one_thread);
    std::uint64_t images = 0;
    for (const TransferSource& source : result.sources) {
      images += static_cast<std::uint64_t>(source.images);
    }
    ProgressOptions options;
    options.facts = stderr_facts();
    options.style = progress_style(download_.progress, options.facts.terminal);
    Progress progress("transfer", images * result.networks.size(), console.err, options);
    std::uint64_t done = 0;
    std::vector<std::string> resized;
    try {
      for (TransferNetwork& network : result.networks) {
        Execution how;
        how.device = device_;
        const auto classifier = open_classifier(network.spec, how);
        require_varying_output(*classifier);
        network.fingerprint = classifier->info().fingerprint;
        std::vector<ScoredSource> scored;
        for (const TransferSource& source : result.sources) {
          scored.push_back(score_source(source, *classifier, pool, [&](int of_source) {
            if (interrupt_signal() != 0) throw Interrupted{};
            progress.update(done + static_cast<std::uint64_t>(of_source), network.name);
          }));
          done += static_cast<std::uint64_t>(source.images);
          if (scored.back().resized > 0) {
            resized.push_back(fmt::format("{} of the {} images of {} were resized for {}",
                                          scored.back().resized, source.images, source.name,
                                          network.name));
          }
        }
        result.scored.push_back(std::move(scored));
      }
      progress.finish();
    } catch (const Interrupted&) {
      console.err << fmt::format("fool: stopped: {} of {} networks are done\n",
                                 result.scored.size(), result.networks.size());
      result.networks.resize(result.scored.size());
    }
    for (const std::string& line : resized) console.err << "fool: " << line << "\n";
  }

  std::vector<std::string> paths_;
  std::string models_;
  std::string out_;
  std::string device_ = "cpu";
  int workers_ = 0;
  DownloadFlags download_;
  bool together_ = false;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("transfer", TransferCommand,
                      "Show images made for one network to others: which fool them too?");

}  // namespace
}  // namespace fool
