#!/usr/bin/env python3
"""Makes small tokenizers of every kind with Hugging Face's `tokenizers`, and what they make of adversarial strings.

  make_tokenizers.py                                   writes tokenizer/kinds: strings.txt, NAME/ and NAME.tsv
  make_tokenizers.py --check PROGRAM [--count N] [--data DIR]
                                                       compares `PROGRAM tokenize` with the library on N strings a kind

DIR is ARCUATE_TEST_DATA; its GPT-2 vocabulary is compared as well. Kinds that are folders of older files are read by
`transformers`. strings.txt holds the strings as JSON. The first line of NAME.tsv is what the template puts around a
text (before|after); those behind it have a string's ids and its tokens' positions (see `widths`; bytes of the UTF-8
text, whole characters).

The library's tables of categories are those of Unicode 8 (BERT), ours those of 14 and later: characters that the two
call differently are left out, as are those that Unicode 14 does not assign. `strange_characters` finds them.
"""
import argparse
import functools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import tokenizers
import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

assert unicodedata.unidata_version == "14.0.0", "run with Python 3.11, whose tables are those of Unicode 14"
FOLDER = pathlib.Path(__file__).parent / "tokenizer" / "kinds"
STORED, SEED = 500, 20261126

# ---- Strings -------------------------------------------------------------------------------------------------------

SYLLABLES = "ba de ki lo mu na pe ri so tu vel gra stro plin quo thr wha cks ing ed tion ness".split()
WORDS = ("the a of and to in it was that he she had on with as his for at be you not they is but were all my one said "
         "old fox dog lazy quick brown jumps over king queen river stone café naïve Ångström Élan über señor Straße "
         "don't I'm they'll we've o'clock rock'n'roll well-known mother-in-law 3.14 1,000 2024 42nd").split()
SCRIPTS = ["Привет мир ёлка", "Γειά σου Κόσμε ΌΣΟΣ", "שלום עולם", "مرحبا بالعالم", "नमस्ते दुनिया", "สวัสดีชาวโลก",
           "你好，世界。", "こんにちは　世界", "カタカナ ｶﾀｶﾅ", "안녕하세요", "\u1112\u1161\u11ab", "Đặng Thị Ngọc", "İstanbul ığ İ", "ß ẞ ﬁ ﬃ ﷺ", "𝕏𝟘 𠀀𪛖"]
EMOJI = ["😀", "👨‍👩‍👧‍👦", "👍🏽", "🇫🇷", "❤️", "☃", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
MARKS = ["\u0301", "\u0308", "\u0327", "\u0303\u0323", "\u0345", "\u20dd", "\u093f", "\u0e31"]
SPACES = [" ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "\u00a0", "\u180e", "\u200b", "\u3000", "\u2003", "\u2028", "\u0085", "\u000b", "\u000c",
          "\ufeff", "\u202f", "\u1680", " \u00a0 "]
CONTROLS = ["\u0000", "\u0001", "\u001b", "\u007f", "\u0080", "\u009f", "\u00ad", "\u200d", "\u200e", "\ufffd", "\uffff", "\ue000", "\U0010ffff", "\U000e0001"]
APOSTROPHES = ["'", "\u2019", "\u2018", "\u02bc", "\uff07", "`", "\u00b4", "'s", "'S", "\u2019s", "'ll", "'RE", "n't", "''", "'\u017f"]
ADDED = ["<s>", "</s>", "[MASK]", "[CLS]", "[SEP]", "<|endoftext|>", "<left>", "<right>", "foo", "foo  bar", "Alone", "Both", "CafÉ", "<0x0A>", "\u2581", "##ing",
         "Ġthe", "Ġ", "<unk>", "[UNK]", "<|begin|>"]
PUNCTUATION = list("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~") + ["...", "\u2014", "\u2026", "\u201c", "\u201d", "\u00bf", "\u3001", "\u00a7", "\u2116", "--"]
DIGITS = ["0", "7", "12", "1234567", "٣", "½", "²", "Ⅷ", "①", "೩"]


@functools.cache
def strange_characters():
    clean = normalizers.BertNormalizer(True, False, False, False)
    plain, split = normalizers.BertNormalizer(False, False, True, False), pre_tokenizers.BertPreTokenizer()
    nfc, nfkd, lower, marks = normalizers.NFC(), normalizers.NFKD(), normalizers.Lowercase(), normalizers.StripAccents()
    strange = set()
    for point in range(0x80, 0x110000):
        if 0xd800 <= point < 0xe000:
            continue
        c = chr(point)
        kind = unicodedata.category(c)
        if kind == "Co":
            continue
        same = kind != "Cn" and \
            (clean.normalize_str(f"a{c}b") == "ab") == (kind in ("Cc", "Cf") or c == "\ufffd") and \
            (plain.normalize_str(c) == "") == (kind == "Mn") and \
            (len(split.pre_tokenize_str(f"a{c}b")) == 3) == (kind[0] == "P") and \
            (marks.normalize_str(f"a{c}b") == "ab") == (kind[0] == "M") and lower.normalize_str(c) == c.lower() and \
            nfc.normalize_str(c) == unicodedata.normalize("NFC", c) and nfkd.normalize_str(c) == unicodedata.normalize("NFKD", c)
        if not same:
            strange.add(c)
    return strange


@functools.cache
def usual_characters():
    strange = strange_characters()
    return [c for c in map(chr, range(0x110000)) if not "\ud800" <= c <= "\udfff" and c not in strange and
            unicodedata.category(c) != "Cn"]


def some_part(choose):
    kind = choose.randrange(16)
    if kind < 3:
        return choose.choice(WORDS)
    if kind == 3:
        return "".join(choose.choice(SYLLABLES) for _ in range(choose.randint(1, 4)))
    if kind == 4:
        return choose.choice(WORDS).upper() if choose.random() < .5 else choose.choice(WORDS).title()
    if kind == 5:
        return "".join(choose.choice(usual_characters()) for _ in range(choose.randint(1, 4)))
    if kind == 6:
        return choose.choice("aeoucnAEOSI ") + "".join(choose.choice(MARKS) for _ in range(choose.randint(1, 3)))
    if kind == 7 and choose.random() < .05:
        return choose.choice(["x", "ab", "é", "的", "😀", "\u0301", "'", "1"]) * choose.randint(60, 130)
    if kind == 8:
        return choose.choice(ADDED)
    lists = [SCRIPTS, EMOJI, SPACES, CONTROLS, APOSTROPHES, PUNCTUATION, DIGITS]
    part = choose.choice(lists[kind % len(lists)])
    return choose.choice(part.split()) if lists[kind % len(lists)] is SCRIPTS and choose.random() < .5 else part


def strings(count, seed, most_parts=9):
    choose = random.Random(seed)
    yield from ["", " ", "  ", "\n", "a", " a", "a ", " a ", "\u0301", "\u2581", " \u2581 a", "\u180e", "a\u0301", "'", "''s"][:count]
    for _ in range(count - 15):
        blank = choose.random()
        parts = []
        for _ in range(choose.randint(1, most_parts)):
            parts.append(some_part(choose))
            if choose.random() < blank:
                parts.append(choose.choice(SPACES) if choose.random() < .15 else " ")
        yield "".join(c for c in "".join(parts) if c not in strange_characters())


# ---- Tokenizers ----------------------------------------------------------------------------------------------------

def corpus():
    choose = random.Random(SEED + 1)
    lines = SCRIPTS + [" ".join(choose.choice(WORDS) + choose.choice(["", "", "", ",", ".", "'s", "ing"]) for _ in range(12)) for _ in range(400)]
    return lines + ["".join(choose.choice(SYLLABLES) for _ in range(3)) + " " + choose.choice(WORDS).title() for _ in range(300)]


def byte_level(split=None, prefix=False, vocabulary=420, **options):
    tokenizer = Tokenizer(models.BPE(**options))
    steps = [split] if split else []
    steps.append(pre_tokenizers.ByteLevel(add_prefix_space=prefix, use_regex=split is None))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps) if split else steps[0]
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(
        show_progress=False, vocab_size=vocabulary, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<s>", "</s>", "<unk>"]))
    return tokenizer


def opt():
    """OPT: GPT-2's pieces behind </s>."""
    tokenizer = byte_level()
    tokenizer.post_processor = processors.TemplateProcessing(single="</s> $A", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))])
    return tokenizer


def llama3():
    split = Regex(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    tokenizer = byte_level(pre_tokenizers.Split(split, "isolated"), ignore_merges=True)
    tokenizer.add_special_tokens(["<|begin|>"])
    begin = tokenizer.token_to_id("<|begin|>")
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=True), processors.TemplateProcessing(single="<|begin|> $A", special_tokens=[("<|begin|>", begin)])])
    return tokenizer


def whisper():
    """A template before and behind, and added tokens that are no special ones."""
    tokenizer = byte_level()
    tokenizer.add_special_tokens(["<|endoftext|>", "<|start|>", "<|notimestamps|>"])
    tokenizer.add_tokens([f"<|{n}.00|>" for n in range(3)])
    names = ["<|start|>", "<|notimestamps|>", "<|endoftext|>"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|start|> <|notimestamps|> $A <|endoftext|>", special_tokens=[(name, tokenizer.token_to_id(name)) for name in names])
    return tokenizer


def roberta():
    """A prefix space, trimmed positions, <mask> that takes the space before it along."""
    tokenizer = byte_level(prefix=True)
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True), AddedToken("<left>", lstrip=True), AddedToken("<right>", rstrip=True)])
    tokenizer.add_tokens([AddedToken("Alone", single_word=True), AddedToken("foo", single_word=True, normalized=False), AddedToken("Both", lstrip=True, rstrip=True)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")), trim_offsets=True, add_prefix_space=True)
    return tokenizer


def pythia():
    """GPT-NeoX: normal form C before bytes."""
    tokenizer = byte_level()
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_tokens([AddedToken("CafÉ", normalized=True), "  "])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True, add_prefix_space=False)
    return tokenizer


def falcon():
    """Splits of several kinds behind each other, the last ones after bytes became letters."""
    tokenizer = byte_level()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.ByteLevel(add_prefix_space=False), pre_tokenizers.Digits(False),
        pre_tokenizers.Split(Regex("[0-9][0-9][0-9]"), "isolated")])
    return tokenizer


def splits(behavior, invert):
    tokenizer = byte_level()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"\w'|[\s\p{P}]|e+"), behavior, invert), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    return tokenizer


def sentencepiece(fuse=True, fallback=True, metaspace=None, vocabulary=520):
    """LLaMA 2: spaces are marked, unknown characters are bytes; `metaspace` does it in the pre-tokenizer."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=fuse, byte_fallback=fallback))
    specials = ["<unk>", "<s>", "</s>"] + ([f"<0x{byte:02X}>" for byte in range(256)] if fallback else [])
    marked = ["\u2581" + line.replace(" ", "\u2581") for line in corpus()]
    tokenizer.pre_tokenizer = pre_tokenizers.Split("\u2581", "merged_with_next")
    tokenizer.train_from_iterator(marked, trainers.BpeTrainer(show_progress=False, vocab_size=vocabulary, special_tokens=specials, limit_alphabet=70))
    tokenizer = Tokenizer(models.BPE.from_file(*tokenizer.model.save(tempfile.mkdtemp()), unk_token="<unk>", fuse_unk=fuse, byte_fallback=fallback))
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    if metaspace:
        tokenizer.pre_tokenizer = metaspace
        tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace("\u2581", metaspace.prepend_scheme)])
    else:
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
        tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_tokens([AddedToken("foo  bar", normalized=False), AddedToken("Alone", single_word=True, normalized=True)])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))])
    return tokenizer


def normal_forms():
    """Sequences of normalisers, one with an expression, in front of pieces of characters."""
    tokenizer = sentencepiece(metaspace=pre_tokenizers.Metaspace("\u2581", "first", split=False))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents()]), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Replace("\u2026", "..."),
        normalizers.Lowercase(), normalizers.NFKC(), normalizers.Strip(True, True)])
    return tokenizer


def bert(lowercase, strip=None, chinese=True, clean=True, longest=100, whitespace=False):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=longest))
    tokenizer.normalizer = normalizers.BertNormalizer(clean, chinese, strip, lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace() if whitespace else pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(corpus() + list(map(chr, range(33, 127))), trainers.WordPieceTrainer(
        show_progress=False, vocab_size=480, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))
    pair = [(name, tokenizer.token_to_id(name)) for name in ("[SEP]", "[CLS]")]
    tokenizer.add_tokens([AddedToken("CafÉ", normalized=True), AddedToken("Alone", single_word=True, normalized=False), AddedToken("foo", single_word=True)])
    if chinese:
        tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=pair)
    else:
        tokenizer.post_processor = processors.BertProcessing(*pair)
    return tokenizer


def kinds():
    made = {"opt": opt(), "llama3": llama3(), "whisper": whisper(), "roberta": roberta(), "pythia": pythia(), "falcon": falcon(),
            "llama2": sentencepiece(), "unknowns": sentencepiece(fuse=False, fallback=False, vocabulary=260), "fused": sentencepiece(fallback=False, vocabulary=260),
            "normal-forms": normal_forms(), "bert-uncased": bert(True), "bert-cased": bert(False, chinese=False),
            "bert-accents": bert(True, strip=False, longest=12, clean=False), "bert-stripped": bert(False, strip=True, whitespace=True)}
    for scheme in ("always", "first", "never"):
        made[f"metaspace-{scheme}"] = sentencepiece(metaspace=pre_tokenizers.Metaspace("\u2581", scheme))
    for behavior in ("removed", "contiguous", "merged_with_previous", "merged_with_next"):
        made[f"split-{behavior.replace('_', '-')}"] = splits(behavior, False)
    made["split-inverted"] = splits("removed", True)
    return made


# Folders of older files: made from the ones above, read by transformers.

def write(path, value):
    path.write_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def folder_of(folder, name, config, specials=None):
    folder.mkdir(parents=True, exist_ok=True)
    model = json.loads(kinds_cached()[name].to_str())["model"]
    if model["type"] == "WordPiece":
        write(folder / "vocab.txt", "".join(token + "\n" for token, _ in sorted(model["vocab"].items(), key=lambda pair: pair[1])))
    else:
        write(folder / "vocab.json", model["vocab"])
        write(folder / "merges.txt", "#version: 0.2\n" + "".join(" ".join(pair) + "\n" for pair in model["merges"]))
    write(folder / "tokenizer_config.json", config)
    if specials:
        write(folder / "special_tokens_map.json", specials)


@functools.cache
def kinds_cached():
    return kinds()


def as_object(content):
    return {"__type": "AddedToken", "content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}


def folders(output):
    folder_of(output / "folder-opt", "opt", {"add_bos_token": True, "add_prefix_space": False, "bos_token": as_object("</s>"), "eos_token": as_object("</s>"),
                                             "unk_token": as_object("</s>"), "pad_token": "<unk>", "tokenizer_class": "GPT2Tokenizer"})
    folder_of(output / "folder-gpt2", "opt", {"add_prefix_space": True, "tokenizer_class": "GPT2Tokenizer"}, {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"})
    folder_of(output / "folder-bert", "bert-uncased", {"do_lower_case": True, "tokenizer_class": "BertTokenizer"})
    folder_of(output / "folder-bert-cased", "bert-cased", {"do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False, "tokenizer_class": "BertTokenizer"},
              {"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": {"content": "[MASK]", "lstrip": True}})
    return {name: transformers.AutoTokenizer.from_pretrained(output / name)._tokenizer
            for name in ("folder-opt", "folder-gpt2", "folder-bert", "folder-bert-cased")}


# ---- Comparison ----------------------------------------------------------------------------------------------------

def byte_positions(text, offsets):
    starts = [0]
    for character in text:
        starts.append(starts[-1] + len(character.encode()))
    return [(starts[begin], starts[end]) for begin, end in offsets]


def expected(tokenizer, text):
    plain = tokenizer.encode(text, add_special_tokens=False)
    return plain.ids, tokenizer.encode(text).ids, byte_positions(text, plain.offsets)


def save(output):
    for name, tokenizer in kinds_cached().items():
        (output / name).mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(output / name / "tokenizer.json"), pretty=False)
    return kinds_cached() | folders(output)


def widths(positions):
    """Each token's width, behind a colon if it does not begin where the one before ended: begin:width."""
    done = 0
    for begin, end in positions:
        yield f"{end - begin}" if begin == done else f"{begin}:{end - begin}"
        done = end


def store(output):
    texts = list(strings(STORED, SEED, 5))
    for name, tokenizer in save(output).items():
        with open(output / f"{name}.tsv", "w") as file:
            ids, full, _ = expected(tokenizer, "the")
            at = next(i for i in range(len(full)) if full[i:i + len(ids)] == ids)
            before, after = full[:at], full[at + len(ids):]
            file.write(" ".join(map(str, before)) + "|" + " ".join(map(str, after)) + "\n")
            for text in texts:
                ids, full, positions = expected(tokenizer, text)
                assert full == before + ids + after
                file.write(" ".join(map(str, ids)) + "\t" + " ".join(widths(positions)) + "\n")
    write(output / "strings.txt", "".join(json.dumps(text) + "\n" for text in texts))
    print(f"tokenizers {tokenizers.__version__}, transformers {transformers.__version__}: {STORED} strings of each kind")


def lines_of(program, folder, texts, *options):
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    result = subprocess.run([program, "tokenize", "--quoted", "--model", folder, *options], input=lines, capture_output=True, text=True, check=True)
    return [[int(word) for word in line.split(" ") if word] for line in result.stdout.split("\n")[:-1]]


def check(program, count, data):
    texts, wrong = list(strings(count, SEED + 2)), 0
    with tempfile.TemporaryDirectory() as output:
        output = pathlib.Path(output)
        made = {name: (output / name, tokenizer) for name, tokenizer in save(output).items()}
        if data:
            folder = pathlib.Path(data) / "tokenizers"
            model = models.BPE.from_file(str(folder / "encoder.json"), str(folder / "vocab.bpe"))
            gpt2 = Tokenizer(model)
            gpt2.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            gpt2.add_special_tokens(["<|endoftext|>"])
            made["gpt2"] = (folder, gpt2)
        for name, (folder, tokenizer) in made.items():
            for options, special in (((), False), (("--special",), True)):
                found = lines_of(program, folder, texts, *options)
                wanted = [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=special)]
                bad = [i for i in range(len(texts)) if found[i] != wanted[i]]
                wrong += len(bad)
                print(f"{name}{' with template' if special else ''}: {len(texts)} strings, {len(bad)} differ")
                for i in bad[:3]:
                    print(f"  {texts[i]!r}\n    library {wanted[i]}\n    program {found[i]}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", metavar="PROGRAM")
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--data")
    parser.add_argument("--output", type=pathlib.Path, default=FOLDER)
    options = parser.parse_args()
    if options.check:
        sys.exit(1 if check(options.check, options.count, options.data) else 0)
    store(options.output)


main()
