// An encoding so simple that a test can say what it will do: a genome is one number, the image is
// filled with it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "fool/core/error.h"
#include "fool/encoding/encoding.h"

namespace fool::fakes {

struct NumberGenome : Genome {
  explicit NumberGenome(std::uint64_t v) : value(v) {}
  std::uint64_t value;
};

// random(): a number drawn from the address. vary(): the sum of the parents' numbers plus a drawn
// digit.
class CountingEncoding : public Encoding {
 public:
  explicit CountingEncoding(ImageShape shape = {2, 2, 1}, int parents = 1)
      : shape_(shape), parents_(parents) {}

  static std::uint64_t value(const Genome& genome) {
    return static_cast<const NumberGenome&>(genome).value;
  }

  std::string_view name() const override { return "counting"; }
  const ImageShape& shape() const override { return shape_; }
  int parents() const override { return parents_; }
  GenomePtr random(const ItemAddress& address) const override {
    RngStream rng = address.stream("counting.random");
    return std::make_shared<NumberGenome>(rng.next_u32());
  }
  GenomePtr vary(Span<const GenomePtr> parents, const ItemAddress& address) const override {
    std::uint64_t sum = 0;
    for (const GenomePtr& parent : parents) sum += value(*parent);
    RngStream rng = address.stream("counting.vary");
    return std::make_shared<NumberGenome>(sum + rng.uniform_int(10));
  }
  void render(const Genome& genome, ImageView out) const override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out.data[i] = static_cast<std::uint8_t>(value(genome) >> (8 * (i % 8)));
    }
  }
  void render_at(const Genome& genome, ImageView out) const override { render(genome, out); }
  Json to_json(const Genome& genome) const override { return {{"value", value(genome)}}; }
  GenomePtr from_json(const Json& json) const override {
    return std::make_shared<NumberGenome>(json.at("value").get<std::uint64_t>());
  }
  std::string encode(const Genome& genome) const override { return std::to_string(value(genome)); }
  GenomePtr decode(std::string_view bytes) const override {
    return std::make_shared<NumberGenome>(std::stoull(std::string(bytes)));
  }

 private:
  ImageShape shape_;
  int parents_;
};

}  // namespace fool::fakes
