#include "model/unpickler.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "fool/core/error.h"
#include "model/printable.h"

// Opcodes and their meaning: Python's Lib/pickletools.py, protocols 0 to 5.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied from the file");

namespace fool::pickle {
namespace {

Value integer(std::int64_t number) {
  Value value;
  value.kind = Kind::kInteger;
  value.integer = number;
  return value;
}

Value boolean(bool truth) {
  Value value;
  value.kind = Kind::kBool;
  value.integer = truth ? 1 : 0;
  return value;
}

Value real(double number) {
  Value value;
  value.kind = Kind::kReal;
  value.real = number;
  return value;
}

}  // namespace

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kNone:
      return "None";
    case Kind::kBool:
      return "a truth value";
    case Kind::kInteger:
    case Kind::kReal:
    case Kind::kBigInteger:
      return "a number";
    case Kind::kText:
      return "a text";
    case Kind::kBytes:
      return "bytes";
    case Kind::kList:
      return "a list";
    case Kind::kTuple:
      return "a tuple";
    case Kind::kSet:
      return "a set";
    case Kind::kDict:
      return "a dict";
    case Kind::kGlobal:
      return "the name of a Python object";
    case Kind::kCall:
      return "a Python object";
    case Kind::kPersistent:
      break;
  }
  return "a reference to stored data";
}

// The stack machine of one pickle.
class Unpickler::Machine {
 public:
  explicit Machine(Unpickler& owner)
      : owner_(owner), begin_(owner.position_), objects_before_(owner.objects_.size()) {}

  Value run() {
    for (;;) {
      start_ = owner_.position_;
      opcode_ = number<std::uint8_t>();
      if (opcode_ == '.') break;
      if (!simple_value() && !text_value() && !container() && !memo()) object();
    }
    const Value result = pop();
    if (!stack_.empty() || !marks_.empty()) bad("the pickle ends with something left on its stack");
    return result;
  }

 private:
  template <typename... Args>
  [[noreturn]] void bad(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorKind::kModel, "{}: byte {}: {}", owner_.where_, start_,
         fmt::format(format, std::forward<Args>(args)...));
  }

  // -- reading --

  std::string_view take(std::uint64_t size) { return owner_.take(size); }

  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }

  std::string_view line() {
    const std::string_view rest = owner_.bytes_.substr(owner_.position_);
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) bad("a line of text has no end");
    take(end + 1);
    return rest.substr(0, end);
  }

  template <typename T>
  T parsed(std::string_view text) const {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      bad("\"{}\" is not a number that can be read", printable(text));
    }
    return value;
  }

  // -- the stack --

  // Nothing is popped from below the last mark.
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  Value pop() {
    if (stack_.size() <= floor()) bad("the pickle takes more from its stack than it holds");
    const Value value = stack_.back();
    stack_.pop_back();
    return value;
  }

  Value& top() {
    if (stack_.size() <= floor()) bad("the pickle takes more from its stack than it holds");
    return stack_.back();
  }

  void push(const Value& value) { stack_.push_back(value); }

  void push_bytes(Kind kind, std::string_view bytes) {
    if (bytes.size() > UINT32_MAX) bad("a text of {} bytes is too long", bytes.size());
    Value value;
    value.kind = kind;
    value.length = static_cast<std::uint32_t>(bytes.size());
    value.data = bytes.data();
    push(value);
  }

  // What was pushed since the last mark, which goes too.
  std::vector<Value> pop_to_mark() {
    if (marks_.empty()) bad("the pickle refers to a mark that it did not set");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Value> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
  }

  // A pickle that Python wrote has two opcodes or more for an object; one made to fill memory may
  // have fewer.
  Object& make(Kind kind) {
    if (owner_.objects_.size() > 1024 + owner_.position_ / 2) {
      bad("the pickle makes more objects than a file of its size can need");
    }
    Object& object = owner_.objects_.emplace_back();
    Value value;
    value.kind = kind;
    value.object = &object;
    push(value);
    return object;
  }

  void make_tuple(std::size_t size) {
    std::vector<Value> items(size);
    for (std::size_t i = size; i-- > 0;) items[i] = pop();
    make(Kind::kTuple).items = std::move(items);
  }

  // -- opcodes, by group; each function tells whether the opcode was one of its own --

  bool simple_value() {
    switch (opcode_) {
      case 0x80:  // PROTO
        if (const auto protocol = number<std::uint8_t>(); protocol > 5) {
          bad("pickle protocol {} is not known; protocols 0 to 5 are", protocol);
        }
        return true;
      case 0x95:  // FRAME: its length is of no use when all is in memory
        take(8);
        return true;
      case 'N':
        push({});
        return true;
      case 0x88:  // NEWTRUE
      case 0x89:  // NEWFALSE
        push(boolean(opcode_ == 0x88));
        return true;
      case 'J':
        push(integer(number<std::int32_t>()));
        return true;
      case 'K':
        push(integer(number<std::uint8_t>()));
        return true;
      case 'M':
        push(integer(number<std::uint16_t>()));
        return true;
      case 0x8a:  // LONG1
        push_long(take(number<std::uint8_t>()));
        return true;
      case 0x8b:  // LONG4
        push_long(take(number<std::uint32_t>()));
        return true;
      case 'G': {
        std::string bytes(take(8));
        std::reverse(bytes.begin(), bytes.end());
        double value = 0;
        std::memcpy(&value, bytes.data(), sizeof(value));
        push(real(value));
        return true;
      }
      case 'I': {
        const std::string_view text = line();
        const bool truth = text == "00" || text == "01";
        push(truth ? boolean(text == "01") : integer(parsed<std::int64_t>(text)));
        return true;
      }
      case 'L': {
        std::string_view text = line();
        if (!text.empty() && text.back() == 'L') text.remove_suffix(1);
        push(integer(parsed<std::int64_t>(text)));
        return true;
      }
      case 'F':
        push(real(parsed<double>(line())));
        return true;
      default:
        return false;
    }
  }

  void push_long(std::string_view bytes) {
    if (bytes.size() > sizeof(std::int64_t)) return push_bytes(Kind::kBigInteger, bytes);
    const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
    std::int64_t value = negative ? -1 : 0;
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
    push(integer(value));
  }

  bool text_value() {
    switch (opcode_) {
      case 'X':  // BINUNICODE
      case 'T':  // BINSTRING: a text of Python 2
        push_bytes(Kind::kText, take(number<std::uint32_t>()));
        return true;
      case 0x8c:  // SHORT_BINUNICODE
      case 'U':   // SHORT_BINSTRING
        push_bytes(Kind::kText, take(number<std::uint8_t>()));
        return true;
      case 0x8d:  // BINUNICODE8
        push_bytes(Kind::kText, take(number<std::uint64_t>()));
        return true;
      case 'B':
        push_bytes(Kind::kBytes, take(number<std::uint32_t>()));
        return true;
      case 'C':
        push_bytes(Kind::kBytes, take(number<std::uint8_t>()));
        return true;
      case 0x8e:  // BINBYTES8
      case 0x96:  // BYTEARRAY8
        push_bytes(Kind::kBytes, take(number<std::uint64_t>()));
        return true;
      case 'V':
        push_bytes(Kind::kText, without_escapes(line()));
        return true;
      case 'S': {
        const std::string_view text = line();
        if (text.size() < 2 || text.front() != text.back()) bad("a text has no quotes around it");
        push_bytes(Kind::kText, without_escapes(text.substr(1, text.size() - 2)));
        return true;
      }
      default:
        return false;
    }
  }

  std::string_view without_escapes(std::string_view text) const {
    if (text.find('\\') != std::string_view::npos) {
      bad("a text of pickle protocol 0 holds an escape sequence, which is not supported; save the "
          "file with protocol 2");
    }
    return text;
  }

  bool container() {
    switch (opcode_) {
      case '(':
        marks_.push_back(stack_.size());
        return true;
      case '0':  // POP
        if (stack_.size() > floor() || marks_.empty()) {
          pop();
        } else {
          marks_.pop_back();
        }
        return true;
      case '1':
        pop_to_mark();
        return true;
      case '2':
        push(Value(top()));
        return true;
      case ')':
        make_empty_tuple();
        return true;
      case 't':
        make_from_mark(Kind::kTuple);
        return true;
      case 0x85:  // TUPLE1
      case 0x86:
      case 0x87:
        make_tuple(opcode_ - 0x84U);
        return true;
      case ']':
        make(Kind::kList);
        return true;
      case 'l':
        make_from_mark(Kind::kList);
        return true;
      case 'a':
        append({pop()});
        return true;
      case 'e':
      case 0x90:  // ADDITEMS
        append(pop_to_mark());
        return true;
      case '}':
        make(Kind::kDict);
        return true;
      case 'd':
        make_from_mark(Kind::kDict);
        check_pairs(top().object->items);
        return true;
      case 's': {
        const Value value = pop();
        set_items({pop(), value});
        return true;
      }
      case 'u':
        set_items(pop_to_mark());
        return true;
      case 0x8f:  // EMPTY_SET
        make(Kind::kSet);
        return true;
      case 0x91:  // FROZENSET
        make_from_mark(Kind::kSet);
        return true;
      default:
        return false;
    }
  }

  void make_from_mark(Kind kind) {
    std::vector<Value> items = pop_to_mark();
    make(kind).items = std::move(items);
  }

  // One for the whole pickle: Python writes none of them into its memo.
  void make_empty_tuple() {
    if (!empty_tuple_.is(Kind::kTuple)) {
      make(Kind::kTuple);
      empty_tuple_ = pop();
    }
    push(empty_tuple_);
  }

  void append(const std::vector<Value>& items) {
    const Value& target = top();
    if (target.is(Kind::kCall)) return;  // an object that is of no interest
    if (!target.is(Kind::kList) && !target.is(Kind::kSet)) {
      bad("the pickle appends to {}", kind_name(target.kind));
    }
    std::vector<Value>& list = target.object->items;
    list.insert(list.end(), items.begin(), items.end());
  }

  void set_items(const std::vector<Value>& pairs) {
    check_pairs(pairs);
    const Value& target = top();
    if (!target.is(Kind::kDict) && !target.is(Kind::kCall)) {
      bad("the pickle sets an item of {}", kind_name(target.kind));
    }
    std::vector<Value>& items = target.object->items;
    items.insert(items.end(), pairs.begin(), pairs.end());
  }

  void check_pairs(const std::vector<Value>& items) const {
    if (items.size() % 2 != 0) bad("a dict has a key without a value");
  }

  bool memo() {
    switch (opcode_) {
      case 'p':
        put(parsed<std::uint64_t>(line()));
        return true;
      case 'q':
        put(number<std::uint8_t>());
        return true;
      case 'r':
        put(number<std::uint32_t>());
        return true;
      case 0x94:  // MEMOIZE
        put(memo_.size());
        return true;
      case 'g':
        get(parsed<std::uint64_t>(line()));
        return true;
      case 'h':
        get(number<std::uint8_t>());
        return true;
      case 'j':
        get(number<std::uint32_t>());
        return true;
      default:
        return false;
    }
  }

  // Picklers number the memo from 0 upwards; an index beyond the bytes read so far is none of
  // theirs.
  void put(std::uint64_t index) {
    if (index > 1024 + owner_.position_ - begin_) bad("the memo has no place {}", index);
    if (index >= memo_.size()) memo_.resize(index + 1);
    memo_[index] = {top(), true};
  }

  void get(std::uint64_t index) {
    if (index >= memo_.size() || !memo_[index].filled) bad("the memo has nothing at {}", index);
    push(memo_[index].value);
  }

  void object() {
    switch (opcode_) {
      case 'c': {
        const std::string_view module = line();
        make_global(module, line());
        break;
      }
      case 0x93: {  // STACK_GLOBAL
        const Value name = pop();
        const Value module = pop();
        if (!name.is(Kind::kText) || !module.is(Kind::kText)) {
          bad("the name of a Python object is not a text");
        }
        make_global(module.text(), name.text());
        break;
      }
      case 'i': {  // INST
        const std::string_view module = line();
        const std::string_view name = line();
        make_from_mark(Kind::kTuple);
        make_global(module, name);
        std::swap(stack_.back(), stack_[stack_.size() - 2]);
        make_call();
        break;
      }
      case 'o': {  // OBJ
        std::vector<Value> items = pop_to_mark();
        if (items.empty()) bad("the pickle makes an object of no class");
        push(items.front());
        items.erase(items.begin());
        make(Kind::kTuple).items = std::move(items);
        make_call();
        break;
      }
      case 'R':
      case 0x81:  // NEWOBJ
        make_call();
        break;
      case 0x92:  // NEWOBJ_EX: arguments by name
        pop();
        make_call();
        break;
      case 'b': {  // BUILD: attributes, which hold nothing of interest
        pop();
        const Kind target = top().kind;
        if (target != Kind::kCall && target != Kind::kDict) {
          bad("the pickle sets attributes of {}", kind_name(target));
        }
        break;
      }
      case 'P':
        push_bytes(Kind::kText, line());
        make_persistent();
        break;
      case 'Q':
        make_persistent();
        break;
      case 0x82:  // EXT1
      case 0x83:
      case 0x84:
        bad("the pickle uses Python's extension registry, which weights do not need");
      case 0x97:  // NEXT_BUFFER
      case 0x98:  // READONLY_BUFFER
        bad("the pickle keeps data in buffers outside of the file");
      default:
        bad("0x{:02x} is not a pickle opcode; the file is damaged", opcode_);
    }
  }

  void make_global(std::string_view module, std::string_view name) {
    owner_.check_(module, name, owner_.objects_.size() == objects_before_);
    push_bytes(Kind::kText, module);
    push_bytes(Kind::kText, name);
    const Value second = pop();
    const Value first = pop();
    Object& object = make(Kind::kGlobal);
    object.first = first;
    object.second = second;
  }

  void make_call() {
    const Value arguments = pop();
    const Value callable = pop();
    if (!callable.is(Kind::kGlobal)) {
      bad("the pickle calls {}; only Python objects known by name are allowed",
          kind_name(callable.kind));
    }
    if (!arguments.is(Kind::kTuple)) bad("the arguments of a call are not a tuple");
    Object& object = make(Kind::kCall);
    object.first = callable;
    object.second = arguments;
  }

  void make_persistent() {
    const Value id = pop();
    make(Kind::kPersistent).first = id;
    owner_.persistent_.push_back(top());
  }

  struct MemoEntry {
    Value value;
    bool filled = false;
  };

  Unpickler& owner_;
  const std::size_t begin_;  // of the pickle
  const std::size_t objects_before_;
  std::size_t start_ = 0;  // of the current opcode
  unsigned opcode_ = 0;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;
  std::vector<MemoEntry> memo_;
  Value empty_tuple_;
};

Unpickler::Unpickler(std::string_view bytes, std::string where, CheckGlobal check)
    : bytes_(bytes), where_(std::move(where)), check_(std::move(check)) {}

Value Unpickler::load() { return Machine(*this).run(); }

std::string_view Unpickler::take(std::uint64_t size) {
  if (size > bytes_.size() - position_) {
    fail(ErrorKind::kModel,
         "{}: {} bytes are expected at byte {}, but only {} are there; the file is truncated or "
         "damaged",
         where_, size, position_, bytes_.size() - position_);
  }
  const std::string_view taken = bytes_.substr(position_, size);
  position_ += size;
  return taken;
}

}  // namespace fool::pickle
