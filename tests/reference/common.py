"""Paths, seeds and writers shared by the reference scripts. Nothing here is used by the program itself."""

import json
import os
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

HERE = Path(__file__).resolve().parent


def test_data():
    """The folder of real test data: ARCUATE_TEST_DATA, or shared/data beside the repository."""
    return Path(os.environ.get("ARCUATE_TEST_DATA") or HERE.parents[1].parent / "shared" / "data")


def out_folder(name):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    return folder


def save_tensors(path, tensors):
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, str(path))
    os.chmod(path, 0o644)


def save_json(path, value):
    Path(path).write_text(json.dumps(value, indent=1, ensure_ascii=True) + "\n")
