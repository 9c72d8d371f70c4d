#include "classify/settings_of_card.h"

#include "fool/core/error.h"

namespace fool {

Json settings_of_card(const ModelSpec& spec, const ParameterTable& parameters) {
  try {
    return parameters.resolve(spec.options, "options");
  } catch (const Error& e) {
    fail(ErrorKind::kModel, "{}: {}", spec.card.string(), e.what());
  }
}

}  // namespace fool
