#include "fool/train/fine_tuner.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "classify/preprocess.h"
#include "classify/torch_errors.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/core/worker_pool.h"
#include "train/enlarged_network.h"
#include "train/schedule.h"

namespace fool {
namespace {

// One part of every batch: a network that shares all values with the others and has gradients of
// its own.
struct TunedShard {
  std::shared_ptr<NativeNetwork> network;
  std::vector<torch::Tensor> trained;  // its parameters that learn
  double loss = 0;                     // summed over the part
  int correct = 0;
};

class FineTuning {
 public:
  FineTuning(const ModelSpec& spec, const LabelledBatch& train, const FineTuneOptions& options,
             const std::function<void(const TrainProgress&)>& on_step)
      : spec_(spec),
        train_(train),
        options_(options),
        on_step_(on_step),
        preprocessor_(spec.input),
        pool_(std::min(options.workers, kTrainShards), use_one_thread) {
    use_one_thread();
    check_images();
    for (int i = 0; i < kTrainShards; ++i) add_shard();
    for (const torch::Tensor& parameter : shards_.front().trained) {
      velocity_.push_back(torch::zeros_like(parameter));
    }
  }

  FineTuned run() {
    FineTuned result;
    for (int epoch = 1; epoch <= options_.epochs; ++epoch) {
      result.history.push_back(train_epoch(epoch));
    }
    result.layers = names_;
    result.weights = named_weights();
    return result;
  }

 private:
  void check_images() const {
    if (spec_.output != OutputKind::kLogits) {
      fail(ErrorKind::kModel, "{}: expected a network that gives logits, to go on training it",
           spec_.name);
    }
    if (train_.images.count() < 1 || train_.images.shape() != spec_.input.shape() ||
        train_.labels.size() != static_cast<std::size_t>(train_.images.count())) {
      fail(ErrorKind::kData,
           "{}: expected images of {}x{}, each with its class, found {} of {}x{} and {} classes",
           spec_.name, spec_.input.width, spec_.input.height, train_.images.count(),
           train_.images.shape().width, train_.images.shape().height, train_.labels.size());
    }
    for (std::size_t i = 0; i < train_.labels.size(); ++i) {
      const int label = train_.labels[i];
      if (label >= 0 && label <= spec_.classes) continue;
      fail(ErrorKind::kData, "{}: image {}: expected a class 0..{}, found {}", spec_.name, i,
           spec_.classes, label);
    }
  }

  void add_shard() {
    TunedShard shard;
    EnlargedNetwork enlarged = enlarge_network(spec_);
    shard.network = std::move(enlarged.network);
    if (shards_.empty()) {
      for (torch::Tensor& parameter : shard.network->parameters()) {
        if (parameter.dim() == 4) {
          parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
        }
      }
    } else {
      share(*shards_.front().network, *shard.network);
    }
    for (auto& parameter : shard.network->named_parameters()) {
      const std::string& key = parameter.key();
      const bool learns =
          options_.all_layers || key == enlarged.last + ".weight" || key == enlarged.last + ".bias";
      if (!learns) continue;
      parameter.value().set_requires_grad(true);
      shard.trained.push_back(parameter.value());
      if (shards_.empty()) names_.push_back(key);
    }
    shards_.push_back(std::move(shard));
  }

  static void share(const NativeNetwork& from, NativeNetwork& to) {
    const auto parameters = from.named_parameters();
    for (auto& p : to.named_parameters()) p.value().set_data(parameters[p.key()].detach());
    const auto buffers = from.named_buffers();
    for (auto& b : to.named_buffers()) b.value().set_data(buffers[b.key()]);
  }

  EpochReport train_epoch(int epoch) {
    const int count = train_.images.count();
    const std::vector<int> order = shuffled_order(count, options_.seed, epoch);
    const std::int64_t per_epoch = (count + options_.batch_size - 1) / options_.batch_size;
    TrainProgress progress;
    progress.epoch = epoch;
    progress.step = per_epoch * (epoch - 1);
    progress.steps = per_epoch * options_.epochs;
    double loss = 0;
    int correct = 0;
    for (std::size_t begin = 0; begin < order.size();) {
      const std::size_t end =
          std::min(order.size(), begin + static_cast<std::size_t>(options_.batch_size));
      learn(Span<const int>(order).subspan(begin, end - begin),
            learning_rate_at(progress.step, progress.steps, options_.learning_rate));
      for (const TunedShard& shard : shards_) {
        loss += shard.loss;
        correct += shard.correct;
      }
      begin = end;
      ++progress.step;
      progress.loss = loss / static_cast<double>(begin);
      progress.accuracy = static_cast<double>(correct) / static_cast<double>(begin);
      if (!std::isfinite(loss)) {
        fail(ErrorKind::kConfig,
             "fine-tuning diverged in epoch {}: the loss is no longer a number; a learning rate "
             "below {} may help",
             epoch, options_.learning_rate);
      }
      if (on_step_) on_step_(progress);
    }
    return {epoch, progress.loss, progress.accuracy, 0.0};
  }

  // One step of gradient descent on a batch; the shards' gradients are added in their order.
  void learn(Span<const int> batch, double learning_rate) {
    pool_.for_each(kTrainShards, [&](int, int i) {
      const std::size_t begin = batch.size() * static_cast<std::size_t>(i) / kTrainShards;
      const std::size_t end = batch.size() * static_cast<std::size_t>(i + 1) / kTrainShards;
      differentiate(shards_[static_cast<std::size_t>(i)], batch.subspan(begin, end - begin));
    });
    const torch::NoGradGuard no_gradient;
    for (std::size_t p = 0; p < velocity_.size(); ++p) {
      torch::Tensor parameter = shards_.front().trained[p].detach();  // the values of all shards
      torch::Tensor gradient = options_.weight_decay * parameter;
      for (const TunedShard& shard : shards_) {
        const torch::Tensor part = shard.trained[p].grad();
        if (part.defined()) gradient.add_(part, 1.0 / static_cast<double>(batch.size()));
      }
      velocity_[p].mul_(options_.momentum).add_(gradient);
      parameter.sub_(velocity_[p], learning_rate);
    }
  }

  void differentiate(TunedShard& shard, Span<const int> items) const {
    for (torch::Tensor& parameter : shard.trained) parameter.mutable_grad() = torch::Tensor();
    shard.loss = 0;
    shard.correct = 0;
    if (items.empty()) return;
    const ImageShape& shape = train_.images.shape();
    const auto count = static_cast<std::int64_t>(items.size());
    const torch::Tensor pixels = torch::empty({count, shape.height, shape.width, shape.channels});
    const torch::Tensor labels = torch::empty({count}, torch::kInt64);
    for (std::int64_t i = 0; i < count; ++i) {
      const int item = items[static_cast<std::size_t>(i)];
      const ConstImageView image = train_.images[item];
      preprocessor_.forward(
          {image.data, image.size()},
          {pixels.data_ptr<float>() + i * static_cast<std::int64_t>(shape.size()), shape.size()});
      labels.data_ptr<std::int64_t>()[i] = train_.labels[static_cast<std::size_t>(item)];
    }
    const torch::Tensor logits = shard.network->forward(pixels.permute({0, 3, 1, 2}));
    const torch::Tensor loss = torch::nll_loss(torch::log_softmax(logits, 1), labels, /*weight=*/{},
                                               torch::Reduction::Sum);
    loss.backward();
    shard.loss = loss.item<double>();
    shard.correct = static_cast<int>(logits.argmax(1).eq(labels).sum().item<std::int64_t>());
  }

  NamedTensors named_weights() const {
    NamedTensors result;
    const auto kept = std::make_shared<std::vector<torch::Tensor>>();
    const auto keep = [&](const std::string& key, const torch::Tensor& value) {
      kept->push_back(value.detach().contiguous());
      TensorView view;
      view.shape = kept->back().sizes().vec();
      view.bytes = {reinterpret_cast<const char*>(kept->back().data_ptr<float>()),
                    kept->back().nbytes()};
      result.tensors[key] = view;
    };
    for (const auto& p : shards_.front().network->named_parameters()) keep(p.key(), p.value());
    for (const auto& b : shards_.front().network->named_buffers()) keep(b.key(), b.value());
    result.storage = kept;
    return result;
  }

  const ModelSpec& spec_;
  const LabelledBatch& train_;
  const FineTuneOptions options_;
  const std::function<void(const TrainProgress&)>& on_step_;
  const Preprocessor preprocessor_;
  WorkerPool pool_;
  std::vector<TunedShard> shards_;
  std::vector<std::string> names_;       // of the parameters that learn
  std::vector<torch::Tensor> velocity_;  // of each
};

}  // namespace

const ParameterTable& fine_tune_parameters() {
  static const ParameterTable table{
      param("epochs", 5, "passes over the training images").range(1, 1000),
      param("batch_size", 32, "images per step").range(1, 65536),
      param("learning_rate", 0.001, "highest learning rate").range(0, 10),
      param("momentum", 0.9, "part of the last step that the next one keeps").range(0, 0.999),
      param("weight_decay", 0.0, "pull of every weight that learns towards 0").range(0, 1),
      param("seed", 1, "of the order of the images, and of what is held out").at_least(0),
  };
  return table;
}

FineTuneOptions fine_tune_options(const Json& resolved) {
  FineTuneOptions options;
  options.epochs = resolved.at("epochs");
  options.batch_size = resolved.at("batch_size");
  options.learning_rate = resolved.at("learning_rate");
  options.momentum = resolved.at("momentum");
  options.weight_decay = resolved.at("weight_decay");
  options.seed = resolved.at("seed");
  return options;
}

FineTuned fine_tune(const ModelSpec& spec, const LabelledBatch& train,
                    const FineTuneOptions& options,
                    const std::function<void(const TrainProgress&)>& on_step) {
  return translate_torch_errors(spec.name,
                                [&] { return FineTuning(spec, train, options, on_step).run(); });
}

}  // namespace fool
