"""Tiny random HuBERT, wav2vec 2.0, WavLM and Whisper checkpoints in the Hugging Face layout, and the states that transformers
computes of them in float64. Each takes another branch of the original code. Whisper's have a tokenizer of 40 tokens."""

import shutil

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    HubertConfig,
    HubertModel,
    Wav2Vec2Config,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2Model,
    WavLMConfig,
    WavLMModel,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperModel,
)

from common import out_folder, save_tensors
from make_sound import numpy_log_mel

WAVEFORM = dict(
    hidden_size=24,
    num_hidden_layers=3,
    num_attention_heads=4,
    intermediate_size=40,
    conv_dim=(16, 16, 16),
    conv_kernel=(10, 3, 2),
    conv_stride=(5, 2, 2),
    num_feat_extract_layers=3,
    num_conv_pos_embeddings=16,
    num_conv_pos_embedding_groups=4,
    mask_time_prob=0.0,
)
LARGE = dict(feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=True)

MODELS = {
    "hubert-base": (HubertModel, HubertConfig(**WAVEFORM, layer_norm_eps=1e-4)),
    "hubert-large": (HubertModel, HubertConfig(**WAVEFORM | LARGE | dict(num_conv_pos_embeddings=15))),
    "hubert-batch-norm": (HubertModel, HubertConfig(**WAVEFORM, conv_pos_batch_norm=True, feat_proj_layer_norm=False)),
    "wav2vec2": (Wav2Vec2Model, Wav2Vec2Config(**WAVEFORM, hidden_act="relu")),
    "wav2vec2-large": (Wav2Vec2Model, Wav2Vec2Config(**WAVEFORM | LARGE)),
    "wavlm-base": (WavLMModel, WavLMConfig(**WAVEFORM, num_buckets=16, max_bucket_distance=20)),
    "wavlm-large": (WavLMModel, WavLMConfig(**WAVEFORM | LARGE)),
}


def randomise(model, seed):
    """Nothing is 0 or 1: norm weights 1 + N(0, 0.2), biases N(0, 0.15), the rest N(0, s), s falling with the inputs of a row."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(list(model.named_parameters()) + list(model.named_buffers())):
            if not p.is_floating_point() or name == "encoder.embed_positions.weight":
                continue
            noise = torch.randn(p.shape, generator=generator)
            if name.endswith("running_var"):
                p.copy_(0.5 + noise.abs())
            elif name.endswith(("bias", "running_mean")):
                p.copy_(0.15 * noise)
            elif "norm" in name or name.endswith(("gru_rel_pos_const", "original0")):
                p.copy_(1 + 0.2 * noise)
            else:
                inputs = p[0].numel() if p.dim() > 1 else 1
                p.copy_(max(1.2 / np.sqrt(inputs), 0.3) * noise)
    return model.eval()


def heard(blocks, run):
    """What goes into the first block and what comes out of each."""
    states, hooks = [], []
    first = lambda value: value[0] if isinstance(value, tuple) else value
    hooks.append(blocks[0].register_forward_pre_hook(lambda m, args: states.append(first(args).clone())))
    for block in blocks:
        hooks.append(block.register_forward_hook(lambda m, args, out: states.append(first(out).clone())))
    with torch.no_grad():
        result = run()
    for hook in hooks:
        hook.remove()
    return torch.stack(states), result


def save(name, model):
    folder = out_folder("models") / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    return folder


def old_names(folder):
    """Most published checkpoints name the parts of a weight norm as torch did before 2.0."""
    tensors = load_file(folder / "model.safetensors")
    prefix = "encoder.pos_conv_embed.conv."
    for new, old in (("parametrizations.weight.original0", "weight_g"), ("parametrizations.weight.original1", "weight_v")):
        tensors[prefix + old] = tensors.pop(prefix + new)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def store_waveform_model(name, model_class, config, seed):
    model = randomise(model_class(config), seed)
    folder = save(name, model)
    shape = (1, 2000) if name == "wavlm-large" else (2, 800)
    samples = np.random.default_rng(seed).normal(0.02, 0.1, shape).astype(np.float32)
    extractor = Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask="large" in name)
    extractor.save_pretrained(folder)
    values = np.stack(extractor.zero_mean_unit_var_norm(list(samples.astype(float)), None))
    model = model.double()
    states, result = heard(model.encoder.layers, lambda: model(torch.tensor(values), output_hidden_states=True))
    final = result.last_hidden_state
    theirs = torch.stack(result.hidden_states)
    assert torch.equal(theirs[:-1], states[:-1]) and torch.isfinite(final).all(), name
    normed = torch.equal(theirs[-1], final)
    assert normed or torch.equal(theirs[-1], states[-1]), name
    if name == "hubert-base":
        old_names(folder)
    print(f"{name}: {states.shape[2]} frames, largest state {states.abs().max():.1f}; their last is final: {normed}")
    save_tensors(
        folder / "expected.safetensors",
        {"samples": samples, "hidden_states": states.numpy(), "final_norm": final.numpy()},
    )
    if name == "wavlm-large":
        attention = model.encoder.layers[0].attention
        distances = torch.arange(-1500, 1501)
        save_tensors(folder / "buckets.safetensors", {"buckets": attention._relative_positions_bucket(distances).numpy()})


WHISPER_SPECIAL = [f"<|{name}|>" for name in ("pad", "bos", "endoftext", "startoftranscript", "en", "de", "transcribe", "notimestamps")]


def save_tokenizer(folder):
    """Whisper's kind, small: bytes of the alphabet and a blank, five merges, the tokens that begin a transcript."""
    pieces = [("t", "h"), ("h", "e"), ("\u0120", "th"), ("a", "n"), ("i", "n")]
    tokens = WHISPER_SPECIAL + ["\u0120"] + [chr(code) for code in range(ord("a"), ord("z") + 1)] + [a + b for a, b in pieces]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, pieces))
    tokenizer.add_special_tokens(WHISPER_SPECIAL)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    first, last, end = "<|startoftranscript|>", "<|notimestamps|>", "<|endoftext|>"
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} {last} $A {end}", special_tokens=[(token, tokens.index(token)) for token in (first, last, end)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))


def store_whisper(bands, seed):
    config = WhisperConfig(
        d_model=24,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=3,
        encoder_ffn_dim=40,
        decoder_ffn_dim=36,
        num_mel_bins=bands,
        max_source_positions=50,
        max_target_positions=20,
        vocab_size=40,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=3,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    model = randomise(WhisperModel(config), seed)
    folder = save(f"whisper-{bands}", model)
    extractor = WhisperFeatureExtractor(feature_size=bands, chunk_length=1)
    extractor.save_pretrained(folder)
    random = np.random.default_rng(seed)
    samples = random.normal(0, 0.1, (2, 5600)).astype(np.float32)
    mel = np.stack([numpy_log_mel(extractor, sound.astype(float)) for sound in samples]).astype(float)  # rounded to float32 by them
    ids = torch.tensor(random.integers(0, config.vocab_size, (2, 9)))
    model = model.double()
    states, result = heard(model.encoder.layers, lambda: model.encoder(torch.tensor(mel)))
    final = result.last_hidden_state
    decoder, decoded = heard(
        model.decoder.layers, lambda: model.decoder(input_ids=ids, encoder_hidden_states=final, use_cache=False)
    )
    with_head = WhisperForConditionalGeneration.from_pretrained(folder).double().eval()
    with torch.no_grad():
        logits = with_head(torch.tensor(mel), decoder_input_ids=ids).logits
    save_tokenizer(folder)
    print(f"whisper-{bands}: {states.shape[2]} frames, largest state {states.abs().max():.1f}")
    save_tensors(
        folder / "expected.safetensors",
        {
            "samples": samples,
            "hidden_states": states.numpy(),
            "final_norm": final.numpy(),
            "decoder_ids": ids.numpy(),
            "decoder_states": decoder.numpy(),
            "decoder_norm": decoded.last_hidden_state.numpy(),
            "decoder_logits": logits.numpy(),
        },
    )


def main():
    torch.set_num_threads(1)
    for seed, (name, (model_class, config)) in enumerate(MODELS.items(), 21):
        store_waveform_model(name, model_class, config, seed)
    for bands in (80, 128):
        store_whisper(bands, 100 + bands)
    for path in out_folder("models").rglob("*.*"):
        path.chmod(0o644)


if __name__ == "__main__":
    main()
