"""What the runs of ridge.py say: a table of medians, and the distance from the speed of the matrix product.

Letters of the cost laws: n training rows, p features with delays, t targets, L penalties, K folds.
"""
import json
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import protocol
import ridge_data

SYSTEM_PYTHON = "/usr/bin/python3"  # its numpy multiplies with the OpenBLAS that arcuate uses
KEPT = 4  # mean rank that is left of all penalties of a block of eigenvalues, about the same for any grid

PRODUCT = """
import json, time, sys
if sys.argv[1] == "torch":
    import torch
    torch.set_num_threads(int(sys.argv[2]))
    make = lambda name: torch.rand(2048, 2048, dtype=getattr(torch, name))
else:
    import numpy
    make = lambda name: numpy.random.rand(2048, 2048).astype(name)
rates = {}
for name in ("float32", "float64"):
    a, b = make(name), make(name)
    a @ b
    runs = []
    for _ in range(12):
        wall, cpu = time.perf_counter(), time.process_time()
        a @ b
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    work = 2 * 2048**3 / 1e9
    rates[name] = {"wall": work / min(w for w, _ in runs), "cpu": work * len(runs) / sum(c for _, c in runs)}
print(json.dumps(rates))
"""


def load(opt):
    path = Path(opt.results)
    if not path.exists():
        sys.exit(f"{path}: no results yet; `ridge.py CASE` writes them")
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def grouped(runs):
    groups = defaultdict(list)
    for run in runs:
        groups[tuple(run[key] for key in ("machine", "openblas", "threads", "case", "scale", "who"))].append(run)
    order = {name: place for place, name in enumerate(ridge_data.CASES)}
    return sorted(groups.items(), key=lambda item: (item[0][:3], order[item[0][3]], -item[0][4], item[0][5] != "arcuate"))


def table(opt):
    """Markdown; seconds and memory of work without start, imports and reading, seconds a subject."""
    machine = None
    for (*place, case, scale, who), runs in grouped(load(opt)):
        if place != machine:
            machine = place
            print(f"\n{place[0]}; {place[1]}; {place[2]} thread(s) each\n")
            print("| case | program | wall s | CPU s | other work, cores | above inputs, GB | mean r | equal penalties | largest abs. dr, "
                  "of equal | runs |\n|---|---|---|---|---|---|---|---|---|---|")
        print(row(case if scale == 1 else f"{case} x {scale:g}", who, runs))
    return 0


def row(case, who, runs):
    done = [run for run in runs if "failed" not in run]
    if not done:
        return f"| {case} | {who} | {runs[-1]['failed']} | | | | | | | {len(runs)} |"
    middle = lambda key: statistics.median(run[key] for run in done)
    subjects = done[0]["subjects"]
    agrees = [run for run in done if "equal" in run]
    share = f"{min(run['equal'] for run in agrees):.3%} of {agrees[0]['reference']}'s" if agrees else ""
    worst = f"{max(run['dr'] for run in agrees):.1e}, {max(run['dr_equal'] for run in agrees):.1e}" if agrees else ""
    return (f"| {case} | {who} | {middle('wall') / subjects:.1f} | {middle('cpu') / subjects:.1f} | {middle('others'):.1f} "
            f"| {max(run['above'] for run in done) / 2**30:.2f} | {middle('mean_r'):.4f} | {share} | {worst} | {len(done)} |")


def product_rates(python, library, opt):
    run = subprocess.run([python, "-c", PRODUCT, library, str(opt.threads)], env=protocol.environment(opt), capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else None


def dual_flops(case):
    """The cheaper of an inverse a penalty and an eigendecomposition a fold."""
    n, t, L, K = case.rows, case.columns(), len(case.grid()), case.folds
    inverses = 2 * n**2 * t * (L * (1 - 1 / K) + 1) + 1.3 * L * n**3
    eigenbases = 2 * n**2 * t * (K * (1 - 1 / K) ** 2 + KEPT * (1 - 1 / K) + 1) + 9 * K * (n * (1 - 1 / K)) ** 3
    return min(inverses, eigenbases)


def primal_flops(case):
    n, p, t, K = case.rows, case.width * case.delays, case.columns(), case.folds
    return 2 * p * t * (n + K * p + KEPT * K * min(n / K, p) + p) + 9 * K * p**3


def useful_flops(case):
    return dual_flops(case) if case.width * case.delays >= case.rows else primal_flops(case)


def tell_rates(opt):
    """Prints every library's rates; returns those of arcuate's."""
    print(f"{'GFLOP/s of 2048^3':40}{'f32':>8}{'f64':>8}{'f32, CPU s':>12}{'f64, CPU s':>12}")
    sources = {"numpy of the system, arcuate's OpenBLAS": (SYSTEM_PYTHON, "numpy"), "numpy of the peers": (sys.executable, "numpy"),
               "torch of the peers": (sys.executable, "torch")}
    found = {name: product_rates(python, library, opt) for name, (python, library) in sources.items()}
    for name, rates in found.items():
        text = "".join(f"{rates[kind][clock]:{width}.0f}" for clock, width in (("wall", 8), ("cpu", 12)) for kind in ("float32", "float64")
                       ) if rates else "  not measured"
        print(f"{name:40}{text}")
    return next(iter(found.values()))


def roofline(opt):
    """Seconds that the useful operations take at the speed of a float32 product, next to what was measured here."""
    opt.repeats = 12
    protocol.tell_machine(opt)
    rates = tell_rates(opt)
    if rates is None:
        sys.exit(f"{SYSTEM_PYTHON} has no numpy: apt-get install python3-numpy")
    runs = load(opt) if Path(opt.results).exists() else []
    print(f"\n{'':9}{'TFLOP':>8}{'bound s':>9}{'wall s':>9}{'share':>8}{'bound CPU s':>13}{'CPU s':>9}{'share':>8}")
    for name, case in ridge_data.CASES.items():
        if case.kind in ("kernel", "ridge"):
            print(roofline_row(opt, name, ridge_data.scaled(case, opt.scale), rates["float32"], runs))
    return 0


def roofline_row(opt, name, case, rate, runs):
    work = useful_flops(case) / 1e9
    bounds = {clock: work / rate[clock] for clock in ("wall", "cpu")}
    setting = {"case": name, "scale": opt.scale, "who": "arcuate", "threads": opt.threads, "machine": protocol.machine_name()}
    ours = [run for run in runs if "failed" not in run and all(run[key] == value for key, value in setting.items())]
    text = f"{name:9}{work / 1e3:8.2f}"
    for clock, width in (("wall", 9), ("cpu", 13)):
        text += f"{bounds[clock]:{width}.1f}"
        if ours:
            taken = statistics.median(run[clock] for run in ours)
            text += f"{taken:9.1f}{bounds[clock] / taken:8.0%}"
        else:
            text += f"{'-':>9}{'-':>8}"
    return text
