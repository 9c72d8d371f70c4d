#include "model/caffe_model.h"

#include <cstring>
#include <deque>
#include <utility>

#include "fool/core/error.h"
#include "model/printable.h"
#include "model/protobuf.h"

namespace fool {
namespace {

using protobuf::Field;
using protobuf::Reader;
using protobuf::Wire;

// Numbers of the fields, in messages of today and of before 2014 (V1LayerParameter).
constexpr int kNetName = 1;
constexpr int kNetOldLayer = 2;
constexpr int kNetLayer = 100;
constexpr int kLayerName = 1;
constexpr int kLayerBlob = 7;
constexpr int kOldLayerName = 4;
constexpr int kOldLayerBlob = 6;
constexpr int kBlobFirstLegacyDim = 1;  // num, channels, height, width
constexpr int kBlobLastLegacyDim = 4;
constexpr int kBlobData = 5;
constexpr int kBlobShape = 7;
constexpr int kBlobDoubleData = 8;
constexpr int kShapeDim = 1;
constexpr std::size_t kMostDims = 8;
constexpr std::size_t kMostBlobs = 16;  // of a layer; the most that a Caffe layer has are 5

class Parser {
 public:
  explicit Parser(const std::string& where)
      : where_(where), copies_(std::make_shared<std::deque<std::string>>()) {}

  CaffeModel model(std::string_view bytes) {
    CaffeModel model;
    model.storage = copies_;
    each_field(bytes, "the network", [&](const Field& field) {
      if (field.wire != Wire::kBytes) return;
      if (field.number == kNetName) model.name = printable(field.bytes);
      const bool old = field.number == kNetOldLayer;
      if (!old && field.number != kNetLayer) return;
      CaffeLayer layer = old ? this->layer(field.bytes, kOldLayerName, kOldLayerBlob)
                             : this->layer(field.bytes, kLayerName, kLayerBlob);
      if (!layer.blobs.empty()) model.layers.push_back(std::move(layer));
    });
    if (model.layers.empty()) {
      fail(ErrorKind::kModel,
           "{}: the Caffe model has no layer with weights; expected a .caffemodel, as training "
           "writes it",
           where_);
    }
    return model;
  }

 private:
  template <typename Action>
  void each_field(std::string_view message, std::string_view what, Action&& action) const {
    Reader reader(message);
    while (const auto field = reader.next()) action(*field);
    if (reader.damaged()) {
      fail(ErrorKind::kModel, "{}: {} is not a whole message; the file is truncated or damaged",
           where_, what);
    }
  }

  CaffeLayer layer(std::string_view message, int name_field, int blob_field) {
    CaffeLayer layer;
    std::vector<std::string_view> blobs;
    each_field(message, "a layer", [&](const Field& field) {
      if (field.wire != Wire::kBytes) return;
      if (field.number == name_field) layer.name = printable(field.bytes);
      if (field.number == blob_field) blobs.push_back(field.bytes);
      if (blobs.size() > kMostBlobs) {
        fail(ErrorKind::kModel, "{}: a layer has more than {} blobs", where_, kMostBlobs);
      }
    });
    for (const std::string_view blob : blobs) layer.blobs.push_back(tensor(blob, layer.name));
    return layer;
  }

  TensorView tensor(std::string_view blob, const std::string& layer) {
    const std::string what = fmt::format("a blob of layer \"{}\"", layer);
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> legacy(kBlobLastLegacyDim, 1);
    bool has_shape = false;
    bool has_legacy = false;
    std::vector<std::string_view> floats;
    std::vector<std::string_view> doubles;
    each_field(blob, what, [&](const Field& field) {
      if (field.number == kBlobShape && field.wire == Wire::kBytes) {
        has_shape = true;
        shape = dims(field.bytes, what);
      } else if (field.number >= kBlobFirstLegacyDim && field.number <= kBlobLastLegacyDim &&
                 field.wire == Wire::kVarint) {
        has_legacy = true;
        legacy[static_cast<std::size_t>(field.number - 1)] = static_cast<std::int64_t>(field.value);
      } else if (field.number == kBlobData && field.wire != Wire::kVarint) {
        floats.push_back(field.bytes);
      } else if (field.number == kBlobDoubleData && field.wire != Wire::kVarint) {
        doubles.push_back(field.bytes);
      }
    });
    if (!floats.empty() && !doubles.empty()) {
      fail(ErrorKind::kModel, "{}: {} holds both float and double numbers", where_, what);
    }
    TensorView view;
    view.dtype = doubles.empty() ? DType::kF32 : DType::kF64;
    view.bytes = in_one_piece(doubles.empty() ? floats : doubles);
    if (has_shape) {
      view.shape = shape;
    } else if (has_legacy) {
      // Matrices and biases have ones in front.
      const bool matrix = legacy[0] == 1 && legacy[1] == 1;
      view.shape.assign(legacy.begin() + (matrix ? legacy[2] == 1 ? 3 : 2 : 0), legacy.end());
    } else {
      view.shape = {static_cast<std::int64_t>(view.bytes.size() / dtype_size(view.dtype))};
    }
    check_size(view, what);
    return view;
  }

  std::vector<std::int64_t> dims(std::string_view message, const std::string& what) const {
    std::vector<std::int64_t> dims;
    const auto add = [&](std::uint64_t dim) {
      if (dims.size() == kMostDims) {
        fail(ErrorKind::kModel, "{}: {} has more than {} dimensions", where_, what, kMostDims);
      }
      dims.push_back(static_cast<std::int64_t>(dim));
    };
    each_field(message, what, [&](const Field& field) {
      if (field.number != kShapeDim) return;
      if (field.wire == Wire::kVarint) add(field.value);
      std::string_view packed = field.wire == Wire::kBytes ? field.bytes : std::string_view();
      while (!packed.empty()) {
        const auto dim = protobuf::take_varint(packed);
        if (!dim) fail(ErrorKind::kModel, "{}: the shape of {} is damaged", where_, what);
        add(*dim);
      }
    });
    return dims;
  }

  // Numbers are one run of bytes when written packed, as Caffe does, and many otherwise.
  std::string_view in_one_piece(const std::vector<std::string_view>& pieces) {
    if (pieces.empty()) return {};
    if (pieces.size() == 1) return pieces.front();
    std::string& whole = copies_->emplace_back();
    for (const std::string_view piece : pieces) whole += piece;
    return whole;
  }

  void check_size(const TensorView& view, const std::string& what) const {
    const std::uint64_t found = view.bytes.size() / dtype_size(view.dtype);
    std::uint64_t expected = 1;
    for (const std::int64_t dim : view.shape) {
      const bool fits =
          dim >= 0 && (dim == 0 || expected <= UINT32_MAX / static_cast<std::uint64_t>(dim));
      if (!fits) {
        fail(ErrorKind::kModel, "{}: the shape [{}] of {} is impossible", where_,
             fmt::join(view.shape, ", "), what);
      }
      expected *= static_cast<std::uint64_t>(dim);
    }
    if (expected != found || view.bytes.size() % dtype_size(view.dtype) != 0) {
      fail(ErrorKind::kModel, "{}: {} of shape [{}] holds {} numbers, expected {}", where_, what,
           fmt::join(view.shape, ", "), found, expected);
    }
  }

  const std::string& where_;
  std::shared_ptr<std::deque<std::string>> copies_;
};

}  // namespace

CaffeModel parse_caffe_model(std::string_view bytes, const std::string& where) {
  return Parser(where).model(bytes);
}

NamedTensors CaffeModel::tensors(const std::string& where) const {
  NamedTensors result;
  result.storage = storage;
  result.metadata["network"] = name;
  for (const CaffeLayer& layer : layers) {
    for (std::size_t i = 0; i < layer.blobs.size(); ++i) {
      const std::string key = layer.name + (i == 0   ? ".weight"
                                            : i == 1 ? ".bias"
                                                     : "." + std::to_string(i));
      if (!result.tensors.emplace(key, layer.blobs[i]).second) {
        fail(ErrorKind::kModel, "{}: two layers are called \"{}\"", where, layer.name);
      }
    }
  }
  return result;
}

}  // namespace fool
