// Numbers and genomes as text for a search's state, bit for bit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fool/core/json.h"
#include "fool/encoding/encoding.h"

namespace fool {

std::string pack_floats(const std::vector<float>& values);

// Throws Error(kData), beginning with `what`, unless the text holds `size` numbers.
std::vector<float> unpack_floats(const Json& text, std::size_t size, std::string_view what);

Json save_genome(const Genome& genome, const Encoding& encoding);
GenomePtr load_genome(const Json& json, const Encoding& encoding);  // throws Error(kData)

}  // namespace fool
