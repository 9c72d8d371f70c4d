#include "fool/report/checkpoint.h"

#include <charconv>
#include <map>
#include <string_view>
#include <system_error>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"
#include "fool/model/safetensors.h"
#include "fool/report/reporter.h"
#include "report/common.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormat = "fool checkpoint 1";
constexpr std::size_t kKept = 2;

using Metadata = std::map<std::string, std::string>;
using Tensors = std::map<std::string, TensorView>;

// Over everything but the digest itself: a list of names, sizes and hashes of the parts.
std::string digest(const Metadata& metadata, const Tensors& tensors) {
  std::string list;
  for (const auto& [key, value] : metadata) {
    if (key != "sha256") list += fmt::format("{} {} {}\n", key, value.size(), sha256_hex(value));
  }
  for (const auto& [name, tensor] : tensors) {
    list += fmt::format("{} {} {} {}\n", name, dtype_name(tensor.dtype),
                        fmt::join(tensor.shape, "x"), sha256_hex(tensor.bytes));
  }
  return sha256_hex(list);
}

constexpr std::string_view kPrefix = "generation-";
constexpr std::string_view kSuffix = ".safetensors";
constexpr std::string_view kInitial = "initial";  // in place of the number of kInitialGeneration

// The generation in a checkpoint's name, or nothing for another file.
std::optional<int> generation_of(std::string_view name) {
  if (name.size() <= kPrefix.size() + kSuffix.size() || name.substr(0, kPrefix.size()) != kPrefix ||
      name.substr(name.size() - kSuffix.size()) != kSuffix) {
    return std::nullopt;
  }
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  if (name == kInitial) return kInitialGeneration;
  int generation = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), generation);
  if (error != std::errc() || end != name.data() + name.size() || generation < 0)
    return std::nullopt;
  return generation;
}

// The checkpoints of a run by generation.
std::map<int, fs::path> checkpoints(const fs::path& run_folder) {
  std::map<int, fs::path> result;
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(run_folder / "checkpoint", error)) {
    const std::optional<int> generation = generation_of(entry.path().filename().string());
    if (generation) result.emplace(*generation, entry.path());
  }
  return result;
}

const std::string& text(const Metadata& metadata, const std::string& key) {
  const auto it = metadata.find(key);
  if (it == metadata.end()) fail(ErrorKind::kData, "it has no \"{}\"", key);
  return it->second;
}

Checkpoint parse(const NamedTensors& file, const Encoding& encoding) {
  const Metadata& metadata = file.metadata;
  if (text(metadata, "format") != kFormat) {
    fail(ErrorKind::kData, "expected format \"{}\", found \"{}\"", kFormat,
         text(metadata, "format"));
  }
  if (text(metadata, "sha256") != digest(metadata, file.tensors)) {
    fail(ErrorKind::kData, "its contents do not have its sha256");
  }
  const auto genome = [&](ItemId id) {
    const auto it = file.tensors.find(std::to_string(id));
    if (it == file.tensors.end()) fail(ErrorKind::kData, "the genome of item {} is missing", id);
    return encoding.decode(it->second.bytes);
  };
  const auto json = [&](const char* key) { return Json::parse(text(metadata, key)); };
  Checkpoint checkpoint;
  checkpoint.archive = Archive::load(json("archive"), genome);
  checkpoint.generation = json("generation").get<int>();
  checkpoint.evaluations = json("evaluations").get<std::uint64_t>();
  // A gradient cost nothing more before there were any.
  checkpoint.equivalents = metadata.count("equivalents") > 0
                               ? json("equivalents").get<std::uint64_t>()
                               : checkpoint.evaluations;
  checkpoint.seconds = json("seconds").get<double>();
  checkpoint.search_state = json("search");
  checkpoint.config = json("config");
  checkpoint.fingerprint = json("fingerprint");
  return checkpoint;
}

}  // namespace

fs::path checkpoint_path(const fs::path& run_folder, int generation) {
  const std::string number =
      generation == kInitialGeneration ? std::string(kInitial) : fmt::format("{:06d}", generation);
  return run_folder / "checkpoint" / fmt::format("{}{}{}", kPrefix, number, kSuffix);
}

void write_checkpoint(const fs::path& run_folder, const Checkpoint& checkpoint,
                      const Encoding& encoding) {
  std::map<std::string, std::string> genomes;
  Tensors tensors;
  for (const ItemPtr& item : checkpoint.archive.items()) {
    const auto& [name, bytes] =
        *genomes.emplace(std::to_string(item->id), encoding.encode(*item->genome)).first;
    tensors[name] = {DType::kU8, {static_cast<std::int64_t>(bytes.size())}, bytes};
  }
  Metadata metadata{{"format", kFormat},
                    {"archive", checkpoint.archive.save().dump()},
                    {"generation", Json(checkpoint.generation).dump()},
                    {"evaluations", Json(checkpoint.evaluations).dump()},
                    {"equivalents", Json(checkpoint.equivalents).dump()},
                    {"seconds", Json(checkpoint.seconds).dump()},
                    {"search", checkpoint.search_state.dump()},
                    {"config", checkpoint.config.dump()},
                    {"fingerprint", checkpoint.fingerprint.dump()}};
  metadata["sha256"] = digest(metadata, tensors);
  make_folder(run_folder / "checkpoint");
  write_safetensors(checkpoint_path(run_folder, checkpoint.generation), tensors, metadata);

  const std::map<int, fs::path> all = checkpoints(run_folder);
  std::size_t excess = all.size() > kKept ? all.size() - kKept : 0;
  for (auto it = all.begin(); excess > 0; ++it, --excess) remove_file(it->second);
}

Checkpoint read_checkpoint(const fs::path& file, const Encoding& encoding) {
  try {
    return parse(read_safetensors(file), encoding);
  } catch (const Error& error) {
    fail(ErrorKind::kData, "the checkpoint {} cannot be used: {}", file.string(), error.what());
  } catch (const Json::exception& error) {
    fail(ErrorKind::kData, "the checkpoint {} cannot be used: {}", file.string(),
         complaint_of(error));
  }
}

std::optional<Checkpoint> read_newest_checkpoint(const fs::path& run_folder,
                                                 const Encoding& encoding,
                                                 std::vector<std::string>* warnings) {
  const std::map<int, fs::path> all = checkpoints(run_folder);
  if (all.empty()) return std::nullopt;
  for (auto it = all.rbegin(); it != all.rend(); ++it) {
    try {
      return read_checkpoint(it->second, encoding);
    } catch (const Error& error) {
      warnings->push_back(error.what());
    }
  }
  fail(ErrorKind::kData, "none of the {} checkpoints in {} can be used; start a new run. {}",
       all.size(), (run_folder / "checkpoint").string(), fmt::join(*warnings, "; "));
}

void remove_checkpoints_from(const fs::path& run_folder, int generation) {
  for (const auto& [number, path] : checkpoints(run_folder)) {
    if (number >= generation) remove_file(path);
  }
}

}  // namespace fool
