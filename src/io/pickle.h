// Pickles as data: what a pickle would build is described, and nothing of it is run. The opcodes are those that plain
// values, collections and calls of named functions need (Python's Lib/pickletools.py describes them).
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace arcuate {

struct PickleNode {
  enum class Kind {
    none,
    truth,
    whole,
    real,
    text,        ///< Text, or bytes.
    sequence,    ///< A tuple or a list: items.
    dictionary,  ///< Items are a key, its value, the next key …
    global,      ///< A name of Python's, "module.name", in `text`.
    call,        ///< Items are what is called and the sequence of its arguments.
    persistent   ///< An object that lies elsewhere: its one item says where.
  };
  Kind kind = Kind::none;
  int64_t whole = 0;  ///< Also a truth, 0 or 1.
  double real = 0;
  std::string text{};
  std::vector<size_t> items{};  ///< Numbers of nodes; a node may be an item of several, and even of itself.
};

struct Pickle {
  std::vector<PickleNode> nodes{};
  size_t root = 0;
};

/// `is_known` says which globals may stand in the pickle. Errors: input, naming every other with its byte, an opcode
/// that is not known, or where the pickle ends too early.
Pickle read_pickle(std::string_view bytes, const std::string& source,
                   const std::function<bool(const std::string&)>& is_known);

}  // namespace arcuate
