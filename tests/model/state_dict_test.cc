#include "model/state_dict.h"

#include <gmock/gmock.h>

#include <deque>

#include "fakes/expect_error.h"
#include "model/checkpoint_writer.h"
#include "model/torch_globals.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The storage 0 holds the floats 0..5.
const std::string kFloats = bytes_of(std::vector<float>{0, 1, 2, 3, 4, 5});

PickleWriter& storage_id(PickleWriter& out, const std::string& type = "FloatStorage",
                         std::int64_t elements = 6) {
  out.mark().text("storage").global("torch", type).text("0").text("cuda:0");
  return out.integer(elements).tuple().persistent();
}

// A tensor of the first two floats.
PickleWriter& tensor(PickleWriter& out) {
  storage_id(out.global("torch._utils", "_rebuild_tensor_v2").mark());
  return out.integer(0).integers({2}).integers({1}).boolean(true).ordered_dict().tuple().reduce();
}

class StateDictTest : public ::testing::Test {
 protected:
  // The tensors of a checkpoint whose main object these opcodes make.
  NamedTensors read(const PickleWriter& out) {
    const std::string& bytes = pickles_.emplace_back(out.stop());
    pickle::Unpickler unpickler(bytes, "w", [](auto module, auto name, bool outermost) {
      check_torch_global("w", module, name, outermost);
    });
    checkpoint_.root = unpickler.load();
    checkpoint_.pickle_size = bytes.size();
    checkpoint_.file_size = bytes.size() + kFloats.size();
    checkpoint_.storages["0"] = kFloats;
    return tensors_of(checkpoint_, "w");
  }
  std::vector<std::string> names(const PickleWriter& out) {
    std::vector<std::string> result;
    for (const auto& [name, view] : read(out).tensors) {
      EXPECT_EQ(view.bytes, kFloats.substr(0, 8)) << name;
      result.push_back(name);
    }
    return result;
  }
  std::string message(const PickleWriter& out) {
    return error_message(ErrorKind::kModel, [&] { read(out); });
  }

  TorchCheckpoint checkpoint_;
  std::deque<std::string> pickles_;
};

// {NAME: tensor, ...}
PickleWriter& dict_of_tensors(PickleWriter& out, const std::vector<std::string>& names) {
  out.empty_dict().mark();
  for (const std::string& name : names) tensor(out.text(name));
  return out.set_items();
}

TEST_F(StateDictTest, PlainDicts) {
  PickleWriter out;
  EXPECT_THAT(names(dict_of_tensors(out, {"b.weight", "a.weight"})),
              ElementsAre("a.weight", "b.weight"));
}

TEST_F(StateDictTest, OrderedDictsHoweverTheyWereMade) {
  PickleWriter items;
  tensor(items.ordered_dict().text("w")).set_item().empty_dict().build();
  EXPECT_THAT(names(items), ElementsAre("w"));
  PickleWriter python2;  // OrderedDict([[key, value], ...])
  python2.global("collections", "OrderedDict").empty_list().empty_list().text("w").raw("a");
  tensor(python2).raw("a").raw("a").raw("\x85").reduce();
  EXPECT_THAT(names(python2), ElementsAre("w"));
  PickleWriter from_dict;
  dict_of_tensors(from_dict.global("collections", "OrderedDict"), {"w"}).raw("\x85").reduce();
  EXPECT_THAT(names(from_dict), ElementsAre("w"));
}

TEST_F(StateDictTest, OtherEntriesAreIgnored) {
  PickleWriter out;
  out.empty_dict().mark().text("epoch").integer(3).text("note").text("x").text("list").empty_list();
  out.text("args").global("argparse", "Namespace").empty_tuple().raw("\x81").empty_dict().build();
  out.empty_tuple().none().text("nested").empty_dict();
  tensor(out.text("w"));
  EXPECT_THAT(names(tensor(out.integer(5)).set_items()), ElementsAre("5", "w"));
}

TEST_F(StateDictTest, WrappersAreTakenOff) {
  for (const char* wrapper : {"state_dict", "model", "model_state_dict", "net", "network",
                              "weights", "params", "params_ema", "module"}) {
    PickleWriter out;
    out.empty_dict().mark().text("epoch").integer(3).text(wrapper);
    dict_of_tensors(out, {"w"});
    tensor(out.text("rng_state"))
        .set_items();  // a tensor beside the wrapped ones is not one of them
    EXPECT_THAT(names(out), ElementsAre("w")) << wrapper;
  }
}

TEST_F(StateDictTest, WrappersMayBeNested) {
  PickleWriter out;
  out.empty_dict().text("model").empty_dict().text("state_dict");
  dict_of_tensors(out, {"w"}).set_item().set_item();
  EXPECT_THAT(names(out), ElementsAre("w"));
}

TEST_F(StateDictTest, TheLikeliestWrapperIsTaken) {
  PickleWriter out;
  out.empty_dict().mark().text("model");
  dict_of_tensors(out, {"from_model"}).text("state_dict");
  dict_of_tensors(out, {"from_state_dict"}).set_items();
  EXPECT_THAT(names(out), ElementsAre("from_state_dict"));
}

TEST_F(StateDictTest, TheOnlyDictOfTensorsIsTakenWhateverItsName) {
  PickleWriter out;
  out.empty_dict().mark().text("epoch").integer(3).text("generator_7");
  dict_of_tensors(out, {"w"}).text("optimizer").empty_dict().text("lr").integer(1).set_item();
  out.set_items();
  EXPECT_THAT(names(out), ElementsAre("w"));
}

TEST_F(StateDictTest, AnOptimizerIsNotTakenForWeights) {
  PickleWriter out;
  out.empty_dict().text("state").empty_dict().integer(0);
  dict_of_tensors(out, {"exp_avg"}).set_item().set_item();
  EXPECT_THAT(message(out), HasSubstr("w: holds no tensors, only state; expected a state dict"));
}

TEST_F(StateDictTest, SeveralDictsOfTensorsAreRefused) {
  PickleWriter out;
  out.empty_dict().mark().text("generator");
  dict_of_tensors(out, {"w"}).text("discriminator");
  dict_of_tensors(out, {"w"}).set_items();
  EXPECT_THAT(message(out), HasSubstr("w: holds several state dicts: generator, discriminator"));
}

TEST_F(StateDictTest, WhatIsNoStateDictIsRefused) {
  EXPECT_THAT(message(PickleWriter().empty_list()), HasSubstr("w: holds a list; expected a state"));
  EXPECT_THAT(message(PickleWriter().integer(5)), HasSubstr("w: holds a number; expected"));
  PickleWriter alone;
  EXPECT_THAT(message(tensor(alone)), HasSubstr("w: holds a single tensor; expected"));
  EXPECT_THAT(message(PickleWriter().empty_dict()), HasSubstr("holds no tensors, only an empty"));
  EXPECT_THAT(
      message(PickleWriter().empty_dict().text("epoch").integer(1).set_item()),
      AllOf(HasSubstr("holds no tensors, only epoch"), HasSubstr("or one under state_dict,")));
  PickleWriter deep;
  for (int i = 0; i < 6; ++i) deep.empty_dict().text("x");
  dict_of_tensors(deep, {"w"});
  for (int i = 0; i < 6; ++i) deep.set_item();
  EXPECT_THAT(message(deep), HasSubstr("holds no tensors"));
  PickleWriter pairs;
  pairs.global("collections", "OrderedDict").empty_list().integer(1).raw("a").raw("\x85").reduce();
  EXPECT_THAT(message(pairs), HasSubstr("a dict is made of what are not pairs"));
}

TEST_F(StateDictTest, ManyEntriesAreNotAllListed) {
  PickleWriter out;
  out.empty_dict().mark();
  for (int i = 0; i < 20; ++i) out.integer(i).none();
  out.set_items();
  EXPECT_THAT(message(out), HasSubstr("only 0, 1, 2, 3, 4, 5, 6, 7, ...; expected"));
}

TEST_F(StateDictTest, TheLastOfEqualNamesCounts) {
  PickleWriter out;
  out.empty_dict().mark().text("w").text("not a tensor");
  EXPECT_THAT(names(tensor(out.text("w")).set_items()), ElementsAre("w"));
}

TEST_F(StateDictTest, NamesMustBeTexts) {
  PickleWriter bytes;
  tensor(bytes.empty_dict().text("\xff\xfe")).set_item();
  EXPECT_THAT(message(bytes), HasSubstr("w: tensor \\xff\\xfe: the name is not valid UTF-8"));
  PickleWriter tuple;
  tensor(tuple.empty_dict().empty_tuple()).set_item();
  EXPECT_THAT(
      message(tuple),
      HasSubstr("w: the name of a tensor: expected a text or a whole number, found a tuple"));
}

TEST_F(StateDictTest, TensorsInEveryForm) {
  PickleWriter out;
  out.empty_dict().mark();
  out.text("plain").global("torch._utils", "_rebuild_tensor").mark();
  storage_id(out).integer(0).global("torch", "Size").integers({2}).raw("\x85").reduce();
  out.integers({1}).tuple().reduce();
  out.text("parameter").global("torch._utils", "_rebuild_parameter").mark();
  tensor(out).boolean(true).ordered_dict().tuple().reduce();
  out.text("old parameter").global("torch.nn.parameter", "Parameter").mark();
  tensor(out).boolean(true).tuple().reduce();
  out.text("variable").global("torch.autograd.variable", "Variable").mark();
  tensor(out).boolean(true).boolean(false).ordered_dict().tuple().reduce();
  out.text("typed").global("torch._utils", "_rebuild_tensor_v3").mark();
  storage_id(out, "UntypedStorage", 24).integer(0).integers({2}).integers({1}).boolean(false);
  out.ordered_dict().global("torch", "float32").none().tuple().reduce();
  out.text("with attributes").global("torch._tensor", "_rebuild_from_type_v2").mark();
  out.global("torch._utils", "_rebuild_tensor_v2").global("torch", "Tensor").mark();
  storage_id(out).integer(0).integers({2}).integers({1}).boolean(false).ordered_dict().tuple();
  out.empty_dict().tuple().reduce();
  out.text("parameter with attributes").global("torch._tensor", "_rebuild_from_type_v2").mark();
  out.global("torch._utils", "_rebuild_parameter").global("torch.nn.parameter", "Parameter").mark();
  tensor(out).boolean(false).ordered_dict().tuple().empty_dict().tuple().reduce();
  out.set_items();
  EXPECT_THAT(names(out), ElementsAre("old parameter", "parameter", "parameter with attributes",
                                      "plain", "typed", "variable", "with attributes"));
}

TEST_F(StateDictTest, PartsOfStorages) {
  PickleWriter out;
  out.empty_dict().text("w").global("torch._utils", "_rebuild_tensor").mark();
  out.mark().text("storage").global("torch", "FloatStorage").text("0").text("cpu").integer(6);
  out.mark().text("view").integer(2).integer(3).tuple().tuple().persistent();
  out.integer(1).integers({2}).integers({1}).tuple().reduce().set_item();
  EXPECT_EQ(read(out).tensors.at("w").bytes, kFloats.substr(12, 8));
}

TEST_F(StateDictTest, TensorsByTheirId) {
  PickleWriter out;
  out.empty_dict().mark().text("w").text("7").persistent().text("v").integer(7).persistent();
  out.set_items();
  checkpoint_.tensors["7"] = {kFloats, {"float32", 4, DType::kF32}, 0, {2}, {1}};
  EXPECT_THAT(names(out), ElementsAre("v", "w"));
  checkpoint_.tensors.clear();
  EXPECT_THAT(message(out), HasSubstr("w: tensor w: its data 7 are not in the file"));
}

// {"w": _rebuild_tensor(ARGUMENTS)}
template <typename Arguments>
PickleWriter rebuilt(const Arguments& arguments, const char* function = "_rebuild_tensor_v2") {
  PickleWriter out;
  out.empty_dict().text("w").global("torch._utils", function).mark();
  arguments(out);
  out.tuple().reduce().set_item();
  return out;
}

TEST_F(StateDictTest, StrangeTensorsAreRefused) {
  const auto says = [&](const PickleWriter& out, const std::string& what) {
    EXPECT_THAT(message(out), AllOf(HasSubstr("w: tensor w: "), HasSubstr(what)));
  };
  const std::string strange = "is not described as PyTorch describes tensors";
  says(rebuilt([](PickleWriter&) {}), strange);
  says(rebuilt([](PickleWriter& out) { storage_id(out).integer(0).integers({2}).none(); }),
       strange);
  says(rebuilt([](PickleWriter& out) { storage_id(out).integer(0).none().integers({1}); }),
       strange);
  says(rebuilt([](PickleWriter& out) {
         storage_id(out).integer(0).integers(std::vector<std::int64_t>(65, 1)).integers({1});
       }),
       strange);
  says(rebuilt([](PickleWriter& out) { storage_id(out).none().integers({2}).integers({1}); }),
       "expected a whole number, found None");
  says(rebuilt([](PickleWriter& out) {
         storage_id(out).integer(0).mark().text("2").tuple().integers({1});
       }),
       "expected a whole number, found a text");
  says(rebuilt([](PickleWriter& out) { out.none().integer(0).integers({2}).integers({1}); }),
       "refers to its storage in a way that PyTorch does not");
  says(rebuilt([](PickleWriter& out) {
         storage_id(out).integer(0).integers({2}).integers({1}).boolean(false).ordered_dict();
         out.empty_dict().text("neg").boolean(true).set_item();
       }),
       "stored as the negative or conjugate");
  says(rebuilt([](PickleWriter&) {}, "_rebuild_parameter"), strange);
  says(rebuilt([](PickleWriter& out) { out.none(); }, "_rebuild_parameter"),
       "expected a tensor, found None");
  says(rebuilt(
           [](PickleWriter& out) {
             storage_id(out).integer(0).integers({2}).integers({1}).none().none().none();
           },
           "_rebuild_tensor_v3"),
       strange);
  PickleWriter subclass;
  subclass.empty_dict().text("w").global("torch._tensor", "_rebuild_from_type_v2");
  says(subclass.empty_tuple().reduce().set_item(), strange);
  PickleWriter no_function;
  no_function.empty_dict().text("w").global("torch._tensor", "_rebuild_from_type_v2").mark();
  says(no_function.none().none().empty_tuple().none().tuple().reduce().set_item(), strange);
}

TEST_F(StateDictTest, ParametersOfParametersEnd) {
  PickleWriter out;
  out.empty_dict().text("w");
  for (int i = 0; i < 20; ++i) out.global("torch._utils", "_rebuild_parameter");
  tensor(out);
  for (int i = 0; i < 20; ++i) out.raw("\x85").reduce();
  EXPECT_THAT(message(out.set_item()), HasSubstr("expected a tensor, found a Python object"));
}

TEST_F(StateDictTest, StrangeStoragesAreRefused) {
  const auto with_id = [&](const auto& write_id) {
    return message(rebuilt([&](PickleWriter& out) {
      out.mark();
      write_id(out);
      out.tuple().persistent().integer(0).integers({2}).integers({1});
    }));
  };
  const auto start = [](PickleWriter& out) -> PickleWriter& {
    return out.text("storage").global("torch", "FloatStorage").text("0").text("cpu");
  };
  const std::string strange = "w: tensor w: refers to its storage in a way that PyTorch does not";
  EXPECT_EQ(with_id([&](PickleWriter& out) { start(out); }), strange);
  EXPECT_EQ(with_id([&](PickleWriter& out) { start(out).integer(6).none().none(); }), strange);
  EXPECT_EQ(with_id([&](PickleWriter& out) { start(out).integer(-6); }), strange);
  EXPECT_EQ(with_id([&](PickleWriter& out) { start(out).integer(6).text("view"); }), strange);
  EXPECT_EQ(with_id([&](PickleWriter& out) {
              start(out).integer(6).integers({0, 5, 2});
            }),
            strange);
  EXPECT_EQ(with_id([&](PickleWriter& out) {
              start(out).integer(6).integers({0, 7, 0});
            }),
            strange);
  EXPECT_EQ(with_id([](PickleWriter& out) {
              out.text("module").global("torch", "FloatStorage").text("0").text("cpu").integer(6);
            }),
            strange);
  EXPECT_EQ(with_id([](PickleWriter& out) {
              out.text("storage").global("torch", "Size").text("0").text("cpu").integer(6);
            }),
            strange);
  EXPECT_THAT(with_id([&](PickleWriter& out) { start(out).text("6"); }),
              HasSubstr("expected a whole number, found a text"));
  EXPECT_THAT(
      with_id([](PickleWriter& out) {
        out.text("storage").global("torch", "FloatStorage").text("../0").text("cpu").integer(6);
      }),
      HasSubstr("its storage ../0 is not in the file"));
  EXPECT_THAT(with_id([&](PickleWriter& out) { start(out).integer(7); }),
              HasSubstr("its storage 0 has 24 bytes; 7 elements of float32 need more"));
  EXPECT_THAT(with_id([&](PickleWriter& out) { start(out).integer(INT64_MAX); }),
              HasSubstr("its storage 0 has 24 bytes"));
}

TEST_F(StateDictTest, UnsupportedTypesMatterOnlyInTensorsThatAreRead) {
  const auto complex_tensor = [](PickleWriter& out) {
    storage_id(out, "ComplexFloatStorage", 3).integer(0).integers({2}).integers({1});
  };
  EXPECT_THAT(message(rebuilt(complex_tensor)),
              HasSubstr("w: tensor w: holds elements of type complex64, which is not supported"));
  PickleWriter out;
  out.empty_dict().mark().text("fft").global("torch._utils", "_rebuild_tensor_v2").mark();
  complex_tensor(out);
  out.tuple().reduce().text("state_dict");
  EXPECT_THAT(names(dict_of_tensors(out, {"w"}).set_items()), ElementsAre("w"));
}

// Dicts that hold one another many times are not walked through again and again.
TEST_F(StateDictTest, DictsOfDictsOfOneDictAreRefused) {
  PickleWriter out;
  out.empty_dict().put(0).mark();
  for (int i = 0; i < 2000; ++i) out.integer(i).none();
  out.set_items().raw("0").empty_dict().mark();
  for (int i = 0; i < 2000; ++i) out.integer(i).get(0);
  EXPECT_THAT(message(out.set_items()), HasSubstr("hold one another too often"));
}

TEST_F(StateDictTest, ADictMayHoldItself) {
  PickleWriter out;
  out.empty_dict().put(0).text("state_dict").get(0).set_item();
  EXPECT_THAT(message(out), HasSubstr("w: holds no tensors, only state_dict"));
  PickleWriter with_tensor;
  with_tensor.empty_dict().put(0).mark().text("state_dict").get(0);
  EXPECT_THAT(message(tensor(with_tensor.text("w")).set_items()),
              HasSubstr("w: its tensors lie in more than 4 nested dicts"));
}

std::vector<std::string> stripped(const std::vector<std::string>& names) {
  std::map<std::string, TensorView> tensors;
  for (const std::string& name : names) tensors[name].shape = {static_cast<int>(name.size())};
  strip_common_prefixes(tensors);
  std::vector<std::string> result;
  for (const auto& [name, view] : tensors) result.push_back(name);
  return result;
}

TEST(StripCommonPrefixes, TakesThemOffWhereAllNamesHaveThem) {
  EXPECT_THAT(stripped({"module.a", "module.b"}), ElementsAre("a", "b"));
  EXPECT_THAT(stripped({"model.a", "model.b"}), ElementsAre("a", "b"));
  EXPECT_THAT(stripped({"module._orig_mod.model.a"}), ElementsAre("a"));
  EXPECT_THAT(stripped({"module.a", "model.b"}), ElementsAre("model.b", "module.a"));
  EXPECT_THAT(stripped({"module.a", "module."}), ElementsAre("module.", "module.a"));
  EXPECT_THAT(stripped({"modules.a"}), ElementsAre("modules.a"));
  EXPECT_THAT(stripped({}), ElementsAre());
}

TEST(StripCommonPrefixes, TensorsStayWithTheirNames) {
  std::map<std::string, TensorView> tensors;
  tensors["module.a"].shape = {1};
  tensors["module.b"].shape = {2};
  strip_common_prefixes(tensors);
  EXPECT_THAT(tensors.at("a").shape, ElementsAre(1));
  EXPECT_THAT(tensors.at("b").shape, ElementsAre(2));
}

TEST(StripCommonPrefixes, StopsSomewhere) {
  std::string name = "w";
  for (int i = 0; i < 1000; ++i) name = "module." + name;
  EXPECT_EQ(stripped({name}).front().size(), name.size() - 4 * 7);
}

}  // namespace
}  // namespace fool
