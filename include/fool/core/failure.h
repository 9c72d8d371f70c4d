// How work ends that does not come to its end: interrupted, or by whatever exception.
#pragma once

#include "fool/core/error.h"

namespace fool {

// Thrown by long work that was asked to stop; nothing is wrong.
struct Interrupted {};

// The exception being handled as an Error; not for Interrupted. To be called in a catch block.
Error current_error();

}  // namespace fool
