#include "core/error.h"

namespace arcuate {

Error& Error::within(std::string sentence) {
  sentences_.push_back(std::move(sentence));
  compose();
  return *this;
}

void Error::compose() {
  text_ = sentences_.back();
  for (auto s = sentences_.rbegin() + 1; s != sentences_.rend(); ++s) text_ += ":\n  " + *s;
}

void Problems::raise() const {
  constexpr size_t shown = 20;
  if (found_.empty()) return;
  if (found_.size() == 1) throw Error(fault_, subject_ + ": " + found_.front());
  std::string text = fmt::format("{}: {} problems", subject_, found_.size());
  for (size_t i = 0; i < found_.size() && i < shown; ++i) text += "\n  - " + found_[i];
  if (found_.size() > shown) text += fmt::format("\n  - and {} more", found_.size() - shown);
  throw Error(fault_, text);
}

}  // namespace arcuate
