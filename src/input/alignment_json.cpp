#include "input/alignment_json.h"

#include <cmath>
#include <limits>

#include "core/text.h"

namespace arcuate {

std::vector<Node> alignment_list(const SortedJson& root, const std::string& key, const std::string& source) {
  if (!root.is_object()) bad_input("{}: expected an object with a list '{}', found {}", source, key, root.type_name());
  if (!root.contains(key)) bad_input("{}: there is no list '{}'", source, key);
  return within("in " + source, [&] { return Node(root.at(key), key).items(); });
}

double alignment_seconds(const Node& object, const std::string& key) {
  if (!object.has(key)) return std::numeric_limits<double>::quiet_NaN();
  const Node node = object.at(key);
  const double seconds = node.number();
  if (std::abs(seconds) > longest_seconds) bad_input("{}: {} seconds is no time", node.where(), shortest(seconds));
  return seconds;
}

void read_each(const std::vector<Node>& items, Problems& problems, const std::function<void(const Node&)>& read) {
  for (const auto& item : items) try {
      read(item);
    } catch (const Error& error) {
      problems.add("{}", error.what());
    }
}

}  // namespace arcuate
