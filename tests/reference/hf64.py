"""Hugging Face models in true float64. The normalisation and rotary angles of LLaMA and its relatives fall back to
float32 inside transformers whatever the dtype of the model (logits then differ by about 4e-6), so both are replaced
here; the frequencies must be those of the library to float32's precision."""

import math

import torch
from transformers import AutoModelForCausalLM
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama import modeling_llama as llama
from transformers.models.mistral import modeling_mistral as mistral
from transformers.models.qwen2 import modeling_qwen2 as qwen2


def _norm(self, x):
    return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


def _stretched(frequency, rope):
    """LLaMA 3: waves that are long against the original context are stretched, short ones are not."""
    wave, context = 2 * math.pi / frequency, rope["original_max_position_embeddings"]
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    keep = ((context / wave - low) / (high - low)).clamp(0, 1)
    return frequency * (keep + (1 - keep) / rope["factor"])


def frequencies(config, tokens):
    rope, longest = config.rope_parameters, config.max_position_embeddings
    dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    kind, theta = rope["rope_type"], rope["rope_theta"]
    if kind == "dynamic" and tokens > longest:
        theta *= (rope["factor"] * tokens / longest - (rope["factor"] - 1)) ** (dim / (dim - 2))
    frequency = theta ** (-torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    if kind == "linear":
        frequency = frequency / rope["factor"]
    if kind == "llama3":
        frequency = _stretched(frequency, rope)
    if kind != "default":
        theirs = ROPE_INIT_FUNCTIONS[kind](config, torch.device("cpu"), seq_len=tokens)[0].double()
        assert torch.allclose(frequency, theirs, rtol=1e-6, atol=0), (kind, frequency, theirs)
    return frequency


def _rotary(self, x, position_ids):
    frequency = frequencies(self.config, int(position_ids.max()) + 1)
    angle = position_ids[..., None].double() * frequency
    angle = torch.cat([angle, angle], -1)
    return angle.cos(), angle.sin()


for norm, rotary in (
    (llama.LlamaRMSNorm, llama.LlamaRotaryEmbedding),
    (mistral.MistralRMSNorm, mistral.MistralRotaryEmbedding),
    (qwen2.Qwen2RMSNorm, qwen2.Qwen2RotaryEmbedding),
):
    norm.forward, rotary.forward = _norm, _rotary


def load(folder):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64, attn_implementation="sdpa")
    return model.eval()


def _first(value):
    return value[0] if isinstance(value, tuple) else value


def residual_stream(model, input_ids):
    """(hidden_states [layers + 1, batch, tokens, width] before the final norm, final_norm, logits)."""
    body = model.transformer if hasattr(model, "transformer") else model.model
    blocks, norm = (body.h, body.ln_f) if hasattr(body, "h") else (body.layers, body.norm)
    states, hooks, last = [], [], {}
    hooks.append(blocks[0].register_forward_pre_hook(lambda m, args: states.append(_first(args).clone())))
    for block in blocks:
        hooks.append(block.register_forward_hook(lambda m, args, out: states.append(_first(out).clone())))
    hooks.append(norm.register_forward_hook(lambda m, args, out: last.update(norm=out)))
    with torch.no_grad():
        logits = model(input_ids=input_ids, use_cache=False).logits
    for hook in hooks:
        hook.remove()
    return torch.stack(states), last["norm"], logits
