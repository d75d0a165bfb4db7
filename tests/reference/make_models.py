"""Tiny random GPT-2 and LLaMA checkpoints in the Hugging Face layout with states computed in float64.
The states come from transformers (hooks; see hf64.py) and must agree with a second forward pass written out below."""

import json
import shutil

import numpy as np
import torch
from safetensors.numpy import load_file as numpy_file
from safetensors.torch import load_file
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

import hf64
from common import out_folder, save_json, save_tensors

TOKENS = (2, 20)


def randomise(model, seed):
    """Matrices N(0, 0.3), embeddings N(0, 0.6), norm weights 1 + N(0, 0.2), biases N(0, 0.15): nothing is 0 or 1."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in sorted(model.named_parameters()):
        noise = torch.randn(p.shape, generator=generator)
        is_norm = "ln_" in name or "norm" in name.lower()
        scale, mean = (0.15, 0.0) if name.endswith("bias") else (0.2, 1.0) if is_norm else (0.3, 0.0)
        if not is_norm and any(part in name for part in ("wte", "wpe", "embed_", "embeddings")):
            scale = 0.6
        p.data = mean + scale * noise
    model.tie_weights()
    return model.eval()


def gelu_new(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def attend(q, k, v):
    """[batch, heads, tokens, head width] each; causal softmax attention."""
    s = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    s[..., np.triu(np.ones(s.shape[-2:], bool), 1)] = -np.inf
    e = np.exp(s - s.max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)) @ v


def split(x, heads):
    return x.reshape(*x.shape[:2], heads, -1).swapaxes(1, 2)


def join(x):
    return x.swapaxes(1, 2).reshape(x.shape[0], x.shape[2], -1)


def forward_gpt2(w, config, ids):
    def norm(x, n):
        centred = x - x.mean(-1, keepdims=True)
        return (
            centred / np.sqrt((centred**2).mean(-1, keepdims=True) + config.layer_norm_epsilon) * w[n + ".weight"]
            + w[n + ".bias"]
        )

    def linear(x, n):
        return x @ w[n + ".weight"] + w[n + ".bias"]

    x = w["transformer.wte.weight"][ids] + w["transformer.wpe.weight"][: ids.shape[1]]
    states = [x]
    for layer in range(config.n_layer):
        b = f"transformer.h.{layer}."
        q, k, v = (
            split(part, config.n_head) for part in np.split(linear(norm(x, b + "ln_1"), b + "attn.c_attn"), 3, -1)
        )
        x = x + linear(join(attend(q, k, v)), b + "attn.c_proj")
        x = x + linear(gelu_new(linear(norm(x, b + "ln_2"), b + "mlp.c_fc")), b + "mlp.c_proj")
        states.append(x)
    final = norm(x, "transformer.ln_f")
    return np.stack(states), final, final @ w["transformer.wte.weight"].T


def forward_llama(w, config, ids):
    heads, kv_heads, theta = (
        config.num_attention_heads,
        config.num_key_value_heads,
        config.rope_parameters["rope_theta"],
    )
    half = config.head_dim // 2

    def norm(x, n):
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + config.rms_norm_eps) * w[n + ".weight"]

    def linear(x, n):
        return x @ w[n + ".weight"].T + w.get(n + ".bias", 0)

    def rotate(x):
        angle = np.arange(x.shape[2])[:, None] * theta ** (-np.arange(half) / half)
        a, b = x[..., :half], x[..., half:]
        return np.concatenate([a * np.cos(angle) - b * np.sin(angle), b * np.cos(angle) + a * np.sin(angle)], -1)

    x = w["model.embed_tokens.weight"][ids]
    states = [x]
    for layer in range(config.num_hidden_layers):
        b = f"model.layers.{layer}."
        h = norm(x, b + "input_layernorm")
        q, k, v = (
            split(linear(h, b + f"self_attn.{n}_proj"), c) for n, c in (("q", heads), ("k", kv_heads), ("v", kv_heads))
        )
        k, v = rotate(k).repeat(heads // kv_heads, 1), v.repeat(heads // kv_heads, 1)
        x = x + linear(join(attend(rotate(q), k, v)), b + "self_attn.o_proj")
        h = norm(x, b + "post_attention_layernorm")
        gate = linear(h, b + "mlp.gate_proj")
        x = x + linear(gate / (1 + np.exp(-gate)) * linear(h, b + "mlp.up_proj"), b + "mlp.down_proj")
        states.append(x)
    final = norm(x, "model.norm")
    head = w.get("lm_head.weight", w["model.embed_tokens.weight"])
    return np.stack(states), final, final @ head.T


def weights_on_disk(folder):
    out = {}
    for path in sorted(folder.glob("model*.safetensors")):
        out.update({k: v.double().numpy() for k, v in load_file(path).items()})
    return out


def expected(folder, forward, ids):
    """Runs what lies on disk, so rounded weights are used as rounded."""
    model = hf64.load(folder)
    got = [t.numpy() for t in hf64.residual_stream(model, torch.tensor(ids))]
    again = forward(weights_on_disk(folder), model.config, ids)
    worst = max(np.abs(a - b).max() for a, b in zip(got, again))
    print(
        f"{folder.name}: two float64 forward passes differ by at most {worst:.1e}; "
        f"largest state {np.abs(got[0]).max():.1f}"
    )
    assert worst < 1e-11 and np.isfinite(got[2]).all()
    return got


def store(name, model, forward, seed, **save):
    folder = out_folder("models") / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, **save)
    (folder / "generation_config.json").unlink(missing_ok=True)
    for path in folder.iterdir():
        path.chmod(0o644)
    ids = np.random.default_rng(seed).integers(0, model.config.vocab_size, TOKENS)
    states, norm, logits = expected(folder, forward, ids)
    save_tensors(
        folder / "expected.safetensors",
        {"input_ids": ids, "hidden_states": states, "final_norm": norm, "logits": logits},
    )
    return folder


def old_llama_config(folder):
    """Most published checkpoints have rope_theta at the top level and torch_dtype; this transformers writes neither."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["rope_theta"] = config.pop("rope_parameters")["rope_theta"]
    config["torch_dtype"] = config.pop("dtype")
    save_json(path, config)


def main():
    torch.set_num_threads(1)
    gpt2 = GPT2Config(
        n_layer=3,
        n_embd=24,
        n_head=4,
        vocab_size=50,
        n_positions=32,
        n_inner=72,
        activation_function="gelu_new",
        layer_norm_epsilon=1e-4,
        bos_token_id=0,
        eos_token_id=0,
    )
    a = randomise(GPT2LMHeadModel(gpt2), 1)
    store("gpt2", a, forward_gpt2, 11)
    for name, dtype in (("gpt2-float16", torch.float16), ("gpt2-bfloat16", torch.bfloat16)):
        store(name, randomise(GPT2LMHeadModel(gpt2), 1).to(dtype), forward_gpt2, 11)
    common = dict(
        num_hidden_layers=3,
        hidden_size=32,
        intermediate_size=56,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        vocab_size=60,
        max_position_embeddings=64,
        hidden_act="silu",
        bos_token_id=1,
        eos_token_id=2,
    )
    b = LlamaConfig(
        **common,
        rms_norm_eps=1e-6,
        rope_parameters={"rope_type": "default", "rope_theta": 5e4},
        tie_word_embeddings=False,
    )
    for name, save in (("llama", {}), ("llama-sharded", {"max_shard_size": "64KB"})):
        folder = store(name, randomise(LlamaForCausalLM(b), 2), forward_llama, 12, **save)
        old_llama_config(folder)
        again = expected(folder, forward_llama, np.random.default_rng(12).integers(0, 60, TOKENS))[0]
        assert np.array_equal(
            again, numpy_file(out_folder("models") / "llama" / "expected.safetensors")["hidden_states"]
        )
    assert len(list(folder.glob("model-*.safetensors"))) == 2
    (folder / "expected.safetensors").unlink()
    c = LlamaConfig(
        **common,
        rms_norm_eps=1e-3,
        rope_parameters={"rope_type": "default", "rope_theta": 2e4},
        attention_bias=True,
        tie_word_embeddings=True,
    )
    store("llama-bias-tied", randomise(LlamaForCausalLM(c), 3), forward_llama, 13)


if __name__ == "__main__":
    main()
