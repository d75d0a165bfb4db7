#include "stats/tfce.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {
namespace {

// The tree of clusters of the positive values. A node is a cluster from the height at which it came to be (`top`) down
// to that at which it was joined with another; the nodes of single vertices come first and a cluster comes after its
// parts.
class ClusterTree {
 public:
  ClusterTree(std::span<const double> values, std::span<const double> sizes, const Adjacency& adjacency,
              const TfceOptions& options)
      : values_(values), sizes_(sizes), adjacency_(adjacency), options_(options), place_(values.size(), -1) {}

  // The integral of every vertex with a value above 0 is added to `result`, times `sign`.
  void enhance(double sign, std::span<double> result) {
    std::vector<int32_t> order;
    for (size_t v = 0; v < values_.size(); ++v)
      if (values_[v] > 0) order.push_back(static_cast<int32_t>(v));
    std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      const double high = values_[static_cast<size_t>(a)], low = values_[static_cast<size_t>(b)];
      return high > low || (high == low && a < b);
    });
    for (const int32_t v : order) place(v);
    for (size_t node = 0; node < nodes_.size(); ++node)
      if (nodes_[node].parent < 0) end(node, 0);
    for (size_t node = nodes_.size(); node-- > 0;)
      if (nodes_[node].parent >= 0) nodes_[node].sum += nodes_[static_cast<size_t>(nodes_[node].parent)].sum;
    for (const int32_t v : order)
      result[static_cast<size_t>(v)] = sign * nodes_[static_cast<size_t>(place_[static_cast<size_t>(v)])].sum;
  }

 private:
  struct Node {
    double top = 0, extent = 0, sum = 0;
    int64_t parent = -1;
    int64_t ahead = -1;  // a node nearer to the root, or -1: path compression must not change `parent`
  };

  size_t root(size_t node) {
    size_t top = node;
    while (nodes_[top].ahead >= 0) top = static_cast<size_t>(nodes_[top].ahead);
    while (node != top) {
      const auto next = static_cast<size_t>(nodes_[node].ahead);
      nodes_[node].ahead = static_cast<int64_t>(top);
      node = next;
    }
    return top;
  }

  // The node's own part of the integral: from its top down to `height`.
  void end(size_t node, double height) {
    auto& n = nodes_[node];
    if (n.top == height) return;
    const double power = options_.height_power + 1;
    n.sum = std::pow(n.extent, options_.extent_power) * (std::pow(n.top, power) - std::pow(height, power)) / power;
  }

  void place(int32_t vertex) {
    const auto v = static_cast<size_t>(vertex);
    const double height = values_[v];
    size_t own = nodes_.size();
    place_[v] = static_cast<int64_t>(own);
    nodes_.push_back({.top = height, .extent = sizes_[v]});
    for (int64_t i = adjacency_.begin[v]; i < adjacency_.begin[v + 1]; ++i) {
      const int64_t neighbour = place_[static_cast<size_t>(adjacency_.vertices[static_cast<size_t>(i)])];
      if (neighbour < 0) continue;
      const size_t other = root(static_cast<size_t>(neighbour));
      if (other != own) own = join(own, other, height);
    }
  }

  size_t join(size_t a, size_t b, double height) {
    const size_t joined = nodes_.size();
    nodes_.push_back({.top = height, .extent = nodes_[a].extent + nodes_[b].extent});
    for (const size_t part : {a, b}) {
      end(part, height);
      nodes_[part].parent = nodes_[part].ahead = static_cast<int64_t>(joined);
    }
    return joined;
  }

  std::span<const double> values_, sizes_;
  const Adjacency& adjacency_;
  const TfceOptions options_;
  std::vector<int64_t> place_{};  // the node of each vertex
  std::vector<Node> nodes_{};
};

void check(const at::Tensor& values, const at::Tensor& sizes, const Adjacency& adjacency, const TfceOptions& options) {
  if (!(options.extent_power >= 0) || !(options.height_power >= 0))
    bad_usage("the powers of extent and height must be at least 0, found {} and {}", options.extent_power,
              options.height_power);
  const auto vertices = static_cast<int64_t>(adjacency.begin.size()) - 1;
  if (values.dim() != 1 || values.sizes() != sizes.sizes() || values.size(0) != vertices)
    bad_input("TFCE of {} values on a surface of {} vertices with {} sizes", shape_text(values), vertices,
              shape_text(sizes));
}

}  // namespace

at::Tensor tfce(const at::Tensor& values, const at::Tensor& sizes, const Adjacency& adjacency,
                const TfceOptions& options) {
  check(values, sizes, adjacency, options);
  const auto exact = values.to(at::kDouble), extent = sizes.to(at::kDouble).contiguous();
  auto result = at::where(at::isnan(exact), exact, at::zeros_like(exact)).contiguous();
  const auto count = static_cast<size_t>(exact.size(0));
  const std::span<double> out(result.data_ptr<double>(), count);
  for (const double sign : {1.0, -1.0}) {
    const auto side = (sign * exact).contiguous();
    ClusterTree({side.data_ptr<double>(), count}, {extent.data_ptr<double>(), count}, adjacency, options)
        .enhance(sign, out);
  }
  return result;
}

}  // namespace arcuate
