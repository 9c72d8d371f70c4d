#include "cuda/cppn_packer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "encoding/cppn.h"
#include "encoding/genomes.h"
#include "render/grown_cppn.h"

namespace fool::cuda {
namespace {

const Json kAllActivations = {
    {"activations", {"sine", "sigmoid", "gaussian", "linear", "tanh", "relu"}}};

float weight(std::uint32_t bits) {
  float x = 0;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

// What the kernel does, for one pixel: the values of the outputs.
std::vector<float> run(const PackedCppns& packed, std::size_t i, std::size_t outputs, float x,
                       float y, float d) {
  const CppnImage& image = packed.images[i];
  std::vector<float> slots(static_cast<std::size_t>(packed.slots[i]), 1e30F);
  const float inputs[CppnGraph::kInputs] = {x, y, d, CppnCoordinates::kBias};
  std::copy(std::begin(inputs), std::end(inputs), slots.begin());
  std::size_t at = image.first_word;
  for (std::uint32_t n = 0; n < image.nodes; ++n) {
    const Word header = packed.words.at(at++);
    float sum = 0.0F;
    for (std::uint32_t pair = 0; pair < header.at[2]; ++pair) {
      const Word edges = packed.words.at(at++);
      sum = sum + weight(edges.at[1]) * slots.at(edges.at[0]);
      sum = sum + weight(edges.at[3]) * slots.at(edges.at[2]);
    }
    slots.at(header.at[1]) = activate(static_cast<Activation>(header.at[0]), sum);
  }
  std::vector<float> result;
  for (std::size_t o = 0; o < outputs; ++o) result.push_back(slots.at(image.outputs[o]));
  return result;
}

void expect_same_values(const CppnEncoding& encoding, const std::vector<GenomePtr>& genomes) {
  PackedCppns packed;
  CppnPacker packer;
  int index = 0;
  for (const GenomePtr& genome : genomes) packer.add(encoding.compile(*genome), index++, &packed);
  CppnPacker::finish(&packed);
  ASSERT_EQ(packed.images.size(), genomes.size());
  const ImageShape& shape = encoding.shape();
  const CppnCoordinates at = encoding.coordinates(shape.height, shape.width);
  for (std::size_t i = 0; i < genomes.size(); ++i) {
    EXPECT_EQ(packed.images[i].index, i);
    const CppnProgram program = encoding.compile(*genomes[i]);
    for (int row = 0; row < shape.height; ++row) {
      for (int column = 0; column < shape.width; ++column) {
        std::vector<float> values(program.values());
        values[0] = at.x(column);
        values[1] = at.y(row);
        values[2] = at.d(row, column);
        values[3] = CppnCoordinates::kBias;
        evaluate(program, values.data());
        const std::vector<float> found =
            run(packed, i, program.outputs.size(), values[0], values[1], values[2]);
        for (std::size_t o = 0; o < program.outputs.size(); ++o) {
          ASSERT_EQ(found[o], values[static_cast<std::size_t>(program.outputs[o])])
              << "genome " << i << ", row " << row << ", column " << column << ", output " << o;
        }
      }
    }
  }
}

TEST(CppnPacker, KeepsEveryValue) {
  for (const char* preset : {"paper", "released-code"}) {
    for (const int channels : {1, 3}) {
      Json settings = kAllActivations;
      settings["preset"] = preset;
      const auto encoding = make_encoding("cppn", {5, 7, channels}, settings);
      std::vector<GenomePtr> genomes;
      for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        genomes.push_back(descendant(*encoding, seed, static_cast<int>(seed) % 90));
      }
      expect_same_values(dynamic_cast<const CppnEncoding&>(*encoding), genomes);
    }
  }
}

TEST(CppnPacker, UsesPlacesAgain) {
  const auto encoding = make_encoding("cppn", {3, 4, 3});
  const auto& cppn = dynamic_cast<const CppnEncoding&>(*encoding);
  const std::vector<GenomePtr> genomes = {grown_cppn(cppn, 1, 60)};
  expect_same_values(cppn, genomes);
  PackedCppns packed;
  CppnPacker().add(cppn.compile(*genomes[0]), 0, &packed);
  EXPECT_LT(packed.slots[0], 40);
}

TEST(CppnPacker, OddGraphsKeepTheirValues) {
  const auto encoding = make_encoding("cppn", {3, 4, 3});
  std::vector<GenomePtr> genomes;
  const auto add = [&](std::vector<CppnEdge> edges, int hidden) {
    CppnGraph graph;
    graph.outputs = 3;
    graph.activations.assign(static_cast<std::size_t>(3 + hidden), Activation::kGaussian);
    graph.edges = std::move(edges);
    check_graph(graph, 3, 10);
    genomes.push_back(std::make_shared<CppnGenome>(graph));
  };
  add({}, 0);                                                        // no edge at all
  add({{3, 4, 0.7F}, {3, 5, 0.9F}, {3, 6, 0.5F}}, 0);                // the bias alone
  add({{3, 7, 0.7F}, {7, 4, 0.9F}, {7, 5, 0.5F}, {0, 6, 2.0F}}, 1);  // a hidden constant
  add({{0, 4, 0.7F}, {0, 4, 0.9F}, {0, 4, 0.5F}}, 0);                // edges in parallel
  add({{7, 4, 0.7F}, {7, 4, -0.2F}, {1, 4, 0.5F}, {0, 5, 1.0F}, {2, 7, 1.0F}}, 1);
  expect_same_values(dynamic_cast<const CppnEncoding&>(*encoding), genomes);
}

// Constants are computed before the device sees them.
TEST(CppnPacker, NodesWithoutCoordinatesAreLeftOut) {
  const auto encoding = make_encoding("cppn", {3, 4, 1});
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations.assign(3, Activation::kSine);
  graph.edges = {{3, 5, 1.0F}, {5, 6, 2.0F}, {6, 4, 1.5F}, {0, 4, 1.0F}};
  PackedCppns packed;
  CppnPacker().add(compile_cppn(graph), 0, &packed);
  EXPECT_EQ(packed.images[0].nodes, 1U);
}

}  // namespace
}  // namespace fool::cuda
