// Encodings and genomes for tests and benchmarks.
#pragma once

#include <memory>
#include <string>

#include "fool/encoding/encoding.h"

namespace fool {

inline std::unique_ptr<Encoding> make_encoding(const std::string& type, const ImageShape& shape,
                                               Json settings = Json::object()) {
  settings["type"] = type;
  const EncodingRegistry& registry = EncodingRegistry::instance();
  return registry.make(registry.resolve(settings, "encoding"), shape);
}

// The end of a line of descent of `mutations` children without selection; a random genome for 0.
inline GenomePtr descendant(const Encoding& encoding, std::uint64_t seed, int mutations) {
  GenomePtr genome = encoding.random({seed, 0, 0});
  for (int g = 1; g <= mutations; ++g) {
    const GenomePtr parents[2] = {genome, genome};
    genome = encoding.vary({parents, static_cast<std::size_t>(encoding.parents())},
                           {seed, static_cast<std::uint32_t>(g), 0});
  }
  return genome;
}

// A number that changes with any bit of the genomes of some lines of descent or of their pictures.
inline std::uint64_t fingerprint(const Encoding& encoding) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&](unsigned char byte) { hash = (hash ^ byte) * 1099511628211ULL; };
  ImageBatch image(1, encoding.shape());
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const GenomePtr genome = descendant(encoding, seed, static_cast<int>(seed));
    for (const char byte : encoding.encode(*genome)) add(static_cast<unsigned char>(byte));
    encoding.render(*genome, image[0]);
    for (const std::uint8_t byte : image.bytes()) add(byte);
  }
  return hash;
}

}  // namespace fool
