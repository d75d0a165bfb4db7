"""Hugging Face models in true float64. LLaMA's normalisation and rotary angles fall back to float32 inside
transformers whatever the dtype of the model (logits then differ by about 4e-6), so both are replaced here."""

import torch
from transformers import AutoModelForCausalLM
from transformers.models.llama import modeling_llama as llama


def _norm(self, x):
    return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


def _rotary(self, x, position_ids):
    config = self.config
    dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    theta = config.rope_parameters["rope_theta"]
    frequency = theta ** (-torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    angle = position_ids[..., None].double() * frequency
    angle = torch.cat([angle, angle], -1)
    return angle.cos(), angle.sin()


llama.LlamaRMSNorm.forward = _norm
llama.LlamaRotaryEmbedding.forward = _rotary


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
