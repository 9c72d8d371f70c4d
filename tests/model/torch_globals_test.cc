#include "model/torch_globals.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "model/pickle_writer.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

void check(std::string_view module, std::string_view name, bool outermost = false) {
  check_torch_global("w.pth", module, name, outermost);
}

std::string refusal(std::string_view module, std::string_view name, bool outermost = false) {
  return error_message(ErrorKind::kModel, [&] { check(module, name, outermost); });
}

// The global as a value; only valid until the next call.
pickle::Value global(const std::string& module, const std::string& name) {
  static std::string bytes;
  static std::unique_ptr<pickle::Unpickler> unpickler;
  bytes = PickleWriter().global(module, name).stop();
  unpickler = std::make_unique<pickle::Unpickler>(bytes, "", [](auto, auto, bool) {});
  return unpickler->load();
}

TEST(TorchGlobals, AllowsWhatCheckpointsOfWeightsNeed) {
  check("collections", "OrderedDict");
  check("torch._utils", "_rebuild_tensor_v2");
  check("torch._utils", "_rebuild_parameter");
  check("torch.nn.parameter", "Parameter");
  check("torch", "FloatStorage");
  check("torch.cuda", "HalfStorage");
  check("torch.storage", "UntypedStorage");
  check("torch", "bfloat16");
  check("torch", "Size", true);
  check("builtins", "set");
  check("__builtin__", "dict");
  check("argparse", "Namespace");
}

TEST(TorchGlobals, RefusesAllOthersByName) {
  const std::vector<std::pair<std::string, std::string>> others = {
      {"os", "system"},
      {"posix", "system"},
      {"nt", "system"},
      {"builtins", "eval"},
      {"builtins", "exec"},
      {"builtins", "getattr"},
      {"builtins", "__import__"},
      {"__builtin__", "eval"},
      {"subprocess", "Popen"},
      {"runpy", "_run_code"},
      {"pickle", "loads"},
      {"operator", "attrgetter"},
      {"functools", "partial"},
      {"torch", "load"},
      {"torch.hub", "load"},
      {"torch.jit", "load"},
      {"torch.storage", "_load_from_bytes"},
      {"numpy", "load"},
      {"importlib", "import_module"},
      {"", ""},
      {"torch", "Storage"},
      {"torch", ""},
      {"os", "FloatStorage"},
      {"collections", "OrderedDict.fromkeys"},
      {"torch", "float32.__class__"}};
  for (const auto& [module, name] : others) {
    EXPECT_THAT(
        refusal(module, name),
        AllOf(HasSubstr("w.pth: refused: asks for " + module + "." + name + ","),
              HasSubstr("nothing is executed"), HasSubstr("torch.save(model.state_dict()")));
  }
}

TEST(TorchGlobals, AdvisesWhereAWholeNetworkWasSaved) {
  EXPECT_THAT(refusal("torch.nn.modules.container", "Sequential", true),
              AllOf(HasSubstr("holds a whole network (a torch.nn.modules.container.Sequential)"),
                    HasSubstr("torch.save(model.state_dict(), FILE)")));
  EXPECT_THAT(refusal("torchvision.models.resnet", "ResNet", true), HasSubstr("whole network"));
  EXPECT_THAT(refusal("__main__", "Net", true),
              AllOf(HasSubstr("the file is made by __main__.Net, which is not allowed"),
                    HasSubstr("if the file holds a whole network")));
}

TEST(TorchGlobals, NamesInMessagesAreOneLine) {
  EXPECT_THAT(refusal("o\ns", "sys\x1btem"), HasSubstr("o\\x0as.sys\\x1btem"));
}

TEST(TorchGlobals, ElementTypes) {
  const auto type = [](const std::string& module, const std::string& name) {
    return torch_element_type(global(module, name));
  };
  EXPECT_EQ(type("torch", "FloatStorage")->dtype, DType::kF32);
  EXPECT_EQ(type("torch", "FloatTensor")->dtype, DType::kF32);
  EXPECT_EQ(type("torch.cuda", "LongStorage")->dtype, DType::kI64);
  EXPECT_EQ(type("torch", "BoolStorage")->dtype, DType::kBool);
  EXPECT_EQ(type("torch", "int16")->dtype, DType::kI16);
  EXPECT_EQ(type("torch.storage", "UntypedStorage")->size, 1U);
  EXPECT_EQ(type("torch", "ComplexFloatStorage")->dtype, std::nullopt);
  EXPECT_EQ(type("torch", "ComplexFloatStorage")->size, 8U);
  EXPECT_EQ(type("torch", "float8_e5m2")->name, "float8_e5m2");
  EXPECT_EQ(type("torch", "Size"), nullptr);
  EXPECT_EQ(torch_element_type(pickle::Value{}), nullptr);
  for (const char* name :
       {"Double", "Float", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool"}) {
    const ElementType* found = type("torch", std::string(name) + "Storage");
    ASSERT_NE(found, nullptr) << name;
    EXPECT_EQ(dtype_size(*found->dtype), found->size) << name;
  }
}

TEST(TorchGlobals, Roles) {
  EXPECT_EQ(torch_role(global("collections", "OrderedDict")), TorchRole::kDict);
  EXPECT_EQ(torch_role(global("torch._utils", "_rebuild_tensor")), TorchRole::kTensor);
  EXPECT_EQ(torch_role(global("torch._utils", "_rebuild_tensor_v3")), TorchRole::kTypedTensor);
  EXPECT_EQ(torch_role(global("torch", "HalfStorage")), TorchRole::kElementType);
  EXPECT_EQ(torch_role(global("argparse", "Namespace")), TorchRole::kIgnored);
  EXPECT_EQ(torch_role(pickle::Value{}), TorchRole::kIgnored);
}

}  // namespace
}  // namespace fool
