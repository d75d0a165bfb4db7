"""Checkpoints as torch.save writes them, and what they hold as safetensors.

Values, not only the files, are the library's: expected.safetensors is written from the tensors that torch.load gives.
"""

import collections
import json
import zipfile

import numpy
import torch
from common import HERE, out_folder
from safetensors.torch import load_file, save_file

out = out_folder("checkpoints")


def numbers(*shape, type=torch.float32, start=0):
    count = int(numpy.prod(shape))
    return (torch.arange(count, dtype=torch.float64) / 2 - 3 + start).reshape(shape).to(type)


def tensors():
    base = numbers(6, 4)
    types = {
        str(t).split(".")[1]: numbers(2, 3, type=t)
        for t in (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8)
    }
    types["uint8"] = torch.arange(6, dtype=torch.uint8)
    types["bool"] = torch.tensor([True, False, True])
    return types | {
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "base": base,
        "tied": base,
        "transposed": base.t(),
        "rows": base[2:5],
        "columns": base[:, 1:3],
        "every_other": base[1::2, ::3],
    }


class Foreign:
    """An object that a reader of tensors must not make: making it would write a file."""

    def __reduce__(self):
        return (eval, ("open('executed', 'w')",))


def big_endian(source, target):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(name, b"big" if name.endswith("byteorder") else old.read(name))


def models():
    """The same weights as gpt2 and llama-sharded, as the library wrote them before safetensors."""
    source = HERE / "models/gpt2"
    folder = out / "gpt2"
    folder.mkdir(exist_ok=True)
    torch.save(collections.OrderedDict(load_file(source / "model.safetensors")), folder / "pytorch_model.bin")
    source, folder = HERE / "models/llama-sharded", out / "llama-sharded"
    folder.mkdir(exist_ok=True)
    index = json.loads((source / "model.safetensors.index.json").read_text())
    names = {name: name.replace("model-", "pytorch_model-").replace(".safetensors", ".bin") for name in index["weight_map"].values()}
    for old, new in names.items():
        torch.save(load_file(source / old), folder / new)
    index["weight_map"] = {tensor: names[file] for tensor, file in index["weight_map"].items()}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=1) + "\n")


def main():
    torch.save(tensors(), out / "views.bin")
    loaded = torch.load(out / "views.bin", weights_only=True)
    save_file({name: value.clone().contiguous() for name, value in loaded.items()}, out / "expected.safetensors")
    layer = torch.nn.Linear(3, 2)
    with torch.no_grad():
        layer.weight.copy_(numbers(2, 3))
        layer.bias.copy_(numbers(2))
    torch.save(layer.state_dict(), out / "linear.bin")
    torch.save({"weight": layer.weight, "bias": layer.bias}, out / "parameters.bin")
    torch.save(
        {"epoch": 3, "loss": 0.5, "optimizer": {"lr": [0.1, None, True]}, "state_dict": layer.state_dict()}, out / "nested.bin"
    )
    torch.save({"weight": numbers(2, 3), "hook": Foreign(), "array": numpy.arange(3)}, out / "foreign.bin")
    torch.save(layer.state_dict(), out / "legacy.bin", _use_new_zipfile_serialization=False)
    torch.save({"weight": numbers(2, 3), "steps": [1, 2]}, out / "mixed.bin")
    torch.save([numbers(2, 3)], out / "list.bin")
    big_endian(out / "linear.bin", out / "big_endian.bin")
    models()


main()
