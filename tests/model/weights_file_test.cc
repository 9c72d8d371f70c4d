#include "fool/model/weights_file.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <random>

#include "fakes/expect_error.h"
#include "fakes/python.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/core/json.h"
#include "model/checkpoint_writer.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string message_for(const std::string& bytes) {
  return error_message(ErrorKind::kModel, [&] { parse_weights(bytes, "w"); });
}

// A small checkpoint in each container.
std::map<std::string, std::string> small_files() {
  SavedCheckpoint wrapped = small_checkpoint();
  wrapped.wrapper = "state_dict";
  wrapped.tensors.push_back({"fc.transposed", "0", 0, {3, 2}, {1, 3}});
  ZipOptions zip64;
  zip64.zip64 = true;
  zip64.alignment = 1;
  return {{"zip", zip_checkpoint(wrapped)},
          {"zip64", zip_checkpoint(wrapped, zip64)},
          {"stream", stream_checkpoint(wrapped)},
          {"tar", tar_checkpoint(wrapped)}};
}

// What read_weights promises of every view: it has the bytes that its shape needs, and they can be
// read.
void touch(const NamedTensors& weights) {
  for (const auto& [name, view] : weights.tensors) {
    EXPECT_EQ(view.bytes.size(),
              static_cast<std::size_t>(view.elements()) * dtype_size(view.dtype));
    volatile char sum = 0;
    for (const char byte : view.bytes) sum = static_cast<char>(sum + byte);
  }
}

void expect_equal(const NamedTensors& read, const NamedTensors& expected, const std::string& file) {
  ASSERT_EQ(read.tensors.size(), expected.tensors.size()) << file;
  for (const auto& [name, view] : expected.tensors) {
    ASSERT_EQ(read.tensors.count(name), 1U) << file << ": " << name;
    const TensorView& found = read.tensors.at(name);
    EXPECT_EQ(found.dtype, view.dtype) << file << ": " << name;
    EXPECT_EQ(found.shape, view.shape) << file << ": " << name;
    EXPECT_EQ(found.bytes, view.bytes) << file << ": " << name;
  }
}

TEST(ReadWeights, TakesAnyContainerWhateverTheFileIsCalled) {
  const ScratchFolder folder;
  for (const auto& [kind, bytes] : small_files()) {
    const auto path = folder / (kind + ".safetensors");
    write_file(path, bytes);
    NamedTensors read = read_weights(path);
    std::filesystem::remove(path);  // the mapping stays
    ASSERT_EQ(read.tensors.size(), 3U) << kind;
    EXPECT_EQ(read.tensors.at("fc.weight").bytes, bytes_of(std::vector<float>{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(read.tensors.at("fc.transposed").bytes,
              bytes_of(std::vector<float>{1, 4, 2, 5, 3, 6}));
    touch(read);
  }
}

TEST(ReadWeights, SafetensorsAreReadToo) {
  const ScratchFolder folder;
  write_safetensors(folder / "w.pth", {{"module.a", {DType::kU8, {3}, "abc"}}}, {{"k", "v"}});
  const NamedTensors read = read_weights(folder / "w.pth");
  EXPECT_EQ(read.tensors.at("a").bytes, "abc");
  EXPECT_EQ(read.metadata.at("k"), "v");
}

TEST(ReadWeights, OtherFormatsAreRefusedByName) {
  EXPECT_THAT(message_for(zip_of({{"n/data.pkl", ""}, {"n/constants.pkl", ""}})),
              AllOf(HasSubstr("w: is a TorchScript file, a whole network"),
                    HasSubstr("set \"format\": \"torchscript\" in its card")));
  EXPECT_THAT(message_for("\x89HDF\r\n\x1a\n"), HasSubstr("w: is an HDF5 file"));
  EXPECT_THAT(message_for(PickleWriter().none().stop()),
              HasSubstr("w: is a Python pickle that PyTorch did not write; weights are read from"));
  EXPECT_THAT(message_for("nonsense"), HasSubstr("w: the file is of no known format"));
  EXPECT_THAT(error_message(ErrorKind::kModel, [] { read_weights("/nowhere/w.pth"); }),
              HasSubstr("/nowhere/w.pth"));
}

TEST(ReadWeights, MaliciousGlobalsAreRefusedByNameInEveryContainer) {
  for (const auto& [module, name] : std::vector<std::pair<std::string, std::string>>{
           {"os", "system"}, {"builtins", "eval"}, {"builtins", "exec"}, {"subprocess", "Popen"}}) {
    const std::string attack =
        PickleWriter().global(module, name).text("touch owned").raw("\x85").reduce().stop();
    for (const std::string& file :
         {zip_of({{"a/data.pkl", attack}}), stream_head() + attack, tar_of({{"storages", attack}}),
          tar_of(
              {{"storages", PickleWriter().integer(0).stop() + PickleWriter().empty_list().stop()},
               {"tensors", PickleWriter().integer(0).stop()},
               {"pickle", attack}})}) {
      EXPECT_THAT(message_for(file), AllOf(HasSubstr("refused"), HasSubstr(module + "." + name)));
    }
  }
}

TEST(ReadWeights, SurvivesEveryTruncation) {
  for (const auto& [kind, whole] : small_files()) {
    const std::size_t used = kind == "tar" ? whole.find_last_not_of('\0') + 1 : whole.size();
    for (std::size_t length = 0; length < used; ++length) {
      EXPECT_THAT(message_for(whole.substr(0, length)), HasSubstr("w: ")) << kind << length;
    }
  }
}

TEST(ReadWeights, SurvivesDamage) {
  std::mt19937 random(11);
  for (const auto& [kind, whole] : small_files()) {
    int refused = 0;
    for (int round = 0; round < 5'000; ++round) {
      std::string damaged = whole;
      for (int i = 0; i <= round % 3; ++i) {
        damaged[random() % damaged.size()] = static_cast<char>(random());
      }
      try {
        touch(parse_weights(damaged, "w"));
      } catch (const Error& e) {
        EXPECT_EQ(e.kind(), ErrorKind::kModel);
        ++refused;
      }
    }
    EXPECT_GT(refused, 500) << kind;
  }
}

TEST(ReadWeights, ReadsWhatPyTorchWrites) {
  const std::string python = python_with("torch");
  if (python.empty()) GTEST_SKIP() << "no Python with PyTorch: apt-get install python3-torch";
  const ScratchFolder folder;
  const std::string log = (folder / "log").string();
  const std::string command =
      fmt::format("cd '{}' && {} '{}/tests/model/make_checkpoints.py' . >log 2>&1",
                  folder.path().string(), python, FOOL_SOURCE_DIR);
  ASSERT_EQ(std::system(command.c_str()), 0) << read_file(log);

  int accepted = 0;
  int refused = 0;
  int named = 0;
  for (const Json& one : Json::parse(read_file(folder / "cases.json"))) {
    const std::string file = one.at("file");
    SCOPED_TRACE(file);
    if (one.contains("expected")) {
      const NamedTensors read = read_weights(folder / file);
      touch(read);
      expect_equal(read, read_safetensors(folder / one.at("expected").get<std::string>()), file);
      ++accepted;
    } else if (one.contains("refused")) {
      EXPECT_THAT(error_message(ErrorKind::kModel, [&] { read_weights(folder / file); }),
                  AllOf(HasSubstr(file), HasSubstr(one.at("refused").get<std::string>())));
      ++refused;
    } else {
      EXPECT_EQ(format_name(weights_format(folder / file)), one.at("format").get<std::string>());
      ++named;
    }
  }
  EXPECT_GE(accepted, 35);
  EXPECT_GE(refused, 18);
  EXPECT_GE(named, 2);
  EXPECT_FALSE(std::filesystem::exists(folder / "executed"));
}

}  // namespace
}  // namespace fool
