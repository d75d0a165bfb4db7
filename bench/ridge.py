"""Cross-validated ridge with a penalty per target: `arcuate encode` and its peers on the same arrays, in turn.

`ridge.py CASE` measures one case and appends every run to the results file; `ridge.py table` prints what the file holds,
`ridge.py roofline` how far from the speed of this machine's matrix product. `ridge.py cases` lists the cases, `ridge.py laws` doubles
one size after the other.
Needs numpy, himalaya, scikit-learn, threadpoolctl and torch. Ends with code 1 when r differs by more than 1e-3 between targets with
the same penalty, never because of a time.
"""
import csv
import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

import protocol
import ridge_data
import ridge_laws
import ridge_report

LARGEST_DIFFERENCE = 1e-3  # of r, among targets with the same penalty
BANDED_OPTION = "--band-scales"  # FILE.npy of samples x bands to search, in the versions of `encode` that have it


def options():
    parser = protocol.arguments(__doc__)
    parser.set_defaults(threads=2, repeats=1)
    parser.add_argument("what", choices=[*ridge_data.CASES, "table", "roofline", "laws", "cases"])
    parser.add_argument("--scale", type=float, default=1, help="of rows and targets: 0.1 is a quick try")
    parser.add_argument("--data", default=str(protocol.ROOT / "build/bench/data"), help="folder where the arrays are kept")
    parser.add_argument("--results", default=str(protocol.ROOT / "build/bench/ridge.jsonl"), help="file that runs are appended to")
    parser.add_argument("--precision", default="f32", choices=("f32", "bf16", "f64"), help="of arcuate")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"), help="of arcuate and of the peers, which are torch's then")
    parser.add_argument("--peers", help="some of the case's peers, with commas; none runs arcuate alone")
    parser.add_argument("--peer-only", action="store_true", help="leave arcuate out")
    parser.add_argument("--limit", type=float, default=520, help="seconds after which a run is given up")
    return parser.parse_args()


def known_peers(opt, case):
    if opt.device == "cpu":
        return list(case.peers)
    return [peer.replace("torch", "torch_cuda") for peer in case.peers if peer.startswith("torch")]


def chosen_peers(opt, case):
    known = known_peers(opt, case)
    if opt.peers is None:
        return known
    chosen = [] if opt.peers == "none" else opt.peers.split(",")
    unknown = set(chosen) - set(known)
    if unknown:
        sys.exit(f"{opt.what} has no peer {', '.join(sorted(unknown))}; it has {', '.join(known)}")
    return chosen


def results_folder(opt, folder):
    """Cases share arrays, not results."""
    (folder / opt.what).mkdir(exist_ok=True)
    return folder / opt.what


def our_command(opt, case, folder):
    files = lambda suffix: [str(file) for file in ridge_data.feature_files(case, folder, suffix)]
    delays = ",".join(str(d) for d in range(1, case.delays + 1))
    bands = ["--bands", BANDED_OPTION, f"{folder}/gammas.npy"] if case.bands > 1 else []
    return [opt.program, "encode", "--features", *files(""), "--responses", f"{folder}/y.npy",
            "--test-features", *files("_test"), "--test-responses", f"{folder}/y_test.npy",
            "--groups", f"{folder}/runs.npy", "--delays", delays, "--folds", str(case.folds), "--penalties", case.penalties,
            "--select", "mse", "--no-intercept", "--precision", opt.precision, "--threads", str(opt.threads),
            "--device", opt.device,
            "--output", f"{results_folder(opt, folder)}/scores", "--force", "--quiet", *bands]


def missing_option(opt, case):
    """What this case needs and the program lacks."""
    has = case.bands == 1 or BANDED_OPTION in protocol.measured([opt.program, "encode", "--help"], opt)["output"]
    return None if has else BANDED_OPTION


def worker(opt, job):
    own = ["--scale", str(opt.scale), "--seed", str(opt.seed), "--data", opt.data]
    return [sys.executable, __file__, opt.what, *own, "--worker", job]


def failure(run, opt):
    lines = run["output"].strip().splitlines() or ["no message"]
    return f"given up after {opt.limit:.0f} s" if run["wall"] >= opt.limit else f"failed with code {run['code']}: {lines[-1]}"


def whole(run):
    return {"process": run["wall"], "process_cpu": run["cpu"], "others": run["others"]}


def our_scores(case, folder, out):
    """r and penalty of each target, and the sample of band scales that it chose."""
    def table(name):
        with open(out / name, newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))

    found = {name: np.array([float(row[name]) for row in table("scores.tsv")]) for name in ("r", "penalty")}
    if case.bands == 1:
        return found
    scales = np.array([float(row["scale"]) for row in table("bands.tsv") if row["band"] != "intercept"]).reshape(-1, case.bands)
    return {**found, "sample": np.abs(scales[:, None] - np.load(folder / "gammas.npy")).sum(2).argmin(1)}


def run_ours(opt, case, folder):
    """Our work is the process without its start; what it holds above the arrays of its files is counted as memory."""
    start = protocol.measured([opt.program, "--version"], opt)
    run = protocol.attempted(our_command(opt, case, folder), opt, opt.limit)
    who = " ".join(["arcuate", *[opt.precision] * (opt.precision != "f32"), *[opt.device] * (opt.device != "cpu")])
    found = {"who": who, **whole(run), "version": start["output"].strip(), "blas": our_blas(opt)}
    if run["code"] != 0:
        return {**found, "failed": failure(run, opt)}
    arrays, out = ridge_data.array_bytes(case, folder), results_folder(opt, folder)
    np.savez(out / "arcuate.npz", **our_scores(case, folder, out / "scores"))
    return {**found, **protocol.without(run, start), "above": (run["peak"] - start["peak"]) * 2**20 - arrays, "inputs": arrays}


def our_blas(opt):
    lines = protocol.measured([opt.program, "doctor"], opt)["output"].splitlines()
    return ", ".join(" ".join(line.split()) for line in lines if line.startswith(("BLAS", "libtorch")))


def run_peer(opt, peer):
    run = protocol.attempted(worker(opt, peer), opt, opt.limit)
    found = {"who": "sklearn RidgeCV" if peer == "sklearn" else f"himalaya {peer}", **whole(run)}
    return {**found, **(protocol.worker_report(run) if run["code"] == 0 else {"failed": failure(run, opt)})}


def agreement(case, folder, one, other):
    """The share of equal penalties (and band scales) and the largest |dr|, of all targets and of those with equal ones."""
    grid = case.grid()
    place = lambda penalties: np.abs(np.log(penalties)[:, None] - np.log(grid)).argmin(1)
    one, other = np.load(folder / f"{one}.npz"), np.load(folder / f"{other}.npz")
    same = place(one["penalty"]) == place(other["penalty"])
    if "sample" in one and "sample" in other:  # of band scales
        same &= one["sample"] == other["sample"]
    difference = np.abs(one["r"] - other["r"])
    return {"equal": float(same.mean()), "dr": float(difference.max()), "dr_equal": float(difference[same].max(initial=0))}


def tell(run):
    if "failed" in run:
        return print(f"{run['who']:24}{run['failed']}", flush=True)
    agrees = f"{run['equal']:10.3%}{run['dr']:9.1e}{run['dr_equal']:10.1e}" if "equal" in run else ""
    print(f"{run['who']:24}{run['wall']:9.2f}{run['cpu']:9.2f}{run['others']:8.1f}{run['above'] / 2**30:9.2f}{run['mean_r']:9.4f}"
          f"{run['max_r']:7.2f}{agrees}", flush=True)


def record(opt, case, run):
    now = datetime.datetime.now().isoformat(timespec="minutes")
    commit = subprocess.run(["git", "-C", protocol.ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    setting = {"case": opt.what, "scale": opt.scale, "seed": opt.seed, "subjects": case.subjects, "threads": opt.threads,
               "machine": protocol.machine_name(), "openblas": protocol.openblas_settings(opt), "load": os.getloadavg()[0],
               "time": now, "commit": commit.stdout.strip()}
    path = Path(opt.results)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as file:
        file.write(json.dumps({**setting, **run}) + "\n")


def finish(opt, case, folder, run, name, reference):
    if "failed" not in run:
        folder = results_folder(opt, folder)
        r = np.load(folder / f"{name}.npz")["r"]
        run |= {"mean_r": float(r.mean()), "max_r": float(r.max())}
        if reference and reference != name:
            run |= {**agreement(case, folder, reference, name), "reference": reference}
    tell(run)
    record(opt, case, run)
    return run


def measure(opt, case, folder):
    """Everyone in turn; the first that works is the one that the others are compared with."""
    peers, ours = chosen_peers(opt, case), not opt.peer_only
    lacking = missing_option(opt, case) if ours else None
    if lacking:
        print(f"arcuate encode: {lacking} is not available in this version")
    names = [*(["arcuate"] if ours and not lacking else []), *peers]
    print(f"{'':24}{'wall s':>9}{'CPU s':>9}{'others':>8}{'GB':>9}{'mean r':>9}{'max':>7}{'equal':>10}{'|dr|':>9}{'at equal':>10}")
    runs, reference = [], None
    for _ in range(opt.repeats):
        for name in names:
            run = run_ours(opt, case, folder) if name == "arcuate" else run_peer(opt, name)
            runs.append(finish(opt, case, folder, run, name, reference))
            if reference is None and "failed" not in run:
                reference = name
    return runs


def tell_case(opt, case):
    protocol.tell_machine(opt)
    print(f"problem    {case.rows} + {case.test_rows} rows, {case.width} features x {case.delays} delays in {case.bands} band(s), "
          f"{case.subjects} x {case.targets} targets, {case.folds} folds, {case.penalties}")


def run_case(opt):
    case = ridge_data.scaled(ridge_data.CASES[opt.what], opt.scale)
    folder = Path(opt.data) / ridge_data.folder_name(case, opt.scale, opt.seed)
    if opt.worker == "data":
        return ridge_data.ensure(case, opt.scale, opt.seed, folder)
    if opt.worker:
        import ridge_peers
        return ridge_peers.work(case, opt.worker, folder, results_folder(opt, folder) / f"{opt.worker}.npz")
    tell_case(opt, case)
    protocol.measured(worker(opt, "data"), opt)
    runs = measure(opt, case, folder)
    for who, of in {run["who"]: run for run in runs if "version" in run}.items():
        print(f"{who:24}{of['version']}; {of['blas']}")
    # Band scales that differ at the same penalty are seen between peers alone.
    comparable = [run for run in runs if case.bands == 1 or run.get("reference") != "arcuate"]
    disagree = any(run.get("dr_equal", 0) > LARGEST_DIFFERENCE for run in comparable)
    return 1 if disagree else 0


def tell_laws(opt):
    def command(case, folder):
        return protocol.measured(our_command(opt, case, folder), opt), results_folder(opt, folder) / "scores"

    def folder_of(case):
        folder = Path(opt.data) / ridge_data.folder_name(case, 1, opt.seed)
        ridge_data.ensure(case, 1, opt.seed, folder)
        return folder

    protocol.tell_machine(opt)
    ridge_laws.tell(ridge_laws.measure(opt, command, folder_of))


def main():
    opt = options()
    if opt.what == "table":
        return ridge_report.table(opt)
    if opt.what == "roofline":
        return ridge_report.roofline(opt)
    if opt.what == "laws":
        return tell_laws(opt)
    if opt.what == "cases":
        for name, case in ridge_data.CASES.items():
            print(f"{name:9}{case}")
        return 0
    return run_case(opt)


if __name__ == "__main__":
    sys.exit(main())
