// A view of consecutive values that somebody else owns.
#pragma once

#include <gsl/span>

namespace fool {

template <typename T>
using Span = gsl::span<T>;

}  // namespace fool
