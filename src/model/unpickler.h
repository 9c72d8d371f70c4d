// Reads Python pickles as inert data. Nothing that a pickle asks for is done: a call stays a record
// of what would be called with what, and a global is a name that the caller must have allowed.
// Memory is bounded by a small multiple of the bytes read, time is linear in them.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fool::pickle {

enum class Kind : std::uint8_t {
  kNone,
  kBool,
  kInteger,
  kReal,
  kBigInteger,  // more than 64 bits: its bytes, little-endian two's complement
  kText,
  kBytes,
  kList,
  kTuple,
  kSet,
  kDict,
  kGlobal,
  kCall,
  kPersistent,
};

struct Object;

// One Python object. Texts and bytes lie in the pickle, the rest in the Unpickler: both must
// outlive the value. Objects may hold one another in cycles.
struct Value {
  Kind kind = Kind::kNone;
  std::uint32_t length = 0;  // of kBigInteger, kText and kBytes
  union {
    std::int64_t integer = 0;  // kInteger; 0 or 1 for kBool
    double real;
    const char* data;
    Object* object;  // of kList and all kinds after it
  };

  bool is(Kind other) const { return kind == other; }
  std::string_view text() const { return {data, length}; }
};

struct Object {
  Value first;               // kGlobal: module; kCall: the global; kPersistent: the id
  Value second;              // kGlobal: name; kCall: the arguments, a tuple
  std::vector<Value> items;  // lists, tuples, sets; kDict: key, value, key, value, ...; kCall: what
                             // was put into its result as into a dict
};

// A kind as messages name it, such as "a list".
std::string_view kind_name(Kind kind);

// Throws to refuse a global. `outermost`: it is the first object in the pickle, so that it makes
// the pickle's result.
using CheckGlobal =
    std::function<void(std::string_view module, std::string_view name, bool outermost)>;

// A stream of pickles, perhaps with raw bytes in between. All messages begin with `where`.
class Unpickler {
 public:
  Unpickler(std::string_view bytes, std::string where, CheckGlobal check);

  Value load();                               // the next pickle; throws Error(kModel)
  std::string_view take(std::uint64_t size);  // the next raw bytes; throws Error(kModel)
  std::size_t position() const { return position_; }

  // All objects that load() has made so far.
  const std::deque<Object>& objects() const { return objects_; }
  // The persistent ids met so far, as values of kPersistent.
  const std::vector<Value>& persistent() const { return persistent_; }

 private:
  class Machine;

  std::string_view bytes_;
  std::string where_;
  CheckGlobal check_;
  std::size_t position_ = 0;
  std::deque<Object> objects_;
  std::vector<Value> persistent_;
};

}  // namespace fool::pickle
