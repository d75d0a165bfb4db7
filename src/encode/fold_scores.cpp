#include "encode/fold_scores.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace arcuate::ridge {

using at::Tensor;

namespace {

constexpr int64_t tile_bytes = int64_t{8} << 20;  // of products that are scored together: they stay in the cache

int64_t count_products(const std::vector<CompressedBlock>& blocks) {
  int64_t count = 0;
  for (const auto& block : blocks) count += block.weights.size(1);
  return count;
}

class PlainFoldScores final : public FoldScores {
 public:
  PlainFoldScores(const Tensor& left, const Tensor& test, std::vector<CompressedBlock> blocks)
      : left_(left.contiguous()), test_(test.contiguous()), blocks_(std::move(blocks)) {
    for (auto& block : blocks_) {
      block.weights = block.weights.to(left.scalar_type());
      block.coefficients = block.coefficients.to(left.scalar_type()).contiguous();
    }
  }

  int64_t width() const override { return lanes; }

  void add(const Tensor& train, const Tensor& tested, ScoreSums& sums) const override {
    if (left_.scalar_type() == at::kFloat)
      add_typed<float>(train, tested, sums);
    else
      add_typed<double>(train, tested, sums);
  }

 private:
  template <class T>
  void add_typed(const Tensor& train, const Tensor& tested, ScoreSums& sums) const {
    const int64_t rows = tested.size(0), targets = tested.size(1);
    const auto factors = scaled(left_.mm(train));
    const int64_t step =
        std::max<int64_t>(tile_bytes / (count_products(blocks_) * targets * static_cast<int64_t>(sizeof(T))), 16);
    for (int64_t row = 0; row < rows; row += step) {
      const int64_t end = std::min(row + step, rows);
      std::vector<Tensor> products;
      Tile<T> tile{.products = {},
                   .responses = tested.data_ptr<T>() + row * targets,
                   .response_stride = targets,
                   .rows = end - row,
                   .first_target = 0,
                   .targets = targets};
      for (size_t b = 0; b < blocks_.size(); ++b) {
        const auto& block = blocks_[b];
        products.push_back(test_.slice(0, row, end).slice(1, block.begin, block.end).mm(factors[b]));
        for (int64_t m = 0; m < block.weights.size(1); ++m)
          tile.products.push_back({products.back().data_ptr<T>() + m * targets, products.back().size(1),
                                   block.coefficients.data_ptr<T>() + m * block.coefficients.size(1)});
      }
      add_tile(tile, sums);
    }
  }

  // For each block of eigenvalues the right side times each of the functions, side by side: r_b x (m b).
  std::vector<Tensor> scaled(const Tensor& right) const {
    std::vector<Tensor> result;
    for (const auto& block : blocks_)
      result.push_back((block.weights.unsqueeze(2) * right.slice(0, block.begin, block.end).unsqueeze(1)).flatten(1));
    return result;
  }

  Tensor left_, test_;
  std::vector<CompressedBlock> blocks_;
};

class TensorFoldScores final : public FoldScores {
 public:
  TensorFoldScores(const Tensor& left, const Tensor& test, std::vector<CompressedBlock> blocks)
      : left_(left.contiguous()), test_(test.contiguous()), blocks_(std::move(blocks)) {
    std::vector<Tensor> coefficients;
    for (auto& block : blocks_) {
      block.weights = block.weights.to(left.options());
      coefficients.push_back(block.coefficients);
    }
    coefficients_ = at::cat(coefficients, 0).t().to(left.options());
  }

  int64_t width() const override { return 1; }

  void add(const Tensor& train, const Tensor& tested, ScoreSums& sums) const override {
    const int64_t rows = tested.size(0), targets = tested.size(1),
                  bytes = (count_products(blocks_) + 2 * coefficients_.size(0)) * targets * left_.element_size();
    const int64_t step = std::max<int64_t>(predicted_bytes / bytes, 1);
    const auto right = left_.mm(train);
    for (int64_t row = 0; row < rows; row += step) {
      const int64_t end = std::min(row + step, rows);
      const auto predicted = predictions(right, row, end), responses = tested.slice(0, row, end);
      sums.p.add_(predicted.sum(1, false, at::kDouble));
      sums.pp.add_(predicted.square().sum(1, false, at::kDouble));
      sums.py.add_((predicted * responses).sum(1, false, at::kDouble));
    }
  }

 private:
  static constexpr int64_t predicted_bytes = int64_t{512} << 20;  // at once, with the products that they come from

  // penalties x rows x targets, of some tested rows.
  Tensor predictions(const Tensor& right, int64_t row, int64_t end) const {
    const auto test = test_.slice(0, row, end);
    std::vector<Tensor> products;  // m x rows x targets each
    for (const auto& block : blocks_) {
      const auto factors = block.weights.t().unsqueeze(2) * right.slice(0, block.begin, block.end);
      products.push_back(at::matmul(test.slice(1, block.begin, block.end), factors));
    }
    return coefficients_.mm(at::cat(products, 0).flatten(1)).view({coefficients_.size(0), end - row, right.size(1)});
  }

  Tensor left_, test_, coefficients_;  // the last: penalties x products
  std::vector<CompressedBlock> blocks_;
};

class PackedFoldScores final : public FoldScores {
 public:
  PackedFoldScores(const Tensor& left, const Tensor& test, std::vector<CompressedBlock> blocks, Packing packing)
      : packing_(packing), directions_(left.size(0)), left_(left, packing), blocks_(std::move(blocks)) {
    for (auto& block : blocks_) {
      block.weights = block.weights.to(at::kFloat).t().contiguous();  // m x r_b
      block.coefficients = block.coefficients.to(at::kFloat).contiguous();
      test_.emplace_back(test.slice(1, block.begin, block.end), packing);
    }
  }

  int64_t width() const override { return panel_shape(packing_).columns; }

  void add(const Tensor& train, const Tensor& tested, ScoreSums& sums) const override {
    const auto right = multiply(left_, directions_, PackedColumns(train, nullptr, packing_));
    const auto factors = weighted(right);
    const auto [height, width] = panel_shape(packing_);
    const int64_t targets = tested.size(1), step = panels_at_once() * height;
    std::vector<float> products(factors.size() * static_cast<size_t>(step * width));
    auto tile = start_tile(products.data(), step * width, targets);
    const UnitsInUse units(packing_);
    for (int64_t c = 0; c < targets / width; ++c)
      for (int64_t row = 0; row < tested.size(0); row += step) {
        tile.rows = std::min(step, tested.size(0) - row);
        const PanelRange rows{row / height, (row + tile.rows + height - 1) / height};
        float* product = products.data();
        for (const auto& factor : factors) {
          multiply(test_[factor.block], rows, factor.columns, {c, c + 1}, product, width);
          product += step * width;
        }
        tile.responses = tested.data_ptr<float>() + row * targets + c * width;
        tile.first_target = c * width;
        add_tile(tile, sums);
      }
  }

 private:
  struct Weighted {
    size_t block;
    PackedColumns columns;
  };

  // U'Y times each of the functions.
  std::vector<Weighted> weighted(const Tensor& right) const {
    std::vector<Weighted> factors;
    for (size_t b = 0; b < blocks_.size(); ++b)
      for (int64_t m = 0; m < blocks_[b].weights.size(0); ++m)
        factors.push_back(
            {b, PackedColumns(right.slice(0, blocks_[b].begin, blocks_[b].end),
                              blocks_[b].weights.data_ptr<float>() + m * blocks_[b].weights.size(1), packing_)});
    return factors;
  }

  // Of tested rows: a panel of factors is read once for all of them, and their products stay in the nearest cache.
  int64_t panels_at_once() const { return for_tiles(packing_) ? 2 : 1; }

  Tile<float> start_tile(const float* products, int64_t size, int64_t targets) const {
    Tile<float> tile{.products = {},
                     .responses = nullptr,
                     .response_stride = targets,
                     .rows = 0,
                     .first_target = 0,
                     .targets = width()};
    for (const auto& block : blocks_)
      for (int64_t m = 0; m < block.weights.size(0); ++m, products += size)
        tile.products.push_back(
            {products, width(), block.coefficients.data_ptr<float>() + m * block.coefficients.size(1)});
    return tile;
  }

  Packing packing_;
  int64_t directions_;
  PackedRows left_;
  std::vector<PackedRows> test_;  // a block each
  std::vector<CompressedBlock> blocks_;
};

}  // namespace

std::unique_ptr<FoldScores> plain_fold_scores(const Tensor& left, const Tensor& test,
                                              std::vector<CompressedBlock> blocks) {
  return std::make_unique<PlainFoldScores>(left, test, std::move(blocks));
}

// Tile units multiply so fast that what follows their products weighs more.
BlockCost block_cost(Packing packing) {
  if (!for_tiles(packing)) return {};
  return {.shortest = 32, .overhead = is_bf16(packing) ? 96.0 : 32.0};
}

std::unique_ptr<FoldScores> tensor_fold_scores(const Tensor& left, const Tensor& test,
                                               std::vector<CompressedBlock> blocks) {
  return std::make_unique<TensorFoldScores>(left, test, std::move(blocks));
}

std::unique_ptr<FoldScores> packed_fold_scores(const Tensor& left, const Tensor& test,
                                               std::vector<CompressedBlock> blocks, Packing packing) {
  return std::make_unique<PackedFoldScores>(left, test, std::move(blocks), packing);
}

}  // namespace arcuate::ridge
