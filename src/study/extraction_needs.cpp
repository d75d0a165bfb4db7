#include "study/extraction_needs.h"

#include <algorithm>
#include <cmath>

#include "core/memory.h"
#include "io/sound_file.h"
#include "model/family.h"
#include "model/sound_input.h"
#include "model/sound_stem.h"
#include "model/stream_needs.h"
#include "study/feature_kinds.h"
#include "study/unit_arrays.h"

namespace arcuate {
namespace {

double real(int64_t value) { return static_cast<double>(value); }
int64_t whole(double value) { return static_cast<int64_t>(std::ceil(value)); }

constexpr double transcript_marks = 4;  // before the words that Whisper's decoder reads
constexpr double tokens_per_word = 1.3, tokens_per_batch = 4096, least_per_batch = 512, batches_at_least = 8;

// What goes through a model, in tokens or frames, and the rows of states that come out.
struct Flow {
  double rows = 0, tokens = 0;
  double length = 0;  // of one sequence
  double input = 0;   // bytes of what is read besides
};

// How many words a model reads for each word of the text.
double words_read(const ContextOptions& context, double words, bool causal) {
  if (!causal && context.kind != ContextKind::tokens)
    return context.kind == ContextKind::full ? words / 2 : std::min(real(context.words), words);
  switch (context.kind) {
    case ContextKind::fixed:
    case ContextKind::centred:
      return std::min(real(context.words), words);
    case ContextKind::grow:
      if (real(context.words) >= words) return 1;
      return real(context.words) / std::max(1.0, real(context.words - context.keep));
    case ContextKind::full:
      return 1;
    case ContextKind::tokens:
      return std::min(real(context.tokens) / tokens_per_word, words);
  }
  return 1;
}

double context_tokens(const ContextOptions& context, double words) {
  if (context.kind == ContextKind::tokens) return std::min(real(context.tokens), tokens_per_word * words);
  return tokens_per_word * (context.kind == ContextKind::full ? words : std::min(real(context.words), words));
}

Flow flow_of_words(const ModelSpec& spec, const ContextOptions& context, int64_t count) {
  const double words = real(count);
  return {.rows = words,
          .tokens = tokens_per_word * words_read(context, words, spec.block.causal) * words,
          .length = std::min(context_tokens(context, words), real(spec.max_tokens))};
}

Flow flow_of_sound(const ModelSpec& spec, const FeatureSpace& space, const Stimulus& stimulus) {
  const auto input = read_sound_input(space.model->path, spec);
  const double seconds = sound_file_seconds(sound_of(stimulus)), rate = real(input.rate);
  const double window = std::min(space.model->sound_window, seconds);
  const double windows = std::floor(seconds / space.model->sound_stride);
  const double frames = real(sound_frames(input, *spec.sound, static_cast<int64_t>(window * rate)).count);
  return {.rows = windows, .tokens = windows * frames, .length = frames, .input = seconds * rate * 3 * sizeof(float)};
}

// Tokens of a batch, see passes.cpp and sound_extract.cpp.
double batch_tokens(const ModelSpec& spec, const Flow& flow) {
  const double least = spec.sound ? 0 : least_per_batch;
  return std::max(std::min(tokens_per_batch, std::max(flow.tokens / batches_at_least, least)), flow.length);
}

// Attention takes waveforms one after another (sound_extract.cpp).
bool one_by_one(const ModelSpec& spec) { return spec.sound && spec.sound->inputs == 1; }

// Of one thread that takes a batch through a whole model: what is wanted of it, what lies on the way through a block,
// and the weights of attention.
double batch_values(const ModelSpec& spec, const Flow& flow, double wanted_widths) {
  const double width = real(spec.block.width), batch = batch_tokens(spec, flow);
  const double scores = 3 * real(spec.block.heads) * flow.length * (one_by_one(spec) ? flow.length : batch);
  return batch * (wanted_widths + 6 * width + 2 * real(spec.block.ffn_width)) + scores;
}

std::string weights_text(const FeatureSpace& space) { return "weights of " + space.id; }

// All weights are in memory, and `widths` numbers a row are kept of the states.
UnitNeeds whole_needs(const ModelSpec& spec, const FeatureSpace& space, const Flow& flow, double widths, int64_t item) {
  UnitArrays arrays;
  arrays.add(weights_text(space), count_weights(spec), item);
  if (flow.input > 0) arrays.add("samples of the recording", flow.input, 1);
  arrays.add(fmt::format("states of {}: {} numbers x {}", space.id, flow.rows, widths), widths * flow.rows, item);
  const double stem = spec.sound ? real(stem_work(*spec.sound, whole(flow.length))) : 0;
  arrays.add_of_a_thread(batch_values(spec, flow, widths) + stem, item);
  return arrays.needs();
}

// What the process has grown by when a unit begins: a tokenizer, buffers of libraries (measured).
constexpr int64_t grown = 16'000'000;

// What goes through the model together, and the bytes of states that are kept all the time.
struct Streamed {
  std::vector<Flow> flows{};
  double kept = 0;
};

UnitNeeds streamed_needs(const ModelSpec& spec, const FeatureSpace& space, const Streamed& streamed, int64_t item,
                         const StudyMachine& machine) {
  // While a tensor is read as float32 and converted, or drawn in float64 and transposed.
  const int64_t beside = space.seed ? 16 : 4 + item;
  StreamNeeds needs{.weights = largest_layer_bytes(spec, item), .reading = beside * largest_tensor(spec)};
  double input = 0;
  for (const auto& flow : streamed.flows) {
    const BatchShape batch{
        .tokens = whole(batch_tokens(spec, flow)), .length = whole(flow.length), .one_by_one = one_by_one(spec)};
    needs.work = std::max(needs.work, batch_work(spec, batch, item));
    needs.states += whole(flow.tokens) * spec.block.width * item;
    input += flow.input;
  }
  needs.held = grown + whole(streamed.kept + input);
  const auto plan = stream_plan(needs, memory_limit(machine.memory).bytes - resident_bytes(), machine.threads);
  UnitArrays arrays;
  arrays.add_bytes("the largest layer of " + space.id, needs.weights);
  if (input > 0) arrays.add_bytes("samples of the recording", whole(input));
  arrays.add_bytes(fmt::format("states of {} that are kept", space.id), whole(streamed.kept));
  if (plan.states_in_memory) arrays.add_bytes(fmt::format("states of {} between two layers", space.id), needs.states);
  auto result = arrays.needs();
  result.memory = plan.memory;  // with its threads
  result.scratch = plan.states_in_memory ? 0 : needs.states;
  return result;
}

int64_t item_of(const ExtractionWork& work) { return work.study.precision == at::kDouble ? 8 : 4; }

// Of a layer while it is written: the rows of one story.
double rows_bytes(const ModelSpec& spec, const std::vector<Flow>& flows, int64_t item) {
  double most = 0;
  for (const auto& flow : flows) most = std::max(most, flow.rows);
  return most * real(spec.block.width * item);
}

// `together`: all that goes through a streamed model with the story.
UnitNeeds extraction_needs(const ExtractionWork& work, const FeatureSpace& space, const Flow& own,
                           const std::vector<Flow>& together) {
  const auto spec = spec_of(space);
  const int64_t item = item_of(work);
  const double widths = real(std::ssize(space.layers) * spec.block.width);
  auto needs = is_streamed(work, space)
                   ? streamed_needs(spec, space, {together, rows_bytes(spec, together, item)}, item, work.machine)
                   : whole_needs(spec, space, own, widths, item);
  needs.disk = static_cast<int64_t>(widths * own.rows) * item;
  needs.work = std::max(1.0, own.tokens * count_weights(spec));
  return needs;
}

}  // namespace

UnitNeeds reading_needs(const ExtractionWork& work, const FeatureSpace& space, size_t story) {
  const auto spec = spec_of(space);
  std::vector<Flow> together;
  for (const auto& each : work.stories)
    together.push_back(flow_of_words(spec, space.model->context, std::ssize(each.words)));
  auto needs = extraction_needs(work, space, together[story], together);
  needs.disk += std::ssize(work.stories[story].words) * 64;
  return needs;
}

UnitNeeds hearing_needs(const ExtractionWork& work, const FeatureSpace& space, size_t story) {
  const auto flow = flow_of_sound(spec_of(space), space, *work.stories[story].stimulus);
  return extraction_needs(work, space, flow, {flow});
}

// The encoder hears every word's window, whose states wait in a file where models are read layer by layer; the decoder
// reads the words of the window.
UnitNeeds hearing_and_reading_needs(const ExtractionWork& work, const FeatureSpace& space, size_t story) {
  constexpr double words_a_second = 4;
  const auto decoder = spec_of(space), encoder = read_spec(space.model->path);
  const auto input = read_sound_input(space.model->path, encoder);
  const double words = real(std::ssize(work.stories[story].words)), rate = real(input.rate);
  const double frames = real(sound_frames(input, *encoder.sound, input.samples).count);
  const double read = std::min(tokens_per_word * words_a_second * space.model->sound_window + transcript_marks,
                               real(decoder.max_tokens));
  const double samples = sound_file_seconds(sound_of(*work.stories[story].stimulus)) * rate * 3 * sizeof(float);
  const Flow heard{.rows = frames * work.machine.threads, .tokens = words * frames, .length = frames, .input = samples};
  const Flow text{.rows = words, .tokens = words * read, .length = read, .input = samples};
  const int64_t item = item_of(work), width = decoder.block.width;
  const double widths = real(std::ssize(space.layers) * width), kept = widths * words * real(item);
  UnitNeeds needs;
  if (is_streamed(work, space)) {
    const double rows = heard.rows * real(encoder.block.width * item);
    needs = streamed_needs(encoder, space, {{heard}, rows}, item, work.machine);
    const auto reading = streamed_needs(decoder, space, {{text}, kept}, item, work.machine);
    if (reading.memory > needs.memory) needs.memory = reading.memory;
    needs.scratch += whole(heard.tokens) * encoder.block.width * item;
  } else {
    needs = whole_needs(encoder, space, {.tokens = frames, .length = frames, .input = samples}, 0, item);
    needs.memory += static_cast<int64_t>(count_weights(decoder) * real(item) + kept);
  }
  needs.disk = static_cast<int64_t>(kept);
  needs.work =
      std::max(1.0, heard.tokens * count_weights(encoder) + (text.tokens + heard.tokens) * count_weights(decoder));
  return needs;
}

UnitNeeds twin_needs(const ExtractionWork& work, const FeatureSpace& space, const TwinCount& count) {
  const auto spec = spec_of(space);
  const int64_t item = item_of(work);
  const double words = real(count.words), width = real(spec.block.width);
  const double kept = words * real(std::max<int64_t>(count.ahead, 1)) * width;
  auto flow = flow_of_words(spec, space.model->context, count.words);
  if (count.ahead > 0) {
    flow.length = std::min(flow.length + tokens_per_word * real(count.ahead), real(spec.max_tokens));
    flow.tokens = words * flow.length;
  }
  // States of a text, their sum in float64, and the tokens of all passes.
  const double held = kept * real(2 * item + 8) + flow.tokens * 16;
  auto needs = is_streamed(work, space) ? streamed_needs(spec, space, {{flow}, held}, item, work.machine)
                                        : whole_needs(spec, space, flow, width, item);
  if (!is_streamed(work, space)) needs.memory += static_cast<int64_t>(held);
  needs.disk = static_cast<int64_t>(kept) * 4;
  needs.work = std::max(1.0, real(count.texts) * flow.tokens * count_weights(spec));
  return needs;
}

}  // namespace arcuate
