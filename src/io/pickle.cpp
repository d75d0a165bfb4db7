#include "io/pickle.h"

#include <bit>
#include <map>
#include <set>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {
namespace {

using Kind = PickleNode::Kind;

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& source, const std::function<bool(const std::string&)>& is_known)
      : bytes_(bytes),
        source_(source),
        is_known_(is_known),
        foreign_(fmt::format("'{}' holds objects that are not tensors; nothing of them was run. Save the state_dict "
                             "alone, or convert it to safetensors where its program is installed",
                             source)) {}

  Pickle read() {
    while (at_ < bytes_.size()) {
      opcode_at_ = at_;
      const auto opcode = static_cast<unsigned char>(number(1));
      if (opcode == '.') {
        foreign_.raise();
        result_.root = pop();
        return std::move(result_);
      }
      if (!read_value(opcode) && !read_collection(opcode) && !read_object(opcode) && !read_memo(opcode))
        bad_input("'{}' holds the pickle opcode 0x{:02x} at byte {}, which tensors do not need", source_, opcode,
                  opcode_at_);
    }
    damaged("has no end");
  }

 private:
  [[noreturn]] void damaged(const char* what) const {
    bad_input("'{}' is a damaged pickle: it {} at byte {}. Is the download complete?", source_, what, opcode_at_);
  }

  std::string_view take(uint64_t count) {
    if (count > bytes_.size() - at_) damaged("ends too early");
    const auto part = bytes_.substr(at_, count);
    at_ += count;
    return part;
  }
  // Names stand in messages.
  std::string_view take_text(uint64_t count) {
    const auto text = take(count);
    if (invalid_utf8(text)) damaged("has text that is not UTF-8");
    return text;
  }
  uint64_t number(size_t bytes) {
    const auto text = take(bytes);
    uint64_t value = 0;
    for (size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(text[i]);
    return value;
  }
  std::string line() {
    const auto end = bytes_.find('\n', at_);
    if (end == bytes_.npos) damaged("ends too early");
    const auto text = take_text(end - at_);
    ++at_;
    return std::string(text);
  }

  size_t add(PickleNode node) {
    result_.nodes.push_back(std::move(node));
    return result_.nodes.size() - 1;
  }
  void push(PickleNode node) { stack_.push_back(add(std::move(node))); }
  void push_text(std::string_view text) { push({.kind = Kind::text, .text = std::string(text)}); }
  void push_whole(int64_t value) { push({.kind = Kind::whole, .whole = value}); }
  size_t pop() {
    if (stack_.empty() || (!marks_.empty() && stack_.size() <= marks_.back())) damaged("takes what is not there");
    const size_t node = stack_.back();
    stack_.pop_back();
    return node;
  }
  size_t top() {
    const size_t node = pop();
    stack_.push_back(node);
    return node;
  }
  std::vector<size_t> pop_to_mark() {
    if (marks_.empty()) damaged("takes what is not there");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<size_t> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
  }
  std::vector<size_t> pop_some(size_t count) {
    std::vector<size_t> items(count);
    for (size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }

  bool read_value(unsigned char opcode) {
    switch (opcode) {
      case 'N':
        push({});
        return true;
      case 0x88:
        push({.kind = Kind::truth, .whole = 1});
        return true;
      case 0x89:
        push({.kind = Kind::truth, .whole = 0});
        return true;
      case 'J':
        push_whole(static_cast<int32_t>(static_cast<uint32_t>(number(4))));
        return true;
      case 'K':
        push_whole(static_cast<int64_t>(number(1)));
        return true;
      case 'M':
        push_whole(static_cast<int64_t>(number(2)));
        return true;
      case 0x8a:
        push_whole(long_number(number(1)));
        return true;
      case 'G':
        push({.kind = Kind::real, .real = std::bit_cast<double>(__builtin_bswap64(number(8)))});
        return true;
      case 'X':
      case 'B':
      case 'T':
        push_text(take_text(number(4)));
        return true;
      case 0x8c:
      case 'C':
      case 'U':
        push_text(take_text(number(1)));
        return true;
      case 0x8d:
      case 0x8e:
        push_text(take_text(number(8)));
        return true;
      default:
        return false;
    }
  }

  // Little-endian, two's complement, as many bytes as are needed.
  int64_t long_number(uint64_t bytes) {
    if (bytes > 8) damaged("holds a number of more than 8 bytes");
    if (bytes == 0) return 0;
    const uint64_t value = number(bytes), unused = 64 - 8 * bytes;
    return static_cast<int64_t>(value << unused) >> unused;
  }

  bool read_collection(unsigned char opcode) {
    switch (opcode) {
      case '(':
        marks_.push_back(stack_.size());
        return true;
      case ')':
      case ']':
        push({.kind = Kind::sequence});
        return true;
      case '}':
        push({.kind = Kind::dictionary});
        return true;
      case 't':
      case 'l':
        push({.kind = Kind::sequence, .items = pop_to_mark()});
        return true;
      case 'd':
        push({.kind = Kind::dictionary, .items = pairs(pop_to_mark())});
        return true;
      case 0x85:
      case 0x86:
      case 0x87:
        push({.kind = Kind::sequence, .items = pop_some(opcode - 0x84u)});
        return true;
      case 'a':
        extend(Kind::sequence, pop_some(1));
        return true;
      case 'e':
        extend(Kind::sequence, pop_to_mark());
        return true;
      case 's':
        extend(Kind::dictionary, pop_some(2));
        return true;
      case 'u':
        extend(Kind::dictionary, pairs(pop_to_mark()));
        return true;
      case '0':
        pop();
        return true;
      default:
        return false;
    }
  }
  std::vector<size_t> pairs(std::vector<size_t> items) const {
    if (items.size() % 2) damaged("has a key without a value");
    return items;
  }
  void extend(Kind kind, const std::vector<size_t>& items) {
    auto& node = result_.nodes[top()];
    if (node.kind == Kind::call) return;  // of a foreign object, which is refused at the end
    if (node.kind != kind) damaged("adds items to what has none");
    node.items.insert(node.items.end(), items.begin(), items.end());
  }

  bool read_object(unsigned char opcode) {
    switch (opcode) {
      case 'c': {
        const auto module = line();
        push_global(module + "." + line());
        return true;
      }
      case 0x93: {
        const auto names = pop_some(2);
        const auto &module = result_.nodes[names[0]], &name = result_.nodes[names[1]];
        if (module.kind != Kind::text || name.kind != Kind::text) damaged("names a global by what is no text");
        push_global(module.text + "." + name.text);
        return true;
      }
      case 'R':
      case 0x81:
        push_call(pop_some(2));
        return true;
      case 'b':
        pop();
        top();
        return true;  // attributes of an object, e.g. a state_dict's versions
      case 'Q':
        push({.kind = Kind::persistent, .items = pop_some(1)});
        return true;
      default:
        return false;
    }
  }
  void push_global(const std::string& name) {
    if (!is_known_(name) && told_.insert(name).second) foreign_.add("{} (byte {})", name, opcode_at_);
    push({.kind = Kind::global, .text = name});
  }
  // An ordered dictionary is called empty and filled like any other.
  void push_call(std::vector<size_t> items) {
    const bool empty = result_.nodes[items[1]].kind == Kind::sequence && result_.nodes[items[1]].items.empty();
    if (empty && result_.nodes[items[0]].text == "collections.OrderedDict")
      push({.kind = Kind::dictionary});
    else
      push({.kind = Kind::call, .items = std::move(items)});
  }

  bool read_memo(unsigned char opcode) {
    switch (opcode) {
      case 0x80:
        number(1);
        return true;
      case 0x95:
        number(8);
        return true;  // the length of a frame
      case 'q':
        memo_[number(1)] = top();
        return true;
      case 'r':
        memo_[number(4)] = top();
        return true;
      case 0x94:
        memo_[memo_.size()] = top();
        return true;
      case 'h':
        recall(number(1));
        return true;
      case 'j':
        recall(number(4));
        return true;
      default:
        return false;
    }
  }
  void recall(uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) damaged("recalls what was not kept");
    stack_.push_back(found->second);
  }

  std::string_view bytes_;
  const std::string& source_;
  const std::function<bool(const std::string&)>& is_known_;
  Problems foreign_;
  std::set<std::string> told_;
  uint64_t at_ = 0, opcode_at_ = 0;
  Pickle result_;
  std::vector<size_t> stack_, marks_;
  std::map<uint64_t, size_t> memo_;
};

}  // namespace

Pickle read_pickle(std::string_view bytes, const std::string& source,
                   const std::function<bool(const std::string&)>& is_known) {
  return Reader(bytes, source, is_known).read();
}

}  // namespace arcuate
