"""Feed-forward units of the tiny checkpoints of make_models.py (run that first): the output of GPT-2's mlp.c_proj and
LLaMA's mlp.down_proj, before the residual sum, from hooks on the original library in float64. Checked by the stream:
what a block added beyond its attention must be these units."""

import numpy as np
import torch
from safetensors.numpy import load_file

import hf64
from common import out_folder, save_tensors


def ffn_units(model, ids):
    """[layers x batch x tokens x width] of each block's feed-forward output and of attention + units."""
    body = model.transformer if hasattr(model, "transformer") else model.model
    blocks = body.h if hasattr(body, "h") else body.layers
    units, attention = [], []
    hooks = []
    for block in blocks:
        last = block.mlp.c_proj if hasattr(block.mlp, "c_proj") else block.mlp.down_proj
        first = block.attn if hasattr(block, "attn") else block.self_attn
        hooks.append(last.register_forward_hook(lambda m, args, out: units.append(out.clone())))
        hooks.append(first.register_forward_hook(lambda m, args, out: attention.append(out[0].clone())))
    with torch.no_grad():
        model(input_ids=ids, use_cache=False)
    for hook in hooks:
        hook.remove()
    return torch.stack(units).numpy(), torch.stack(attention).numpy()


def main():
    torch.set_num_threads(1)
    for name in ("gpt2", "llama", "llama-bias-tied"):
        folder = out_folder("models") / name
        known = load_file(folder / "expected.safetensors")
        units, attention = ffn_units(hf64.load(folder), torch.tensor(known["input_ids"]))
        added = np.diff(known["hidden_states"], axis=0)
        worst = np.abs(added - attention - units).max()
        print(f"{name}: the stream and its parts differ by at most {worst:.1e}")
        assert worst < 1e-11
        save_tensors(folder / "ffn.safetensors", {"ffn_units": units})


if __name__ == "__main__":
    main()
