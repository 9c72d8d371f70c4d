// The inputs that fuzzing starts from, by target and name: files as they should be, and those made
// to do harm.
#pragma once

#include <map>
#include <string>

#include "fool/core/json.h"
#include "model/checkpoint_writer.h"
#include "model/protobuf_writer.h"

namespace fool::fuzz {

using Seeds = std::map<std::string, std::string>;

inline std::string safetensors_file(const std::string& header, const std::string& data) {
  return bytes_of(static_cast<std::uint64_t>(header.size())) + header + data;
}

inline Seeds safetensors_seeds() {
  return {
      {"two", safetensors_file(R"({"__metadata__":{"k":"v"},)"
                               R"("a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                               R"("b":{"dtype":"BF16","shape":[],"data_offsets":[8,10]}})",
                               "0123456789")},
      {"empty", safetensors_file("{}", "")},
      {"no elements",
       safetensors_file(R"({"a":{"dtype":"I64","shape":[3,0],"data_offsets":[0,0]}})", "")},
      {"deep", safetensors_file("{\"a\":" + std::string(200, '['), "")},
      {"long header", bytes_of(UINT64_MAX) + "{}"},
  };
}

inline SavedCheckpoint checkpoint_with_views() {
  SavedCheckpoint checkpoint = small_checkpoint();
  checkpoint.wrapper = "state_dict";
  checkpoint.location = "cuda:0";
  checkpoint.tensors.push_back({"module.t", "0", 0, {3, 2}, {1, 3}});
  checkpoint.tensors.push_back({"module.expanded", "0", 5, {2, 2}, {0, 0}});
  checkpoint.tensors.push_back({"module.empty", "1", 0, {0, 3}, {3, 1}});
  return checkpoint;
}

// A main pickle as a zip with the storage 0 of 64 bytes.
inline std::string zip_with_pickle(const std::string& pickle) {
  return zip_of(
      {{"a/data.pkl", pickle}, {"a/byteorder", "big"}, {"a/data/0", std::string(64, '\1')}});
}

inline std::string expanded_many_times() {
  SavedCheckpoint checkpoint = small_checkpoint();
  for (int i = 0; i < 50; ++i) {
    checkpoint.tensors.push_back({std::to_string(i), "0", 0, {1000, 1000}, {0, 0}});
  }
  return zip_checkpoint(checkpoint);
}

inline std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

// Lists that each hold the one before ten times: 10^n items for n lines.
inline std::string pickle_that_doubles() {
  PickleWriter out;
  out.empty_list().put(0);
  for (std::uint32_t i = 0; i < 50; ++i) {
    out.raw("0").empty_list().mark();
    for (int k = 0; k < 10; ++k) out.get(i);
    out.appends().put(i + 1);
  }
  return out.stop();
}

// Dicts that each hold the one before, twice.
inline std::string dicts_that_double() {
  PickleWriter out;
  out.empty_dict().put(0);
  for (std::uint32_t i = 0; i < 50; ++i) {
    out.raw("0").empty_dict().mark().text("model").get(i).text("net").get(i).set_items().put(i + 1);
  }
  return out.stop();
}

inline Seeds pth_seeds() {
  const SavedCheckpoint checkpoint = checkpoint_with_views();
  ZipOptions zip64;
  zip64.zip64 = true;
  zip64.alignment = 1;
  const auto call = [](const char* module, const char* name) {
    return PickleWriter().global(module, name).text("x").raw("\x85").reduce().stop();
  };
  return {
      {"zip", zip_checkpoint(checkpoint)},
      {"zip64", zip_checkpoint(checkpoint, zip64)},
      {"stream", stream_checkpoint(checkpoint)},
      {"tar", tar_checkpoint(checkpoint)},
      {"big-endian", zip_with_pickle(state_dict_pickle(small_checkpoint(), TensorsAs::kCalls))},
      {"script", zip_of({{"a/data.pkl", ""}, {"a/constants.pkl", ""}})},
      {"npz", zip_of({{"a.npy", ""}})},
      {"compressed", zip_of({{"a/data.pkl", "", 8}})},
      {"os.system", zip_with_pickle(call("os", "system"))},
      {"builtins.eval", stream_head() + call("builtins", "eval")},
      {"protocol 0", zip_with_pickle("(dp0\nVa\np1\nI01\nsS'b'\nF1.5\nsVc\nL7L\ns.")},
      {"protocol 4", zip_with_pickle("\x80\x04}\x94(\x8c\x01"
                                     "a\x94\x8c\x0b"
                                     "collections\x94\x8c\x0bOrderedDict\x94\x93\x94)R\x94u.")},
      {"expanded", expanded_many_times()},
      {"memo bomb", zip_with_pickle(pickle_that_doubles())},
      {"dict bomb", zip_with_pickle(dicts_that_double())},
      {"memo index", zip_with_pickle("Nr\xff\xff\xff\x7f.")},
      {"lists", zip_with_pickle(repeated("]", 5000))},
      {"memoised lists", zip_with_pickle(repeated("]\x94", 5000))},
      {"marks", zip_with_pickle(repeated("(", 5000))},
      {"deep", zip_with_pickle(repeated("]\x94", 5000) + repeated("a", 4999) + ".")},
      {"copies", zip_with_pickle("]" + repeated("2", 5000))},
      {"stored on tar", tar_of({{"storages", PickleWriter().integer(INT64_MAX).stop()}})},
      {"onnx", std::string("\x08\x08\x3a\x02\x0a\0", 6)},
      {"caffe", "\x0a\x03net\x12\x02hi"},
      {"web page", "<!DOCTYPE html>"},
  };
}

inline Seeds caffe_seeds() {
  const std::vector<CaffeLayerMessage> layers = {
      {"conv1",
       "Convolution",
       {{{2, 1, 1, 3}, std::string(24, '\1')}, {{2}, std::string(8, '\2')}}},
      {"relu1", "ReLU", {}},
      {"ip1", "InnerProduct", {{{1, 2}, std::string(8, '\3')}}}};
  const auto one_layer = [](const std::string& blobs) {
    return bytes_field(100, bytes_field(1, "a") + blobs);
  };
  return {{"new", caffe_model("net", layers)},
          {"old", old_caffe_model("net", layers)},
          {"not packed",
           one_layer(bytes_field(7, bytes_field(7, number_field(1, 3)) +
                                        repeated(std::string("\x2d\0\0\x80\x3f", 5), 3)))},
          {"doubles", one_layer(bytes_field(7, bytes_field(8, std::string(16, 'd'))))},
          {"huge", one_layer(bytes_field(7, caffe_blob({{1LL << 62, 4}, ""})))},
          {"many blobs", one_layer(repeated(bytes_field(7, ""), 3000))},
          {"many layers", repeated(bytes_field(100, bytes_field(7, "")), 3000)},
          {"many pieces", one_layer(bytes_field(7, repeated(bytes_field(5, ""), 3000)))},
          {"many dims", one_layer(bytes_field(7, bytes_field(7, repeated("\x08\1", 3000))))}};
}

inline Seeds card_seeds() {
  const Json card = {{"name", "n"},
                     {"format", "safetensors"},
                     {"architecture", "lenet"},
                     {"weights", "w"},
                     {"sha256", std::string(64, 'a')},
                     {"classes", 2},
                     {"labels", {"cat", "dog"}},
                     {"input",
                      {{"height", 4},
                       {"width", 4},
                       {"channels", "BGR"},
                       {"range", "0..255"},
                       {"mean", {1, 2, 3}},
                       {"std", {1.5, 2, 3}}}},
                     {"output", "log-probabilities"},
                     {"options", {{"conv10_padding", 1}}},
                     {"golden", "g.json"}};
  Json grey = card;
  grey["input"]["channels"] = "GRAY";
  grey["input"]["mean"] = {0.1307};
  grey["input"]["std"] = {0.3081};
  grey.erase("labels");
  Json file_labels = card;
  file_labels["labels"] = "card.json";
  Json sources = card;
  sources.erase("sha256");
  sources["sha256_prefix"] = "b8a52dc0";
  sources["bytes"] = 12;
  sources["urls"] = {"https://a.example/w", "http://b.example/w"};
  sources["other_files"] = {
      {{"file", "o"}, {"format", "caffe"}, {"sha1", std::string(40, 'b')}, {"bytes", 1}}};
  sources["labels"] = "/dev/zero";
  sources["labels_urls"] = {"https://a.example/l"};
  sources["input"]["resize"] = {
      {"shorter_side", 256}, {"interpolation", "bicubic"}, {"then", "centre_crop"}};
  return {{"card", card.dump()},
          {"grey", "// comment\n" + grey.dump(1)},
          {"labels in a file", file_labels.dump()},
          {"sources", sources.dump()},
          {"empty", "{}"},
          {"deep", repeated("[", 5000)},
          {"numbers", "{\"classes\": 1e999, \"input\": {\"height\": -1}}"}};
}

inline std::map<std::string, Seeds> all_seeds() {
  return {{"safetensors", safetensors_seeds()},
          {"pth", pth_seeds()},
          {"caffe", caffe_seeds()},
          {"card", card_seeds()}};
}

}  // namespace fool::fuzz
