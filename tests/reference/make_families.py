"""Tiny random checkpoints of every family but GPT-2 and plain LLaMA, with the states that transformers gives in float64
(see hf64.py): after the embedding and each block, of the feed-forward networks and of the heads before they are mixed,
after the last norm, and logits where the model predicts the next token. Names in the files are those of old and new
checkpoints."""

import json
import shutil
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    BertConfig,
    BertForPreTraining,
    DistilBertConfig,
    DistilBertForMaskedLM,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    OPTConfig,
    OPTForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    RobertaConfig,
    RobertaForMaskedLM,
)

import hf64  # noqa: F401  (makes the library compute in float64)
from common import out_folder, save_json, save_tensors
from make_models import randomise
from splitmix import normals

SIZES = dict(num_hidden_layers=2, hidden_size=16, num_attention_heads=4, vocab_size=40)
FFN = 28


# Where a family keeps its blocks and, in a block, the second layer of the feed-forward network and the map after the
# heads; then its last norm.
def parts_of(model):
    kind = model.config.model_type
    if kind == "opt":
        body = model.model.decoder
        return body.layers, lambda b: (b.fc2, b.self_attn.out_proj), body.final_layer_norm
    if kind in ("bert", "roberta"):
        body = getattr(model, kind).encoder
        return body.layer, lambda b: (b.output.dense, b.attention.output.dense), None
    if kind == "distilbert":
        return model.distilbert.transformer.layer, lambda b: (b.ffn.lin2, b.attention.out_lin), None
    return model.model.layers, lambda b: (b.mlp.down_proj, b.self_attn.o_proj), model.model.norm


def first(value):
    return value[0] if isinstance(value, tuple) else value


def states(model, ids):
    blocks, maps_of, last_norm = parts_of(model)
    seen = {"hidden_states": [], "ffn_units": [], "heads": []}
    hooks = [blocks[0].register_forward_pre_hook(lambda m, args: seen["hidden_states"].append(args[0].clone()))]
    for block in blocks:
        ffn, out = maps_of(block)
        hooks += [
            block.register_forward_hook(lambda m, args, out: seen["hidden_states"].append(first(out).clone())),
            ffn.register_forward_hook(lambda m, args, out: seen["ffn_units"].append(out.clone())),
            out.register_forward_pre_hook(lambda m, args: seen["heads"].append(args[0].clone())),
        ]
    if last_norm is not None:
        hooks.append(last_norm.register_forward_hook(lambda m, args, out: seen.update(final_norm=[out])))
    causal = type(model).__name__.endswith("CausalLM")
    with torch.no_grad():
        out = model(torch.tensor(ids), **({"use_cache": False} if causal else {}))
    for hook in hooks:
        hook.remove()
    shape = (*ids.shape, -1)
    found = {k: torch.stack([t.reshape(shape) for t in v]).numpy() for k, v in seen.items()}
    found["final_norm"] = found["final_norm"][0] if last_norm is not None else found["hidden_states"][-1]
    if causal:
        found["logits"] = out.logits.numpy()
    assert all(v.dtype == np.float64 and np.isfinite(v).all() for v in found.values())
    return found


def store(name, model, tokens=12, rename=None, config=None):
    """`rename`: from the library's tensor names to those in the file; `config`: changes config.json."""
    folder = out_folder("models") / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    path = folder / "model.safetensors"
    if rename:
        save_file({rename(k): v for k, v in load_file(path).items()}, path, {"format": "pt"})
    if config:
        text = json.loads((folder / "config.json").read_text())
        config(text)
        save_json(folder / "config.json", text)
    for file in folder.iterdir():
        file.chmod(0o644)
    ids = np.random.default_rng(sum(map(ord, name))).integers(3, model.config.vocab_size, (2, tokens))
    found = states(type(model).from_pretrained(folder, dtype=torch.float64).eval() if not rename else model.double(), ids)
    save_tensors(folder / "expected.safetensors", {"input_ids": ids, **found})
    print(f"{name}: largest state {np.abs(found['hidden_states']).max():.1f}")


def opt(seed, **options):
    config = OPTConfig(**SIZES, ffn_dim=FFN, max_position_embeddings=14, **options)
    return randomise(OPTForCausalLM(config), seed)


def make_opt():
    store("opt", opt(21))
    # As the 350m model: normalised after each sub-layer, narrower embeddings. Names of files of the base model.
    post = opt(22, do_layer_norm_before=False, word_embed_proj_dim=10)
    store("opt-post", post, rename=lambda n: n.removeprefix("model."))
    bare = dict(enable_bias=False, tie_word_embeddings=False, activation_function="gelu")
    store("opt-bare", opt(23, _remove_final_layer_norm=True, **bare))


def make_bert():
    sizes = dict(**SIZES, intermediate_size=FFN, max_position_embeddings=12)
    store("bert", randomise(BertForPreTraining(BertConfig(**sizes)), 24))
    # Names as in files of 2018: no prefix, gamma and beta. Three types, another norm and activation.
    old = BertConfig(**sizes, type_vocab_size=3, layer_norm_eps=1e-3, hidden_act="relu")
    store(
        "bert-old",
        randomise(BertForPreTraining(old), 25),
        rename=lambda n: n.removeprefix("bert.")
        .replace("LayerNorm.weight", "LayerNorm.gamma")
        .replace("LayerNorm.bias", "LayerNorm.beta"),
    )
    roberta = RobertaConfig(**{**sizes, "max_position_embeddings": 14}, type_vocab_size=1, pad_token_id=1)
    store("roberta", randomise(RobertaForMaskedLM(roberta), 26))
    distil = DistilBertConfig(n_layers=2, dim=16, n_heads=4, hidden_dim=FFN, vocab_size=40, max_position_embeddings=12)
    store("distilbert", randomise(DistilBertForMaskedLM(distil), 27))


def llama(seed, longest=64, rope=None, kind=(LlamaConfig, LlamaForCausalLM), **options):
    rope = {"rope_theta": 1e4, **(rope or {"rope_type": "default"})}
    config = kind[0](
        **SIZES,
        intermediate_size=FFN,
        num_key_value_heads=2,
        max_position_embeddings=longest,
        rope_parameters=rope,
        **options,
    )
    return randomise(kind[1](config), seed)


def older_rope(config):
    """As files from before transformers 5 have it."""
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    config["rope_scaling"] = rope


def oldest_rope(config):
    older_rope(config)
    config["rope_scaling"]["type"] = config["rope_scaling"].pop("rope_type")


def make_llama():
    store("llama-linear", llama(28, rope={"rope_type": "linear", "factor": 2.5}, head_dim=6), config=oldest_rope)
    # 20 tokens where 8 were trained on: the frequencies depend on the length.
    store("llama-dynamic", llama(29, longest=8, rope={"rope_type": "dynamic", "factor": 3.0}), tokens=20)
    # Of four waves one stays, one lies between and two are stretched.
    stretched = dict(
        rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32
    )
    store("llama-llama3", llama(30, rope={**stretched, "rope_theta": 100.0}, head_dim=8), config=older_rope)
    windowed = dict(kind=(MistralConfig, MistralForCausalLM), sliding_window=5, head_dim=10)
    store("mistral", llama(31, **windowed))
    store("qwen2", llama(32, kind=(Qwen2Config, Qwen2ForCausalLM), tie_word_embeddings=True))


def make_twin():
    """A BERT of full width and one layer with the weights of the untrained twin of seed 5: matrices are drawn one after
    another, N(0, 0.02), in the order of the names below; the row of the padding token is 0."""
    config = BertConfig(num_hidden_layers=1, vocab_size=60, max_position_embeddings=16)
    model = BertForPreTraining(config)
    body = model.bert
    layer = body.encoder.layer[0]
    embeddings = body.embeddings
    order = [embeddings.word_embeddings, embeddings.position_embeddings, embeddings.token_type_embeddings]
    order += [layer.attention.self.query, layer.attention.self.key, layer.attention.self.value]
    order += [layer.attention.output.dense, layer.intermediate.dense, layer.output.dense]
    numbers = torch.tensor(normals(sum(m.weight.numel() for m in order), 1, 5)[:, 0])
    model = model.double().eval()
    for parameter in model.parameters():
        parameter.data.zero_()
    for module in model.modules():
        if isinstance(module, torch.nn.LayerNorm):
            module.weight.data.fill_(1)
    for m in order:
        count = m.weight.numel()
        m.weight.data.copy_(0.02 * numbers[:count].view(m.weight.shape))
        numbers = numbers[count:]
    embeddings.word_embeddings.weight.data[config.pad_token_id] = 0
    folder = out_folder("models") / "bert-twin"
    folder.mkdir(exist_ok=True)
    config.save_pretrained(folder)
    (folder / "config.json").chmod(0o644)
    ids = np.random.default_rng(5).integers(0, 60, (1, 6))
    found = states(model, ids)
    save_tensors(
        folder / "expected.safetensors",
        {"input_ids": ids, "hidden_states": found["hidden_states"][:, :, [0, 5], ::8]},
    )


def main():
    torch.set_num_threads(1)
    makers = dict(opt=make_opt, bert=make_bert, llama=make_llama, twin=make_twin)
    for name in sys.argv[1:] or makers:
        makers[name]()


if __name__ == "__main__":
    main()
