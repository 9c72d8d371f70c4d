#include "model/unpickler.h"

#include <gmock/gmock.h>

#include <random>

#include "fakes/expect_error.h"
#include "model/pickle_writer.h"

namespace fool::pickle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void allow_all(std::string_view, std::string_view, bool) {}

// A pickle and what it was read to; the value refers to both.
struct Loaded {
  explicit Loaded(std::string bytes, const CheckGlobal& check = allow_all)
      : pickle(std::move(bytes)), unpickler(pickle, "p.pkl", check), value(unpickler.load()) {}

  std::string pickle;
  Unpickler unpickler;
  Value value;
};

std::string message_for(const std::string& bytes) {
  return error_message(ErrorKind::kModel, [&] { Loaded loaded(bytes); });
}

// A value as Python would print it, to some depth: objects may hold themselves.
std::string repr(const Value& value, int depth = 5) {
  if (depth == 0) return "...";
  const auto joined = [&](const std::vector<Value>& items) {
    std::string text;
    for (const Value& item : items) text += (text.empty() ? "" : ", ") + repr(item, depth - 1);
    return text;
  };
  switch (value.kind) {
    case Kind::kNone:
      return "None";
    case Kind::kBool:
      return value.integer != 0 ? "True" : "False";
    case Kind::kInteger:
      return std::to_string(value.integer);
    case Kind::kReal:
      return fmt::format("{}", value.real);
    case Kind::kBigInteger:
      return fmt::format("big{}", value.length);
    case Kind::kText:
      return fmt::format("'{}'", value.text());
    case Kind::kBytes:
      return fmt::format("b'{}'", value.text());
    case Kind::kList:
      return "[" + joined(value.object->items) + "]";
    case Kind::kTuple:
      return "(" + joined(value.object->items) + ")";
    case Kind::kSet:
      return "{" + joined(value.object->items) + "}";
    case Kind::kDict:
      return "dict(" + joined(value.object->items) + ")";
    case Kind::kGlobal:
      return fmt::format("{}.{}", value.object->first.text(), value.object->second.text());
    case Kind::kCall: {
      const std::string items = joined(value.object->items);
      return repr(value.object->first, depth - 1) + repr(value.object->second, depth - 1) +
             (items.empty() ? "" : "<" + items + ">");
    }
    case Kind::kPersistent:
      break;
  }
  return "id:" + repr(value.object->first, depth - 1);
}

std::string read(const std::string& opcodes) { return repr(Loaded(opcodes + ".").value); }

// String literals with zeros in them.
template <std::size_t N>
std::string read(const char (&opcodes)[N]) {
  return read(std::string(opcodes, N - 1));
}

TEST(Unpickler, Numbers) {
  EXPECT_EQ(read("N"), "None");
  EXPECT_EQ(read("\x88"), "True");
  EXPECT_EQ(read("\x89"), "False");
  EXPECT_EQ(read("K\xff"), "255");
  EXPECT_EQ(read("M\x01\x02"), "513");
  EXPECT_EQ(read("J\xfe\xff\xff\xff"), "-2");
  EXPECT_EQ(read("\x8a\x00"), "0");
  EXPECT_EQ(read("\x8a\x01\xff"), "-1");
  EXPECT_EQ(read("\x8a\x02\xff\x00"), "255");
  EXPECT_EQ(read("\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80"), "-9223372036854775808");
  EXPECT_EQ(read("\x8a\x0aqwertyuiop"), "big10");
  EXPECT_EQ(read("\x8b\x01\x00\x00\x00\x07"), "7");
  EXPECT_EQ(read("G\x3f\xf8\x00\x00\x00\x00\x00\x00"), "1.5");
  EXPECT_EQ(read("I42\n"), "42");
  EXPECT_EQ(read("I-42\n"), "-42");
  EXPECT_EQ(read("I01\n"), "True");
  EXPECT_EQ(read("I00\n"), "False");
  EXPECT_EQ(read("L7L\n"), "7");
  EXPECT_EQ(read("F-2.25\n"), "-2.25");
}

TEST(Unpickler, Texts) {
  EXPECT_EQ(read("X\x02\x00\x00\x00hi"), "'hi'");
  EXPECT_EQ(read("\x8c\x02hi"), "'hi'");
  EXPECT_EQ(read("\x8d\x02\x00\x00\x00\x00\x00\x00\x00hi"), "'hi'");
  EXPECT_EQ(read("T\x02\x00\x00\x00hi"), "'hi'");
  EXPECT_EQ(read("U\x02hi"), "'hi'");
  EXPECT_EQ(read("Vhi\n"), "'hi'");
  EXPECT_EQ(read("S'hi'\n"), "'hi'");
  EXPECT_EQ(read("B\x02\x00\x00\x00hi"), "b'hi'");
  EXPECT_EQ(read("C\x02hi"), "b'hi'");
  EXPECT_EQ(read("\x8e\x02\x00\x00\x00\x00\x00\x00\x00hi"), "b'hi'");
  EXPECT_EQ(read("\x96\x02\x00\x00\x00\x00\x00\x00\x00hi"), "b'hi'");
}

TEST(Unpickler, Containers) {
  EXPECT_EQ(read(")"), "()");
  EXPECT_EQ(read("K\x01\x85"), "(1)");
  EXPECT_EQ(read("K\x01K\x02\x86"), "(1, 2)");
  EXPECT_EQ(read("K\x01K\x02K\x03\x87"), "(1, 2, 3)");
  EXPECT_EQ(read("(K\x01K\x02K\x03K\x04t"), "(1, 2, 3, 4)");
  EXPECT_EQ(read("]K\x01"
                 "a(K\x02K\x03"
                 "e"),
            "[1, 2, 3]");
  EXPECT_EQ(read("(K\x01K\x02l"), "[1, 2]");
  EXPECT_EQ(read("}K\x01K\x02s(K\x03K\x04K\x05K\x06u"), "dict(1, 2, 3, 4, 5, 6)");
  EXPECT_EQ(read("(K\x01K\x02"
                 "d"),
            "dict(1, 2)");
  EXPECT_EQ(read("\x8f(K\x01K\x02\x90"), "{1, 2}");
  EXPECT_EQ(read("(K\x01\x91"), "{1}");
}

TEST(Unpickler, StackAndMemo) {
  EXPECT_EQ(read("K\x01K\x02"
                 "0"),
            "1");                   // POP
  EXPECT_EQ(read("K\x01(0"), "1");  // POP of a mark
  EXPECT_EQ(read("K\x01(K\x02K\x03"
                 "1"),
            "1");  // POP_MARK
  EXPECT_EQ(read("K\x01"
                 "2\x86"),
            "(1, 1)");  // DUP
  EXPECT_EQ(read("]q\x05h\x05\x86"), "([], [])");
  EXPECT_EQ(read("]r\x05\x00\x00\x00j\x05\x00\x00\x00\x86"), "([], [])");
  EXPECT_EQ(read("]p3\ng3\n\x86"), "([], [])");
  EXPECT_EQ(read("]\x94}\x94h\x01h\x00\x86\x87"), "([], dict(), (dict(), []))");  // MEMOIZE
}

TEST(Unpickler, ObjectsStayRecordsOfWhatWouldBeDone) {
  EXPECT_EQ(read("cmod\nname\n"), "mod.name");
  EXPECT_EQ(read("\x8c\x03mod\x8c\x04name\x93"), "mod.name");
  EXPECT_EQ(read("cmod\nf\nK\x01\x85R"), "mod.f(1)");
  EXPECT_EQ(read("cmod\nC\n)\x81"), "mod.C()");
  EXPECT_EQ(read("cmod\nC\n)}\x92"), "mod.C()");
  EXPECT_EQ(read("(K\x01imod\nC\n"), "mod.C(1)");
  EXPECT_EQ(read("(cmod\nC\nK\x01o"), "mod.C(1)");
  EXPECT_EQ(read("cmod\nC\n)R}b"), "mod.C()");
  EXPECT_EQ(read("cmod\nC\n)RK\x01K\x02s"), "mod.C()<1, 2>");
  EXPECT_EQ(read("cmod\nC\n)RK\x01"
                 "a"),
            "mod.C()");
  EXPECT_EQ(read("K\x07Q"), "id:7");
  EXPECT_EQ(read("P7\n"), "id:'7'");
}

TEST(Unpickler, ProtocolAndFrameAreReadOver) {
  EXPECT_EQ(read("\x80\x05\x95\x02\x00\x00\x00\x00\x00\x00\x00K\x01"), "1");
  EXPECT_THAT(message_for("\x80\x06N."),
              HasSubstr("p.pkl: byte 0: pickle protocol 6 is not known"));
}

TEST(Unpickler, GlobalsAreCheckedByName) {
  std::vector<std::string> seen;
  const auto check = [&](std::string_view module, std::string_view name, bool outermost) {
    seen.push_back(fmt::format("{} {} {}", module, name, outermost));
    if (module == "os") fail(ErrorKind::kModel, "no {}", name);
  };
  Loaded("cmod\nf\n(cmod\ng\n)RtR.", check);
  EXPECT_THAT(seen, ElementsAre("mod f true", "mod g false"));
  seen.clear();
  Loaded(PickleWriter().text("module").global("mod", "Net").raw("\x86").stop(), check);
  EXPECT_THAT(seen, ElementsAre("mod Net true"));  // texts and numbers are no objects
  for (const std::string pickle :
       {"cos\nsystem\n", "\x8c\x02os\x8c\x06system\x93", "(ios\nsystem\n", "Ncos\nsystem\n"}) {
    EXPECT_EQ(error_message(ErrorKind::kModel, [&] { Loaded(pickle + ".", check); }), "no system");
  }
}

TEST(Unpickler, SeveralPicklesAndRawBytesInOneStream) {
  const std::string stream = PickleWriter().integer(1).stop() + "raw" +
                             PickleWriter().empty_list().put(0).stop() +
                             PickleWriter().get(0).stop();
  Unpickler unpickler(stream, "s", allow_all);
  EXPECT_EQ(repr(unpickler.load()), "1");
  EXPECT_EQ(unpickler.take(3), "raw");
  EXPECT_EQ(repr(unpickler.load()), "[]");
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { unpickler.load(); }),
              HasSubstr("the memo has nothing at 0"));  // it is the pickle's, not the stream's
}

TEST(Unpickler, PersistentIdsAreCollected) {
  const Loaded loaded(
      PickleWriter().mark().integer(1).persistent().integer(2).persistent().tuple().stop());
  ASSERT_EQ(loaded.unpickler.persistent().size(), 2U);
  EXPECT_EQ(repr(loaded.unpickler.persistent()[1]), "id:2");
}

TEST(Unpickler, ObjectsMayHoldThemselves) {
  const Loaded loaded(
      "]q\x01h\x01"
      "a.");
  EXPECT_EQ(repr(loaded.value, 3), "[[[...]]]");
}

TEST(Unpickler, RefusesWhatIsWrong) {
  const auto says = [](const std::string& pickle, const std::string& what) {
    EXPECT_THAT(message_for(pickle), HasSubstr(what)) << pickle;
  };
  says("", "p.pkl: 1 bytes are expected at byte 0, but only 0 are there; the file is truncated");
  says("K", "1 bytes are expected at byte 1");
  says("X\xff\xff\xff\xffhi", "4294967295 bytes are expected at byte 5, but only 2 are there");
  says("\x8d\xff\xff\xff\xff\xff\xff\xff\xffhi", "18446744073709551615 bytes are expected");
  says("I12", "a line of text has no end");
  says("I1x\n.", "\"1x\" is not a number that can be read");
  says("L99999999999999999999L\n.", "is not a number that can be read");
  says("F1.5junk\n.", "is not a number that can be read");
  says(".", "takes more from its stack than it holds");
  says(
      "K\x01(0"
      "0"
      "0.",
      "takes more from its stack than it holds");
  says("(a.", "takes more from its stack than it holds");
  says("K\x01(\x85.", "takes more from its stack than it holds");  // not across a mark
  says("t.", "refers to a mark that it did not set");
  says("NN.", "ends with something left on its stack");
  says("N(N.", "ends with something left on its stack");
  says("NNa.", "appends to None");
  says("NNNs.", "sets an item of None");
  says("}(Nu.", "a dict has a key without a value");
  says("(Nd.", "a dict has a key without a value");
  says("NNb.", "sets attributes of None");
  says("]Nb.", "sets attributes of a list");
  says("h\x05.", "the memo has nothing at 5");
  says("Nq\x02h\x01.", "the memo has nothing at 1");
  says(std::string("Nr\xff\xff\xff\xff."), "the memo has no place 4294967295");
  says("NN\x93.", "the name of a Python object is not a text");
  says("N)R.", "calls None; only Python objects known by name are allowed");
  says("cm\nf\n)R)R.", "calls a Python object; only Python objects known by name are allowed");
  says("cm\nf\n]R.", "the arguments of a call are not a tuple");
  says("(o.", "an object of no class");
  says("\x82\x01.", "extension registry");
  says("\x97.", "buffers outside of the file");
  says("\x01.", "0x01 is not a pickle opcode; the file is damaged");
  says("Sab\n.", "a text has no quotes around it");
  says("S'a\\n'\n.", "holds an escape sequence");
  says("V\\u0041\n.", "holds an escape sequence");
}

TEST(Unpickler, RefusesEveryTruncation) {
  const std::string whole = PickleWriter(4)
                                .raw(std::string("\x95\x00\x00\x00\x00\x00\x00\x00\x00", 9))
                                .empty_dict()
                                .mark()
                                .text("key")
                                .global("mod", "f")
                                .integers({1, 1000, 1'000'000'000'000})
                                .reduce()
                                .set_items()
                                .put(1)
                                .stop();
  Loaded loaded(whole);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    message_for(whole.substr(0, length));
  }
}

TEST(Unpickler, DeepNestingIsHarmless) {
  const std::size_t deep = 300'000;
  std::string lists;
  for (std::size_t i = 0; i < deep; ++i) lists += "]\x94";
  EXPECT_EQ(repr(Loaded(lists + std::string(deep - 1, 'a') + ".").value, 3), "[[[...]]]");
  std::string tuples = ")";
  for (std::size_t i = 0; i < deep; ++i) tuples += "\x85\x94";
  EXPECT_EQ(repr(Loaded(tuples + ".").value, 3), "(((...)))");
  EXPECT_THAT(message_for(std::string(deep, '(') + "."), HasSubstr("more from its stack"));
}

// Each byte makes an object or none; Python's own pickles need more.
TEST(Unpickler, RefusesPicklesThatAreAllObjects) {
  EXPECT_THAT(message_for(std::string(10'000, ']')),
              HasSubstr("makes more objects than a file of its size can need"));
}

// Any change of some bytes ends in a value or in an error.
TEST(Unpickler, SurvivesDamage) {
  const std::string whole = PickleWriter()
                                .ordered_dict()
                                .mark()
                                .text("weight")
                                .global("torch._utils", "_rebuild_tensor_v2")
                                .mark()
                                .text("storage")
                                .put(0)
                                .integers({2, 300})
                                .get(0)
                                .persistent()
                                .tuple()
                                .reduce()
                                .set_items()
                                .stop();
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = whole;
    for (int i = 0; i <= round % 4; ++i) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    try {
      repr(Loaded(damaged).value);
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kModel);
      ++refused;
    }
  }
  EXPECT_GT(refused, 10'000);
}

TEST(Unpickler, KindsHaveNames) {
  EXPECT_EQ(kind_name(Kind::kList), "a list");
  EXPECT_EQ(kind_name(Kind::kPersistent), "a reference to stored data");
}

}  // namespace
}  // namespace fool::pickle
