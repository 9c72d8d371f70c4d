// What a backend says of itself, from the card that it was opened with.
#pragma once

#include <string>

#include "fool/classify/classifier.h"

namespace fool {

// `library`: name and version of what computes, for the fingerprint.
ClassifierInfo make_classifier_info(const ModelSpec& spec, const std::string& backend,
                                    const std::string& library);

}  // namespace fool
