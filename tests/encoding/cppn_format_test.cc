#include "encoding/cppn_format.h"

#include <gmock/gmock.h>

#include "encoding/cppn.h"
#include "encoding/genomes.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using testing::HasSubstr;

CppnGraph graph_of_seed(std::uint64_t seed, int mutations) {
  const auto encoding = make_encoding("cppn", {28, 28, 3});
  return dynamic_cast<const CppnGenome&>(*descendant(*encoding, seed, mutations)).graph;
}

CppnGraph small() {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations = {Activation::kSigmoid, Activation::kGaussian};
  graph.edges = {{0, 5, 0.1F}, {5, 4, -10.0F}};
  return graph;
}

TEST(CppnFormat, JsonIsReadable) {
  EXPECT_EQ(
      graph_to_json(small()).dump(),
      R"({"nodes":[{"id":0,"type":"input","activation":"none"},{"id":1,"type":"input","activation":"none"},)"
      R"({"id":2,"type":"input","activation":"none"},{"id":3,"type":"input","activation":"none"},)"
      R"({"id":4,"type":"output","activation":"sigmoid"},{"id":5,"type":"hidden","activation":"gaussian"}],)"
      R"("edges":[{"from":0,"to":5,"weight":0.1},{"from":5,"to":4,"weight":-10.0}]})");
}

TEST(CppnFormat, GraphsComeBackBitForBit) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const CppnGraph graph = graph_of_seed(seed, static_cast<int>(seed));
    EXPECT_EQ(decode_graph(encode_graph(graph)), graph);
    EXPECT_EQ(graph_from_json(Json::parse(graph_to_json(graph).dump())), graph);
  }
}

TEST(CppnFormat, BytesAreFixed) {
  EXPECT_EQ(encode_graph(small()), std::string("CPPN\1\0\0\0\2\0\0\0\2\0\0\0\1\2"
                                               "\0\0\0\0\5\0\0\0\xcd\xcc\xcc\x3d"
                                               "\5\0\0\0\4\0\0\0\0\0\x20\xc1",
                                               42));
}

std::string error_of_json(const Json& json) {
  try {
    graph_from_json(json);
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kData);
    return e.what();
  }
  return "";
}

// The error when one place of a good genome is changed.
std::string error_with(const char* pointer, const Json& value) {
  Json json = graph_to_json(small());
  json[Json::json_pointer(pointer)] = value;
  return error_of_json(json);
}

TEST(CppnFormat, NamesWhatIsWrongInJson) {
  EXPECT_THAT(error_of_json(Json::array()), HasSubstr("expected an object, found array"));
  EXPECT_THAT(error_with("/nodes", 5), HasSubstr("there is no list \"nodes\""));
  EXPECT_THAT(error_with("/edges", nullptr), HasSubstr("there is no list \"edges\""));
  EXPECT_THAT(error_with("/nodes", Json(std::vector<int>(70000))),
              HasSubstr("70000 nodes are beyond the limit"));
  EXPECT_THAT(error_with("/nodes", Json::array()),
              HasSubstr("there are 0 nodes, expected at least the 4 inputs"));
  EXPECT_THAT(error_with("/nodes/4", 1), HasSubstr("nodes[4] is not an object"));
  EXPECT_THAT(error_with("/nodes/4", Json::object()), HasSubstr("nodes[4] has no \"type\""));
  EXPECT_THAT(error_with("/nodes/4/type", 1), HasSubstr("nodes[4].type is not a text"));
  EXPECT_THAT(error_with("/nodes/5/id", 6),
              HasSubstr("nodes[5] is hidden 6; expected ids in order"));
  EXPECT_THAT(error_with("/nodes/5/id", 0.5),
              HasSubstr("nodes[5].id is 0.5, expected the number of a node"));
  EXPECT_THAT(error_with("/nodes/5/id", -1), HasSubstr("expected the number of a node"));
  EXPECT_THAT(error_with("/nodes/5/type", "input"),
              HasSubstr("nodes[5] is input 5; expected ids in order"));
  EXPECT_THAT(error_with("/nodes/5/activation", "cosine"),
              HasSubstr("the unknown activation \"cosine\""));
  EXPECT_THAT(error_with("/nodes/0/activation", "sine"),
              HasSubstr("nodes[0] is an input and has activation sine"));
  EXPECT_THAT(error_with("/edges/1", "x"), HasSubstr("edges[1] is not an object"));
  EXPECT_THAT(error_with("/edges/1/from", 1ULL << 40), HasSubstr("edges[1].from is 1099511627776"));
  EXPECT_THAT(error_with("/edges/1/weight", "x"),
              HasSubstr("edges[1].weight is \"x\", expected a number"));
  EXPECT_THAT(error_with("/edges/1/weight", 1e300),
              HasSubstr("expected a number of moderate size"));
}

std::string error_of_bytes(const std::string& bytes) {
  try {
    decode_graph(bytes);
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kData);
    return e.what();
  }
  return "";
}

TEST(CppnFormat, NamesWhatIsWrongInBytes) {
  const std::string good = encode_graph(small());
  const auto with = [&](std::size_t at, char c) {
    std::string bytes = good;
    bytes[at] = c;
    return error_of_bytes(bytes);
  };
  EXPECT_THAT(error_of_bytes(""), HasSubstr("0 bytes that do not begin as a genome does"));
  EXPECT_THAT(with(0, 'X'), HasSubstr("do not begin as a genome does"));
  EXPECT_THAT(error_of_bytes(good.substr(0, 41)),
              HasSubstr("41 bytes cannot hold 1 outputs, 2 nodes and 2 edges"));
  EXPECT_THAT(error_of_bytes(good + "x"), HasSubstr("43 bytes cannot hold"));
  EXPECT_THAT(with(4, 3), HasSubstr("cannot hold 3 outputs, 2 nodes"));
  EXPECT_THAT(with(11, '\x7f'), HasSubstr("cannot hold"));
  EXPECT_THAT(with(16, 6), HasSubstr("node 4 has the unknown activation 6"));
  EXPECT_THAT(with(21, '\x7f'), HasSubstr("names a node that does not exist"));
}

}  // namespace
}  // namespace fool
