"""Losses, gradients and optimiser steps of tiny models, by PyTorch and transformers in float64: cross_entropy,
cosine_similarity, autograd, clip_grad_norm_ and optim.AdamW. Layer k of the frozen copy is its hidden_states[k]."""

import copy
import shutil

import torch
from safetensors.torch import load_file
from torch.nn.functional import cosine_similarity, cross_entropy, linear
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

import hf64
from common import out_folder, save_json, save_tensors
from make_models import randomise

LAYER, DISTANCE, TEMPERATURE, ALPHA_PRIME = 1, 3, 0.1, 0.3
SEQUENCES, TOKENS, NEGATIVES, STEPS, KEPT_STEPS = 3, 12, 20, 5, (1, 2, 5)
OPTIMISER = dict(lr=2e-3, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)
CLIP = 1.0
MODELS = {
    "gpt2": GPT2LMHeadModel(
        GPT2Config(n_layer=2, n_embd=16, n_head=2, vocab_size=48, n_positions=16, n_inner=24, bos_token_id=0,
                   eos_token_id=0)
    ),
    "llama": LlamaForCausalLM(
        LlamaConfig(num_hidden_layers=2, hidden_size=16, intermediate_size=24, num_attention_heads=4,
                    num_key_value_heads=2, head_dim=4, vocab_size=48, max_position_embeddings=16,
                    rope_parameters={"rope_type": "default", "rope_theta": 1e4}, tie_word_embeddings=False,
                    bos_token_id=1, eos_token_id=2)
    ),
}


def final_states(model, ids):
    """Logits, and the states after the final norm that they are made from."""
    out = model(input_ids=ids, use_cache=False, output_hidden_states=True)
    return out.logits, out.hidden_states[-1]


def losses(model, frozen, contrast, ids, negatives, positive_below=True):
    logits, states = final_states(model, ids)
    language = cross_entropy(logits[:, :-1].reshape(-1, logits.shape[-1]), ids[:, 1:].reshape(-1))
    with torch.no_grad():
        target = frozen(input_ids=ids, use_cache=False, output_hidden_states=True).hidden_states[LAYER]
    p = linear(states[:, :-DISTANCE], *contrast).reshape(-1, states.shape[-1])
    q = target[:, DISTANCE:].reshape(-1, states.shape[-1])
    right = torch.exp(cosine_similarity(p, q, dim=-1) / TEMPERATURE)
    below = torch.exp(cosine_similarity(p[:, None], negatives[None], dim=-1) / TEMPERATURE).sum(1)
    return language, -torch.log(right / (below + right if positive_below else below)).mean()


def named(model, contrast):
    return {**dict(model.named_parameters()), "contrast.weight": contrast[0], "contrast.bias": contrast[1]}


def gradients(loss, tensors):
    found = torch.autograd.grad(loss, list(tensors.values()), allow_unused=True, retain_graph=True)
    return {name: torch.zeros_like(t) if g is None else g for (name, t), g in zip(tensors.items(), found)}


def optimise(model, frozen, contrast, batches, negatives):
    """Five steps; only matrices decay; the rate falls linearly to 0 after the last. Weights after each step."""
    tensors = named(model, contrast)
    groups = [
        {"params": [t for t in tensors.values() if t.dim() > 1]},
        {"params": [t for t in tensors.values() if t.dim() == 1], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, **OPTIMISER)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: (STEPS - step) / STEPS)
    for ids in batches:
        language, high = losses(model, frozen, contrast, ids, negatives)
        optimiser.zero_grad()
        (ALPHA_PRIME * high + (1 - ALPHA_PRIME) * language).backward()
        norm = torch.nn.utils.clip_grad_norm_(tensors.values(), CLIP)
        assert norm > CLIP
        optimiser.step()
        schedule.step()
        yield {name: t.detach().clone() for name, t in tensors.items()}


def check_start(folder):
    """The stored losses again, from nothing but what is stored."""
    stored = load_file(folder / "expected.safetensors")
    model = hf64.load(folder)
    contrast = [stored["start.contrast.weight"], stored["start.contrast.bias"]]
    again = losses(model, model, contrast, stored["ids"][0], stored["negatives"])
    assert torch.equal(torch.stack(again), stored["losses"][:2]), (again, stored["losses"])


def store(name, model, seed):
    folder = out_folder("finetune") / name
    shutil.rmtree(folder, ignore_errors=True)
    randomise(model, seed).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    for path in folder.iterdir():
        path.chmod(0o644)
    model = hf64.load(folder)
    frozen = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    width = model.get_input_embeddings().weight.shape[1]
    normal = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
    contrast = [(0.3 * normal(width, width)).requires_grad_(), (0.1 * normal(width)).requires_grad_()]
    batches = torch.randint(0, 48, (STEPS, SEQUENCES, TOKENS), generator=generator)
    negatives = normal(NEGATIVES, width)
    out = {"ids": batches, "negatives": negatives}
    # The optimiser moves these in place: what is stored is what the losses below begin with.
    out |= {f"start.contrast.{kind}": t.detach().clone() for kind, t in zip(("weight", "bias"), contrast)}
    language, high = losses(model, frozen, contrast, batches[0], negatives)
    printed = losses(model, frozen, contrast, batches[0], negatives, positive_below=False)[1]
    mixed = ALPHA_PRIME * high + (1 - ALPHA_PRIME) * language
    out["losses"] = torch.stack([language, high, printed, mixed])
    for kind, loss in (("lm", language), ("high", high), ("printed", printed), ("mixed", mixed)):
        out |= {f"{kind}.{n}": g for n, g in gradients(loss, named(model, contrast)).items()}
    for step, weights in enumerate(optimise(model, frozen, contrast, batches, negatives), start=1):
        if step in KEPT_STEPS:
            out |= {f"step{step}.{n}": t for n, t in weights.items()}
    save_tensors(folder / "expected.safetensors", {n: t.detach().numpy() for n, t in out.items()})
    check_start(folder)
    print(f"{name}: losses {[round(x, 4) for x in out['losses'].tolist()]}")


def main():
    torch.set_num_threads(1)
    for seed, (name, model) in enumerate(MODELS.items(), start=1):
        store(name, model, seed)
    save_json(
        out_folder("finetune") / "finetune.json",
        {"layer": LAYER, "distance": DISTANCE, "temperature": TEMPERATURE, "alpha_prime": ALPHA_PRIME,
         "steps": STEPS, "kept_steps": KEPT_STEPS, "clip": CLIP, **OPTIMISER},
    )


if __name__ == "__main__":
    main()
