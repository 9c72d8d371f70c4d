// Orders of channels by the names that cards have for them.
#pragma once

#include "fool/model/input_spec.h"

namespace fool {

inline const char* card_name(ChannelOrder order) {
  switch (order) {
    case ChannelOrder::kGray:
      return "GRAY";
    case ChannelOrder::kRgb:
      return "RGB";
    case ChannelOrder::kBgr:
      break;
  }
  return "BGR";
}

}  // namespace fool
