#!/usr/bin/env python3
"""Makes the stored cases of tests/unit/input/tokenizer_test.cpp with Hugging Face's `tokenizers`.

  make_tokenizer_cases.py NAME=path/to/tokenizer.json ... [--output DIR]

For every tokenizer given, and for three small ones that are trained here (their tokenizer.json is stored in
DIR/NAME/), DIR/NAME.json gets the ids, positions and decoded text of the strings below. Positions are bytes of the
UTF-8 text; `tokenizers` counts characters, so a token that is a part of a character has the whole of it. What equals
the ids or the text is left out ("ids_with_template", "decoded").
"""
import argparse
import json
import pathlib

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXTS = [
    "", " ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", " \n ", "\t\t x", "a", " a", "a ", " a ", "  a  b   c    d",
    "Once upon a time, there was a little girl named Lily.", "The quick brown fox\njumps over\n\nthe lazy dog.\n",
    "I've you're he'll she'd we'm it's don't", "I'VE YOU'RE 'S 'T 'LL", "'s't're've'm'll'd", "' s '\t's", "\u2019s it\u2019s",
    "rock'n'roll o'clock ''''", "3.14159 1,000,000 0x1F 2024-01-31 1234567890", "\u0661\u0662\u0663 \u2167 \u00bd \u00b2\u00b3 \u2460",
    "Hello, world!!! (really?) [yes] {no} <tag/> #hash @at $5 100% a&b c*d e_f g-h i+j k=l m^n o~p q|r \\ / ; : `",
    "...---,,,;;;:::???!!!", "snake_case camelCase PascalCase kebab-case SCREAMING_CASE", "\u00e9t\u00e9 na\u00efve fa\u00e7ade \u00c5ngstr\u00f6m",
    "e\u0301te\u0301 (decomposed)", "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324algo", "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01",
    "\u4f60\u597d\uff0c\u4e16\u754c\u3002", "\u3053\u3093\u306b\u3061\u306f\u3000\u4e16\u754c", "\u30ab\u30bf\u30ab\u30ca \uff76\uff80\uff76\uff85", "\uc548\ub155\ud558\uc138\uc694", "\u1112\u1161\u11ab\u1100\u1173\u11af", "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440!",
    "\u0393\u03b5\u03b9\u03ac \u03c3\u03bf\u03c5 \u039a\u03cc\u03c3\u03bc\u03b5", "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", "\u200e\u202bbidi\u202c\u200f", "\u01c5 \u02b0 \u0298 \u00aa \u00ba", "\ufb01 \ufb03 \ufdfa",
    "\U0001f600", " \U0001f600\U0001f600 \U0001f60e", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f44d\U0001f3fd \U0001f1eb\U0001f1f7", "\u2764\ufe0f \u2603", "\U0001d54f\U0001d7d8 \U00020000\U0002a6d6",
    "a\u0085b", "a\u00a0b\u00a0\u00a0c", "a\u180eb \u180e \u180e\u180ec", "a\u200bb\u200b c", "\ufeffbom", "a\u2028b\u2029c", "\u1680\u2000\u2003\u2009\u202f\u205f\u3000x",
    "a\u000bb\u000cc\u001cd\u001de\u001ff", " \u0085 x", "a \u00a0 b", "x\u0000y", "\u0000", "\u0001\u0002\u001b\u007f", "\u0080\u009f\u00ad", "\ufffd \ufffe \uffff", "\U0010ffff\ue000",
    "\u2581", "\u2581a \u2581", "a\u2581b", "\u0120the \u010a \u0142", "<0x0A> <0xFF>", "<s>", "</s>", "<unk>", "a<s>b</s> c", "<|endoftext|>", "x <|endoftext|> y<|endoftext|>", "<|endoftext", "< s >",
    "<s><s> <s>", "a" * 600, "ab" * 300, " " * 200, "x" + " " * 101 + "y", "\n" * 99 + "z", "\u00e9" * 150, "\U0001f600" * 60, "wordwithoutspaces" * 30,
    "the the  the   the\tthe\nthe", "Zwei flinke Boxer jagen die quirlige Eva \u00fcber den Sylter Deich.", "\u201cQuoted,\u201d she said\u2014twice\u2026 \u2018ok\u2019?",
    "for (int i = 0; i < 10; ++i) {\n\tprintf(\"%d\\n\", i);\n}\n", "https://example.org/a?b=c&d=%20#e user@example.org",
    " [MASK]  x", "a [MASK] b", "  <left> y", "z <right>   w", "a Both  b", "bothBoth both", "foo  bar foo bar",
]


def train(tokenizer, **options):
    trainer = trainers.BpeTrainer(show_progress=False, **options)
    tokenizer.train_from_iterator([text for text in TEXTS if len(set(text)) > 3], trainer)


def like_llama3():
    """Split by an expression, then bytes; a template and merges that whole words may ignore."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    split = Regex(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(split, "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    train(tokenizer, vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.add_special_tokens(["<|begin|>", "<|end|>", "<|endoftext|>"])
    begin, end = (tokenizer.token_to_id(token) for token in ("<|begin|>", "<|end|>"))
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<|begin|> $A <|end|>", special_tokens=[("<|begin|>", begin), ("<|end|>", end)])])
    return tokenizer


def with_added_tokens():
    """A prefix space, and added tokens of every manner."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    train(tokenizer, vocab_size=300, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True, special=True), AddedToken("<left>", lstrip=True),
                                  AddedToken("<right>", rstrip=True), "<s>"])
    tokenizer.add_tokens([AddedToken("Both", lstrip=True, rstrip=True, normalized=False), AddedToken("foo", normalized=True),
                          AddedToken("foo  bar", normalized=False)])
    return tokenizer


def with_unknowns(fuse):
    """No bytes at all: unknown characters, a normaliser that changes lengths, normalised added tokens."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=fuse))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Replace("\u2026", "..."), normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    trainer = trainers.BpeTrainer(show_progress=False, vocab_size=120, special_tokens=["<unk>"])
    tokenizer.train_from_iterator(["the quick brown fox jumps over the lazy dog... a b c d. Once upon a time"], trainer)
    tokenizer.add_tokens([AddedToken("foo bar", normalized=True)])
    tokenizer.decoder = decoders.Sequence([decoders.Fuse(), decoders.Replace("\u2581", " "), decoders.Strip(" ", 1, 0)])
    return tokenizer


def byte_positions(text, offsets):
    starts = [0]
    for character in text:
        starts.append(starts[-1] + len(character.encode()))
    return [[starts[begin], starts[end]] for begin, end in offsets]


def cases(tokenizer):
    for text in TEXTS:
        plain, full = tokenizer.encode(text, add_special_tokens=False), tokenizer.encode(text)
        case = {"text": text, "ids": plain.ids, "positions": byte_positions(text, plain.offsets)}
        decoded = tokenizer.decode(plain.ids, skip_special_tokens=False)
        if full.ids != plain.ids:
            case["ids_with_template"] = full.ids
        if decoded != text:
            case["decoded"] = decoded
        yield case


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokenizers", nargs="*", metavar="NAME=PATH")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).parent / "tokenizer")
    options = parser.parse_args()
    made = {"like-llama3": like_llama3(), "added-tokens": with_added_tokens(), "unknowns": with_unknowns(False),
            "fused-unknowns": with_unknowns(True)}
    for name, tokenizer in made.items():
        (options.output / name).mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(options.output / name / "tokenizer.json"), pretty=False)
    for pair in options.tokenizers:
        name, path = pair.split("=", 1)
        made[name] = Tokenizer.from_file(path)
    for name, tokenizer in made.items():
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases(tokenizer))
        text = f'{{"made_by":"tokenizers {tokenizers.__version__}","cases":[\n{lines}\n]}}\n'
        (options.output / f"{name}.json").write_text(text)


main()
