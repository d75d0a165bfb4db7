#include "core/parallel.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support.h"

namespace arcuate {
namespace {

using test::message_of;

TEST(ParallelFor, visits_every_index_once_with_any_number_of_threads) {
  for (int threads : {-1, 0, 1, 2, 7, 100}) {
    std::vector<std::atomic<int>> visits(53);
    parallel_for(53, threads, [&](int64_t i) { ++visits[static_cast<size_t>(i)]; });
    for (const auto& count : visits) EXPECT_EQ(count, 1) << threads;
  }
}

TEST(ParallelFor, of_nothing_calls_nothing) {
  for (int64_t n : {0, -1}) parallel_for(n, 4, [](int64_t) { FAIL(); });
}

TEST(ParallelFor, one_thread_goes_in_order_on_the_callers_thread) {
  const auto caller = std::this_thread::get_id();
  std::vector<int64_t> order;
  parallel_for(4, 1, [&](int64_t i) {
    order.push_back(i);
    EXPECT_EQ(std::this_thread::get_id(), caller);
  });
  EXPECT_EQ(order, (std::vector<int64_t>{0, 1, 2, 3}));
}

TEST(ParallelFor, uses_no_more_threads_than_indices) {
  std::mutex guard;
  std::set<std::thread::id> seen;
  parallel_for(3, 64, [&](int64_t) {
    const std::lock_guard lock(guard);
    seen.insert(std::this_thread::get_id());
  });
  EXPECT_LE(seen.size(), 3u);
}

TEST(ParallelFor, carries_an_exception_out_and_hands_out_no_further_indices) {
  for (int threads : {1, 3}) {
    std::atomic<int64_t> begun{0};
    const auto message = message_of([&] {
      parallel_for(1000000, threads, [&](int64_t i) {
        ++begun;
        if (i == 5) throw std::runtime_error("index 5");
      });
    });
    EXPECT_EQ(message, "index 5");
    EXPECT_LT(begun, 1000000) << threads;
  }
}

TEST(ParallelFor, carries_one_of_several_exceptions) {
  const auto message = message_of([] { parallel_for(8, 4, [](int64_t) { throw std::runtime_error("one of them"); }); });
  EXPECT_EQ(message, "one of them");
}

TEST(AvailableCores, is_at_least_one_and_respects_slurm) {
  unsetenv("SLURM_CPUS_PER_TASK");
  const int all = available_cores();
  EXPECT_GE(all, 1);
  EXPECT_LE(all, static_cast<int>(std::thread::hardware_concurrency()));
  const std::pair<const char*, int> grants[] = {{"1", 1},  {"0", all},     {"-3", all},        {"many", all},
                                                {"", all}, {"99999", all}, {"4294967297", all}};
  for (const auto& [grant, cores] : grants) {
    setenv("SLURM_CPUS_PER_TASK", grant, 1);
    EXPECT_EQ(available_cores(), cores) << grant;
  }
  unsetenv("SLURM_CPUS_PER_TASK");
}

TEST(SingleThreadedKernels, leave_one_thread_to_the_tensor_library) {
  use_single_threaded_kernels();
  EXPECT_EQ(at::get_num_threads(), 1);
  EXPECT_STRNE(blas_kernel(), "");
}

TEST(SingleThreadedKernels, leave_one_thread_to_openmp_in_every_worker) {
  use_single_threaded_kernels();
  auto* most = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads"));
  if (!most) GTEST_SKIP() << "the tensor library uses no OpenMP";
  std::mutex guard;
  std::set<std::thread::id> workers;
  parallel_for(64, 4, [&](int64_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const std::lock_guard lock(guard);
    workers.insert(std::this_thread::get_id());
    EXPECT_EQ(most(), 1);
  });
  EXPECT_GT(workers.size(), 1U);
}

}  // namespace
}  // namespace arcuate
