// From the genome that a caller hands over to the one that an encoding made.
#pragma once

#include "fool/core/error.h"
#include "fool/encoding/encoding.h"

namespace fool {

template <typename T>
const T& genome_cast(const Genome& genome, std::string_view encoding) {
  const auto* own = dynamic_cast<const T*>(&genome);
  if (own == nullptr) {
    fail(ErrorKind::kInternal,
         "the {} encoding was given a genome of another encoding or gene type", encoding);
  }
  return *own;
}

}  // namespace fool
