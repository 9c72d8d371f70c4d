#include "fool/train/trainer.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "classify/networks/lenet.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/core/rng.h"
#include "fool/core/worker_pool.h"
#include "train/schedule.h"

namespace fool {
namespace {

constexpr ImageShape kShape = {28, 28, 1};
constexpr int kTestBlock = 250;

// A data set in memory, checked.
struct Samples {
  ImageBatch images;
  std::vector<std::int64_t> labels;

  Samples(const Dataset& dataset, int classes) : images(dataset.size(), kShape) {
    if (classes < 1) {
      fail(ErrorKind::kData, "the data set has no classes; training needs labelled images");
    }
    for (int i = 0; i < dataset.size(); ++i) {
      const LabelledImage item = dataset.at(i);
      const ImageShape& shape = item.image.shape();
      if (shape != kShape) {
        fail(ErrorKind::kData,
             "{}: LeNet learns from grey images of 28x28, this one has {}x{} pixels of {} bytes",
             item.name, shape.width, shape.height, shape.channels);
      }
      if (item.label < 0 || item.label >= classes) {
        fail(ErrorKind::kData, "{}: expected a class 0..{}, found {}", item.name, classes - 1,
             item.label);
      }
      std::copy_n(item.image[0].data, kShape.size(), images[i].data);
      labels.push_back(item.label);
    }
  }

  int size() const { return images.count(); }
};

// Parameters or gradients of the network, one behind the other.
std::vector<torch::Tensor> views(const torch::Tensor& flat,
                                 const std::vector<torch::Tensor>& shapes) {
  std::vector<torch::Tensor> result;
  std::int64_t offset = 0;
  for (const torch::Tensor& shape : shapes) {
    result.push_back(flat.narrow(0, offset, shape.numel()).view(shape.sizes()));
    offset += shape.numel();
  }
  return result;
}

// One part of every batch: a network that shares the weights and has its own gradient.
struct Shard {
  LeNet net;
  torch::Tensor gradient;  // flat, summed over the part
  double loss = 0;         // likewise
  int correct = 0;

  Shard(int classes, const torch::Tensor& weights)
      : net(classes), gradient(torch::zeros_like(weights)) {
    std::vector<torch::Tensor> parameters = net->parameters();
    const std::vector<torch::Tensor> weight_views = views(weights, parameters);
    const std::vector<torch::Tensor> gradient_views = views(gradient, parameters);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parameters[i].set_data(weight_views[i]);
      parameters[i].mutable_grad() = gradient_views[i];  // backward() adds to it in place
    }
  }
};

// Copies an image moved by (dx, dy), 0 coming in at the edges, as values 0..1.
void write_input(ConstImageView image, int dx, int dy, float* out) {
  for (int y = 0; y < kShape.height; ++y) {
    for (int x = 0; x < kShape.width; ++x) {
      const int from_y = y - dy;
      const int from_x = x - dx;
      const bool inside =
          from_y >= 0 && from_y < kShape.height && from_x >= 0 && from_x < kShape.width;
      *out++ =
          inside ? static_cast<float>(image.data[from_y * kShape.width + from_x]) * (1.0F / 255.0F)
                 : 0.0F;
    }
  }
}

// One training from beginning to end.
class Training {
 public:
  Training(const Dataset& train, const Dataset& test, const TrainOptions& options,
           const TrainWatcher& watcher)
      : options_(options),
        watcher_(watcher),
        classes_(train.classes()),
        train_(train, classes_),
        test_(test, classes_),
        pool_(std::min(options.workers, kTrainShards), use_one_thread) {
    use_one_thread();
    const LeNet shape(classes_);
    std::int64_t size = 0;
    for (const torch::Tensor& parameter : shape->parameters()) size += parameter.numel();
    weights_ = torch::zeros({size});
    velocity_ = torch::zeros({size});
    for (int i = 0; i < kTrainShards; ++i) shards_.emplace_back(classes_, weights_);
    initialise();
  }

  TrainResult run() {
    TrainResult result;
    for (int epoch = 1; epoch <= options_.epochs; ++epoch) {
      EpochReport report = train_epoch(epoch);
      result.test_correct = count_test_correct();
      result.test_size = test_.size();
      report.test_accuracy = result.test_accuracy();
      result.history.push_back(report);
      if (watcher_.on_epoch) watcher_.on_epoch(report);
    }
    result.weights = named_weights();
    return result;
  }

 private:
  // Uniform in +-sqrt(3 / inputs of a neuron), biases 0: Caffe's "xavier" filler.
  void initialise() {
    const torch::NoGradGuard no_gradient;
    std::uint32_t index = 0;
    for (const torch::Tensor& parameter : shards_[0].net->parameters()) {
      RngStream random(options_.seed, "train.weights", 0, index++);
      if (parameter.dim() == 1) continue;
      const double bound = std::sqrt(3.0 / static_cast<double>(parameter[0].numel()));
      float* value = parameter.data_ptr<float>();
      for (std::int64_t i = 0; i < parameter.numel(); ++i) {
        value[i] = static_cast<float>((2.0 * random.uniform() - 1.0) * bound);
      }
    }
  }

  std::int64_t steps_per_epoch() const {
    return (train_.size() + options_.batch_size - 1) / options_.batch_size;
  }

  EpochReport train_epoch(int epoch) {
    const std::vector<int> order = shuffled_order(train_.size(), options_.seed, epoch);
    TrainProgress progress;
    progress.epoch = epoch;
    progress.step = steps_per_epoch() * (epoch - 1);
    progress.steps = steps_per_epoch() * options_.epochs;
    double loss = 0;
    int correct = 0;
    for (std::size_t begin = 0; begin < order.size();) {
      const std::size_t end =
          std::min(order.size(), begin + static_cast<std::size_t>(options_.batch_size));
      learn(epoch, Span<const int>(order).subspan(begin, end - begin),
            learning_rate_at(progress.step, progress.steps, options_.learning_rate));
      for (const Shard& shard : shards_) {
        loss += shard.loss;
        correct += shard.correct;
      }
      begin = end;
      ++progress.step;
      progress.loss = loss / static_cast<double>(begin);
      progress.accuracy = static_cast<double>(correct) / static_cast<double>(begin);
      if (!std::isfinite(loss)) {
        fail(ErrorKind::kConfig,
             "training diverged in epoch {}, step {}: the loss is no longer a number; a learning "
             "rate below {} may help",
             epoch, progress.step, options_.learning_rate);
      }
      if (watcher_.on_step) watcher_.on_step(progress);
    }
    return {epoch, progress.loss, progress.accuracy, 0.0};
  }

  // One step of gradient descent on a batch.
  void learn(int epoch, Span<const int> batch, double learning_rate) {
    pool_.for_each(kTrainShards, [&](int, int i) {
      const std::size_t begin = batch.size() * static_cast<std::size_t>(i) / kTrainShards;
      const std::size_t end = batch.size() * static_cast<std::size_t>(i + 1) / kTrainShards;
      differentiate(shards_[static_cast<std::size_t>(i)], epoch, batch.subspan(begin, end - begin));
    });
    const auto scale = 1.0F / static_cast<float>(batch.size());
    pool_.for_each(kTrainShards, [&](int, int i) {
      const std::int64_t size = weights_.numel();
      update(size * i / kTrainShards, size * (i + 1) / kTrainShards, scale,
             static_cast<float>(learning_rate));
    });
  }

  void differentiate(Shard& shard, int epoch, Span<const int> items) const {
    shard.gradient.zero_();
    shard.loss = 0;
    shard.correct = 0;
    if (items.empty()) return;
    const auto count = static_cast<std::int64_t>(items.size());
    const torch::Tensor input = torch::empty({count, 1, kShape.height, kShape.width});
    const torch::Tensor labels = torch::empty({count}, torch::kInt64);
    for (std::int64_t i = 0; i < count; ++i) {
      const int item = items[static_cast<std::size_t>(i)];
      RngStream random(options_.seed, "train.shift", static_cast<std::uint32_t>(epoch),
                       static_cast<std::uint32_t>(item));
      const auto choices = static_cast<std::uint32_t>(2 * options_.shift + 1);
      const int dx = static_cast<int>(random.uniform_int(choices)) - options_.shift;
      const int dy = static_cast<int>(random.uniform_int(choices)) - options_.shift;
      write_input(train_.images[item], dx, dy,
                  input.data_ptr<float>() + i * static_cast<std::int64_t>(kShape.size()));
      labels.data_ptr<std::int64_t>()[i] = train_.labels[static_cast<std::size_t>(item)];
    }
    const torch::Tensor logits = shard.net->forward(input);
    const torch::Tensor loss = torch::nll_loss(torch::log_softmax(logits, 1), labels, /*weight=*/{},
                                               torch::Reduction::Sum);
    loss.backward();
    shard.loss = loss.item<double>();
    shard.correct = static_cast<int>(logits.argmax(1).eq(labels).sum().item<std::int64_t>());
  }

  // Weights [begin, end): gradients are added in order of the shards, whoever calls.
  void update(std::int64_t begin, std::int64_t end, float scale, float learning_rate) {
    static_assert(kTrainShards == 4);
    const float* g0 = shards_[0].gradient.data_ptr<float>();
    const float* g1 = shards_[1].gradient.data_ptr<float>();
    const float* g2 = shards_[2].gradient.data_ptr<float>();
    const float* g3 = shards_[3].gradient.data_ptr<float>();
    float* weight = weights_.data_ptr<float>();
    float* velocity = velocity_.data_ptr<float>();
    const auto momentum = static_cast<float>(options_.momentum);
    const auto decay = static_cast<float>(options_.weight_decay);
    for (std::int64_t i = begin; i < end; ++i) {
      const float gradient = (((g0[i] + g1[i]) + g2[i]) + g3[i]) * scale + decay * weight[i];
      velocity[i] = momentum * velocity[i] + gradient;
      weight[i] -= learning_rate * velocity[i];
    }
  }

  int count_test_correct() {
    pool_.for_each(kTrainShards, [&](int, int i) {
      const torch::NoGradGuard no_gradient;
      Shard& shard = shards_[static_cast<std::size_t>(i)];
      shard.correct = 0;
      const std::int64_t size = test_.size();
      const auto end = static_cast<int>(size * (i + 1) / kTrainShards);
      for (auto begin = static_cast<int>(size * i / kTrainShards); begin < end;
           begin += kTestBlock) {
        const int count = std::min(kTestBlock, end - begin);
        const torch::Tensor input = torch::empty({count, 1, kShape.height, kShape.width});
        for (int k = 0; k < count; ++k) {
          write_input(test_.images[begin + k], 0, 0,
                      input.data_ptr<float>() + k * static_cast<int>(kShape.size()));
        }
        const torch::Tensor best = shard.net->forward(input).argmax(1);
        for (int k = 0; k < count; ++k) {
          if (best.data_ptr<std::int64_t>()[k] == test_.labels[static_cast<std::size_t>(begin + k)])
            ++shard.correct;
        }
      }
    });
    int correct = 0;
    for (const Shard& shard : shards_) correct += shard.correct;
    return correct;
  }

  NamedTensors named_weights() const {
    NamedTensors result;
    for (const auto& entry : shards_[0].net->named_parameters()) {
      const torch::Tensor& tensor = entry.value();
      TensorView view;
      view.shape = tensor.sizes().vec();
      view.bytes = {reinterpret_cast<const char*>(tensor.data_ptr<float>()), tensor.nbytes()};
      result.tensors[entry.key()] = view;
    }
    result.storage = std::make_shared<torch::Tensor>(weights_);
    return result;
  }

  const TrainOptions options_;
  const TrainWatcher& watcher_;
  const int classes_;
  const Samples train_;
  const Samples test_;
  WorkerPool pool_;
  torch::Tensor weights_;
  torch::Tensor velocity_;
  std::vector<Shard> shards_;
};

}  // namespace

const ParameterTable& train_parameters() {
  static const ParameterTable table{
      param("epochs", 10, "passes over the training images").range(1, 1000),
      param("batch_size", 128, "images per step").range(1, 65536),
      param("learning_rate", 0.05, "highest learning rate").range(0, 10),
      param("momentum", 0.9, "part of the last step that the next one keeps").range(0, 0.999),
      param("weight_decay", 5e-4, "pull of every weight towards 0")
          .range(0, 1)
          .cite("Caffe's LeNet solver"),
      param("shift", 1, "pixels by which a training image is moved each way, at most").range(0, 27),
      param("seed", 1, "of initial weights, order and shifts").at_least(0),
  };
  return table;
}

TrainOptions train_options(const Json& resolved) {
  TrainOptions options;
  options.epochs = resolved.at("epochs");
  options.batch_size = resolved.at("batch_size");
  options.learning_rate = resolved.at("learning_rate");
  options.momentum = resolved.at("momentum");
  options.weight_decay = resolved.at("weight_decay");
  options.shift = resolved.at("shift");
  options.seed = resolved.at("seed");
  return options;
}

TrainResult train_lenet(const Dataset& train, const Dataset& test, const TrainOptions& options,
                        const TrainWatcher& watcher) {
  try {
    return Training(train, test, options, watcher).run();
  } catch (const c10::Error& error) {
    fail(ErrorKind::kInternal, "training: {}", error.what_without_backtrace());
  }
}

}  // namespace fool
