// The outermost fields of a protocol-buffer message: enough to tell formats apart that have no
// magic number.
#pragma once

#include <map>
#include <optional>
#include <string_view>

namespace fool {

struct FieldCounts {
  int varints = 0;
  int messages = 0;  // texts, bytes and nested messages
};

// How often each field occurs, by number; nothing if the bytes are not one whole message.
std::optional<std::map<int, FieldCounts>> scan_protobuf(std::string_view bytes);

}  // namespace fool
