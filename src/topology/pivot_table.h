// A hash table from the index of a simplex to the column whose pivot it is: open addressing with linear probing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace arcuate {

class PivotTable {
 public:
  struct Entry {
    int64_t simplex = -1;
    uint32_t column = 0;
    int32_t coefficient = 0;  ///< Of the simplex in that column.
  };

  /// Nothing when the simplex is no pivot.
  const Entry* find(int64_t simplex) const {
    if (entries_.empty()) return nullptr;
    const Entry& entry = entries_[place_of(simplex)];
    return entry.simplex == simplex ? &entry : nullptr;
  }

  /// The simplex is no pivot yet.
  void insert(const Entry& entry) {
    if (2 * (size_ + 1) > entries_.size()) grow();
    entries_[place_of(entry.simplex)] = entry;
    ++size_;
  }

  size_t bytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  // The entry of the simplex, or the free one where it belongs.
  size_t place_of(int64_t simplex) const {
    constexpr uint64_t golden = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio scatters neighbouring indices.
    const size_t mask = entries_.size() - 1;
    size_t place = static_cast<size_t>((static_cast<uint64_t>(simplex) * golden) >> 20) & mask;
    while (entries_[place].simplex != simplex && entries_[place].simplex >= 0) place = (place + 1) & mask;
    return place;
  }

  void grow() {
    std::vector<Entry> old(entries_.empty() ? 64 : 2 * entries_.size());
    old.swap(entries_);
    for (const Entry& entry : old)
      if (entry.simplex >= 0) entries_[place_of(entry.simplex)] = entry;
  }

  std::vector<Entry> entries_;
  size_t size_ = 0;
};

}  // namespace arcuate
