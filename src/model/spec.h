// The numbers that define a transformer: read from config.json by a family, never written as code per size.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace arcuate {

enum class Norm { layer, rms };
enum class NormOrder { pre, post };  ///< Normalise before a sub-layer (GPT-2, LLaMA) or after its residual sum (BERT).
enum class Activation { relu, gelu, gelu_tanh, silu };
enum class Position { none, learned };
enum class Head {
  none,
  tied,
  own
};  ///< Next-token logits: not there, from the token embedding, from their own matrix.

/// How a rotary embedding was stretched for longer sequences.
enum class RopeScaling {
  none,
  linear,   ///< Every angle is divided by the factor.
  dynamic,  ///< theta grows with the sequence, once it is longer than those trained on: angles depend on its length.
  llama3    ///< Only long waves are stretched (LLaMA 3.1).
};

/// Rotary position embedding (Su et al. 2021) in the "halves" layout of LLaMA.
struct Rotary {
  double theta = 10000.0;  ///< Base of the geometric row of wavelengths.
  RopeScaling scaling = RopeScaling::none;
  double factor = 1;         ///< How many times longer sequences shall be than those trained on.
  int64_t trained = 0;       ///< dynamic, llama3: tokens of the sequences trained on.
  double low = 1, high = 4;  ///< llama3: waves that fit `high` times into them stay, those that fit `low` times do not.
};

/// Bias of attention by distance, opened and closed by a gate for each head and frame (WavLM; Chen et al. 2022).
struct GatedBias {
  int64_t buckets = 320;       ///< Half of them for what lies behind; half of each half one distance wide, then wider.
  int64_t max_distance = 800;  ///< From here on all distances share a bucket.
};

/// Numbers that a head makes of a frame for its gate: two sums of four.
constexpr int64_t gates_of_bias = 8;

/// All that a block's arithmetic depends on.
struct BlockSpec {
  int64_t width = 0;
  int64_t heads = 0;
  int64_t kv_heads = 0;  ///< Fewer than `heads`: grouped-query attention.
  int64_t head_size = 0;
  int64_t ffn_width = 0;
  bool gated = false;  ///< down(act(gate(x)) * up(x)) instead of down(act(up(x))).
  Norm norm = Norm::layer;
  NormOrder order = NormOrder::pre;
  double epsilon = 1e-5;
  Activation activation = Activation::gelu_tanh;
  bool cross = false;  ///< Behind attention, a token also looks at states of what was heard (Whisper's decoder).
  bool causal = true;  ///< Otherwise every token sees all others (BERT, encoders of speech).
  std::optional<int64_t> window{};  ///< Sliding attention: a token sees this many last ones, itself included (Mistral).
  std::optional<Rotary> rotary{};
  std::optional<GatedBias> gated_bias{};
  bool qkv_bias = true;
  bool key_bias = true;  ///< Of the three, keys may have none (Whisper); it is then 0.
  bool attention_out_bias = true;
  bool ffn_bias = true;
  bool norm_bias = true;
};

/// A convolution over time.
struct Convolution {
  int64_t channels = 0;  ///< That it gives.
  int64_t kernel = 0, stride = 1, padding = 0;
};

enum class ConvolutionNorm {
  none,
  first,  ///< Each channel of the first convolution over time (HuBERT base).
  each    ///< The channels of every convolution at each time (HuBERT large).
};

/// What an untrained stem's weights are drawn from (checkpoint.h).
enum class StemInit { hubert, wav2vec2, whisper };

/// How sound becomes the first states: convolutions, a projection to the blocks' width, positions, a norm.
struct SoundStem {
  int64_t inputs = 1;  ///< Channels of what it reads: 1 is a waveform, more are bands of a log-mel spectrogram.
  std::vector<Convolution> convolutions{};
  ConvolutionNorm norm = ConvolutionNorm::none;
  bool bias = true;  ///< Of the convolutions.
  Activation activation = Activation::gelu;
  bool projection = true;         ///< A linear map behind the convolutions; otherwise they give the blocks' width.
  bool projection_norm = true;    ///< A norm before it.
  int64_t position_kernel = 0;    ///< States that a convolution for positions sees; 0: there is none.
  int64_t position_groups = 1;    ///< Groups of its channels.
  bool position_scaling = false;  ///< It reads channels that are scaled and shifted (a stored batch norm).
  bool output_norm = false;       ///< A norm before the first block.
  StemInit init = StemInit::hubert;
};

/// Which of the models in a folder.
enum class ModelPart {
  main,    ///< The one that reads text or hears sound.
  decoder  ///< The one that reads words while it looks at what the other heard (Whisper).
};

struct ModelSpec {
  std::string family{};
  BlockSpec block{};
  int64_t layers = 0;
  int64_t vocabulary = 0;                    ///< 0 where sound is heard.
  std::optional<int64_t> embedding_width{};  ///< Numbers of a token, projected to the width and back (OPT 350m).
  int64_t max_tokens = 0;                    ///< Longest sequence the positions allow.
  Position position = Position::none;
  std::optional<SoundStem> sound{};  ///< The model hears sound instead of reading tokens.
  int64_t position_offset = 0;       ///< Rows of the table of positions before the first token's (OPT, RoBERTa).
  int64_t token_types = 0;           ///< Rows of a table of segments; all tokens are of the first (BERT).
  bool embedding_norm = false;
  bool final_norm = true;
  Head head = Head::tied;
  std::optional<int64_t> padding_token{};  ///< Its embedding is 0 in the family's own initialisation.
  double init_std = 0.02;                  ///< Standard deviation of the family's own initialisation.
  bool scaled_residual_init = false;       ///< Matrices that write into the residual stream: init_std / sqrt(2 layers).
};

/// The longest sequence whose tokens' states do not depend on what follows them.
int64_t causal_tokens(const ModelSpec& spec);

}  // namespace arcuate
