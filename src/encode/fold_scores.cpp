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

// Rows up to the last that is not zero: of a triangle's columns (eigen_stage.cpp) only so many need products.
int64_t leading_rows(const Tensor& columns) {
  const auto rows = columns.ne(0).any(1).nonzero();
  return rows.numel() == 0 ? 0 : rows.max().item<int64_t>() + 1;
}

class PlainFoldScores final : public FoldScores {
 public:
  PlainFoldScores(const Tensor& test, std::vector<CompressedBlock> blocks)
      : test_(test.contiguous()), blocks_(std::move(blocks)) {
    for (auto& block : blocks_) {
      block.weights = block.weights.to(test.scalar_type());
      block.coefficients = block.coefficients.to(test.scalar_type()).contiguous();
      rows_.push_back(leading_rows(test_.slice(1, block.begin, block.end)));
    }
  }

  int64_t width() const override { return lanes; }

  void add(const Tensor& right, const Tensor& tested, ScoreSums& sums) const override {
    if (test_.scalar_type() == at::kFloat)
      add_typed<float>(right, tested, sums);
    else
      add_typed<double>(right, tested, sums);
  }

 private:
  template <class T>
  void add_typed(const Tensor& right, const Tensor& tested, ScoreSums& sums) const {
    const int64_t rows = tested.size(0), targets = tested.size(1);
    const auto factors = scaled(right);
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
        const int64_t own_end = std::min(end, rows_[b]);
        if (own_end <= row) continue;
        products.push_back(at::empty({end - row, factors[b].size(1)}, factors[b].options()));
        auto own = products.back().slice(0, 0, own_end - row);
        products.back().slice(0, own_end - row).zero_();
        at::mm_out(own, test_.slice(0, row, own_end).slice(1, block.begin, block.end), factors[b]);
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

  Tensor test_;
  std::vector<CompressedBlock> blocks_;
  std::vector<int64_t> rows_;  // a block each, from the first on: the others are zero
};

class TensorFoldScores final : public FoldScores {
 public:
  TensorFoldScores(const Tensor& test, std::vector<CompressedBlock> blocks)
      : test_(test.contiguous()), blocks_(std::move(blocks)) {
    std::vector<Tensor> coefficients;
    for (auto& block : blocks_) {
      block.weights = block.weights.to(test.options());
      coefficients.push_back(block.coefficients);
    }
    coefficients_ = at::cat(coefficients, 0).t().to(test.options());
  }

  int64_t width() const override { return 1; }

  void add(const Tensor& right, const Tensor& tested, ScoreSums& sums) const override {
    const int64_t rows = tested.size(0), targets = tested.size(1),
                  bytes = (count_products(blocks_) + 2 * coefficients_.size(0)) * targets * test_.element_size();
    const int64_t step = std::max<int64_t>(predicted_bytes / bytes, 1);
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

  Tensor test_, coefficients_;  // the last: penalties x products
  std::vector<CompressedBlock> blocks_;
};

class PackedFoldScores final : public FoldScores {
 public:
  PackedFoldScores(const Tensor& test, std::vector<CompressedBlock> blocks, Packing packing)
      : packing_(packing), blocks_(std::move(blocks)) {
    for (auto& block : blocks_) {
      block.weights = block.weights.to(at::kFloat).t().contiguous();  // m x r_b
      block.coefficients = block.coefficients.to(at::kFloat).contiguous();
      const auto columns = test.slice(1, block.begin, block.end);
      test_.emplace_back(columns.slice(0, 0, leading_rows(columns)), packing);
    }
  }

  int64_t width() const override { return panel_shape(packing_).columns; }

  void add(const Tensor& right, const Tensor& tested, ScoreSums& sums) const override {
    const auto factors = weighted(right);
    const int64_t targets = tested.size(1), panels = (tested.size(0) + height() - 1) / height();
    std::vector<float> products(factors.size() * static_cast<size_t>(panels_at_once() * height() * width()));
    Tile<float> tile{.products = {},
                     .responses = nullptr,
                     .response_stride = targets,
                     .rows = 0,
                     .first_target = 0,
                     .targets = width()};
    const UnitsInUse units(packing_);
    for (int64_t c = 0; c < targets / width(); ++c)
      for (int64_t panel = 0; panel < panels; panel += panels_at_once()) {
        const int64_t row = panel * height();
        tile.rows = std::min(panels_at_once() * height(), tested.size(0) - row);
        tile.responses = tested.data_ptr<float>() + row * targets + c * width();
        tile.first_target = c * width();
        multiply_panels({panel, std::min(panel + panels_at_once(), panels)}, factors, c, products.data(), tile);
        add_tile(tile, sums);
      }
  }

 private:
  struct Weighted {
    size_t block;
    PackedColumns columns;
    const float* coefficients;
  };

  // Right sides times each of the functions.
  std::vector<Weighted> weighted(const Tensor& right) const {
    std::vector<Weighted> factors;
    for (size_t b = 0; b < blocks_.size(); ++b)
      for (int64_t m = 0; m < blocks_[b].weights.size(0); ++m)
        factors.push_back(
            {b,
             PackedColumns(right.slice(0, blocks_[b].begin, blocks_[b].end),
                           blocks_[b].weights.data_ptr<float>() + m * blocks_[b].weights.size(1), packing_),
             blocks_[b].coefficients.data_ptr<float>() + m * blocks_[b].coefficients.size(1)});
    return factors;
  }

  // Of tested rows: a panel of factors is read once for all of them, and their products stay in the nearest cache.
  int64_t panels_at_once() const { return for_tiles(packing_) ? 2 : 1; }

  int64_t height() const { return panel_shape(packing_).rows; }

  // Of some tested rows and panel c of the targets, by all factors that are not zero there.
  void multiply_panels(const PanelRange& rows, const std::vector<Weighted>& factors, int64_t c, float* product,
                       Tile<float>& tile) const {
    const int64_t size = height() * width(), count = rows.end - rows.begin;
    tile.products.clear();
    for (const auto& factor : factors) {
      const auto& test = test_[factor.block];
      const int64_t own = std::min(rows.end, test.count()) - rows.begin;
      if (own <= 0) continue;
      multiply(test, {rows.begin, rows.begin + own}, factor.columns, {c, c + 1}, product, width());
      std::fill(product + own * size, product + count * size, 0.0F);
      tile.products.push_back({product, width(), factor.coefficients});
      product += count * size;
    }
  }

  Packing packing_;
  std::vector<PackedRows> test_;  // a block each
  std::vector<CompressedBlock> blocks_;
};

}  // namespace

std::unique_ptr<FoldScores> plain_fold_scores(const Tensor& test, std::vector<CompressedBlock> blocks) {
  return std::make_unique<PlainFoldScores>(test, std::move(blocks));
}

// Tile units multiply so fast that what follows their products weighs more.
BlockCost block_cost(Packing packing) {
  if (!for_tiles(packing)) return {};
  return {.shortest = 32, .overhead = is_bf16(packing) ? 96.0 : 32.0};
}

std::unique_ptr<FoldScores> tensor_fold_scores(const Tensor& test, std::vector<CompressedBlock> blocks) {
  return std::make_unique<TensorFoldScores>(test, std::move(blocks));
}

std::unique_ptr<FoldScores> packed_fold_scores(const Tensor& test, std::vector<CompressedBlock> blocks,
                                               Packing packing) {
  return std::make_unique<PackedFoldScores>(test, std::move(blocks), packing);
}

}  // namespace arcuate::ridge
