"""A GPT-2 of 1 GB with made weights: large_model.py FOLDER TOKENIZER_FOLDER [LAYERS]."""

import array
import json
import pathlib
import random
import shutil
import sys

out, source = map(pathlib.Path, sys.argv[1:3])
layers = int(sys.argv[3]) if len(sys.argv) > 3 else 20
width, positions = 1024, 1024
out.mkdir()
for name in ("tokenizer.json", "tokenizer_config.json"):
    if (source / name).exists():
        shutil.copy(source / name, out)
config = json.loads((source / "config.json").read_text())
config |= {"n_embd": width, "n_head": 16, "n_layer": layers, "n_positions": positions, "n_ctx": positions, "n_inner": None}
(out / "config.json").write_text(json.dumps(config))

shapes = {"wte.weight": [config["vocab_size"], width], "wpe.weight": [positions, width]}
for i in range(layers):
    maps = {"attn.c_attn": [width, 3 * width], "attn.c_proj": [width, width], "mlp.c_fc": [width, 4 * width], "mlp.c_proj": [4 * width, width]}
    for name, shape in maps.items():
        shapes |= {f"h.{i}.{name}.weight": shape, f"h.{i}.{name}.bias": shape[1:]}
    for name in ("ln_1", "ln_2"):
        shapes |= {f"h.{i}.{name}.weight": [width], f"h.{i}.{name}.bias": [width]}
shapes |= {"ln_f.weight": [width], "ln_f.bias": [width]}

header, end = {"__metadata__": {"format": "pt"}}, 0
for name, shape in shapes.items():
    size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + size]}
    end += size
text = json.dumps(header).encode()
numbers = random.Random(1)
block = array.array("f", [numbers.gauss(0, 0.02) for _ in range(262_147)]).tobytes()
with open(out / "model.safetensors", "wb") as file:
    file.write(len(text).to_bytes(8, "little") + text)
    for name, shape in shapes.items():
        left = header[name]["data_offsets"][1] - header[name]["data_offsets"][0]
        start = 4 * numbers.randrange(262_147)
        piece = block[start:] + block[:start]
        while left > 0:
            left -= file.write(piece[:left])
