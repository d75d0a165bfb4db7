// A command: a name and how to make its options. Each file of src/cmd ends by defining one, named like the file:
//   namespace arcuate::commands { extern const cli::Command encode = cli::command<Options, describe, run>("encode"); }
// Options, describe and run live in an anonymous namespace of arcuate (run.cpp has to say arcuate::run).
#pragma once
#include <memory>

#include "cli/common.h"
#include "cli/option.h"
#include "cli/spec.h"

namespace arcuate::cli {

struct Run;

/// A command's options, at their defaults until something is read into them, with their description.
class Bound {
 public:
  virtual ~Bound() = default;
  virtual int run(Run& run) const = 0;
  Description description{};
  Common common{};

 protected:
  Bound() = default;
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;
};

struct Command {
  const char* name = nullptr;
  std::unique_ptr<Bound> (*bind)() = nullptr;
};

template <class Options, void (*describe)(Spec<Options>&), int (*run_command)(const Options&, Run&)>
class BoundCommand : public Bound {
 public:
  BoundCommand() {
    Spec<Options> spec(options_, description);
    describe(spec);
    add_common_options(description, common);
  }
  int run(Run& run) const override { return run_command(options_, run); }

 private:
  Options options_{};
};

template <class Options, void (*describe)(Spec<Options>&), int (*run)(const Options&, Run&)>
constexpr Command command(const char* name) {
  return {name, []() -> std::unique_ptr<Bound> { return std::make_unique<BoundCommand<Options, describe, run>>(); }};
}

}  // namespace arcuate::cli
