// Adds up what a unit of a study needs, array by array.
#pragma once
#include <string>

#include "study/unit.h"

namespace arcuate {

class UnitArrays {
 public:
  /// `count` numbers of `item` bytes.
  void add(const std::string& name, double count, int64_t item) {
    add_bytes(name, static_cast<int64_t>(count * static_cast<double>(item)));
  }
  void add_bytes(const std::string& name, int64_t bytes) {
    needs_.memory += bytes;
    if (bytes <= needs_.largest_bytes) return;
    needs_.largest_bytes = bytes;
    needs_.largest = name;
  }
  void add_of_a_thread(double count, int64_t item) {
    needs_.of_a_thread += static_cast<int64_t>(count * static_cast<double>(item));
  }
  UnitNeeds needs() const { return needs_; }

 private:
  UnitNeeds needs_{};
};

}  // namespace arcuate
