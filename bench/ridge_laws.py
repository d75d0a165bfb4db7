"""Cost laws of `arcuate encode`: one size of a problem is doubled at a time, and CPU seconds are compared with what the program's own
cost model (`solvers` in manifest.json) expects. Reading arrays and writing scores are not in the model."""
import json
import statistics
from dataclasses import replace

import protocol
import ridge_data

BASE = ridge_data.Case(rows=1500, test_rows=250, width=512, delays=4, targets=8192)
DOUBLED = {
    "base": BASE,
    "rows": replace(BASE, rows=2 * BASE.rows),
    "features": replace(BASE, width=2 * BASE.width),
    "targets": replace(BASE, targets=2 * BASE.targets),
    "penalties": replace(BASE, penalties="log:1:7:20"),
    "folds": replace(BASE, folds=2 * BASE.folds),
    "subjects": replace(BASE, subjects=2),
}


def measure(opt, command, folder_of):
    """command(case, folder): as ridge.py runs a case; folder_of(case): its arrays, made before. A round takes every size in turn."""
    start = statistics.median(protocol.measured([opt.program, "--version"], opt)["cpu"] for _ in range(3))
    seconds, expected = {name: [] for name in DOUBLED}, {}
    for _ in range(opt.repeats):
        for name, case in DOUBLED.items():
            run, folder = command(case, folder_of(case))
            seconds[name].append(run["cpu"] - start)
            way = json.loads((folder / "manifest.json").read_text())["solvers"][0]
            expected[name] = (way["multiplications"], way["way"])
    return {name: (statistics.median(seconds[name]), *expected[name]) for name in DOUBLED}


def tell(found):
    base = found["base"]
    print(f"{'doubled':12}{'CPU s':>8}{'ratio':>8}{'model':>8}  way")
    for name, (seconds, work, way) in found.items():
        print(f"{name:12}{seconds:8.2f}{seconds / base[0]:8.2f}{work / base[1]:8.2f}  {way}")
