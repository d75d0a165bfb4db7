"""What the comparisons share: both programs run as processes of their own on the same files, in turn, and are measured alike.

Nothing here asserts a time. CPU seconds (user + system, all threads) say more than the clock on a machine with other work.
"""
import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/arcuate"), help="the arcuate program")
    parser.add_argument("--threads", type=int, default=1, help="threads of both programs")
    parser.add_argument("--coretype", default=best_coretype(), help="OPENBLAS_CORETYPE of both programs")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each program, in turn")
    parser.add_argument("--seed", type=int, default=0, help="of the data")
    parser.add_argument("--worker", help=argparse.SUPPRESS)  # the folder, in the process that runs the other program
    return parser


def cpu_info():
    text = Path("/proc/cpuinfo").read_text()
    return {k.strip(): v.strip() for k, _, v in (line.partition(":") for line in text.split("\n\n")[0].splitlines())}


def best_coretype():
    return "SkylakeX" if "avx512vl" in cpu_info().get("flags", "") else "Haswell"


def machine_name():
    family = "/".join(cpu_info().get(key, "?") for key in ("cpu family", "model"))
    return f"{cpu_info().get('model name', platform.machine())} (family/model {family}), {len(os.sched_getaffinity(0))} cores"


def openblas_settings(options):
    return " ".join(f"{name}={value}" for name, value in sorted(environment(options).items()) if name.startswith("OPENBLAS_"))


def environment(options):
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    threads = {name: str(options.threads) for name in names}
    return {**os.environ, **threads, "OPENBLAS_CORETYPE": options.coretype, "HF_HUB_OFFLINE": "1"}


def busy_seconds():
    """CPU seconds that all processes of the machine have used together."""
    user, nice, system, _, _, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def attempted(command, options, limit=None):
    """Runs a process to its end, or kills it after `limit` seconds: clock and CPU seconds, peak memory in MB, what it wrote, its exit
    code, and how many cores other processes used meanwhile. The peak is at least that of the calling process, whose pages a new
    process inherits for a moment."""
    start, busy = time.perf_counter(), busy_seconds()
    process = subprocess.Popen(command, env=environment(options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    watchdog = threading.Timer(limit or threading.TIMEOUT_MAX, process.kill)
    watchdog.start()
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    watchdog.cancel()
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return {"wall": wall, "cpu": cpu, "peak": usage.ru_maxrss / 1024, "output": output, "code": process.returncode,
            "others": max(0.0, (busy_seconds() - busy - cpu) / wall)}


def measured(command, options):
    """An attempt that must succeed."""
    run = attempted(command, options)
    if run["code"] != 0:
        sys.exit(f"{' '.join(command)}\n{run['output']}\nfailed with code {run['code']}")
    return run


def worker_report(run):
    """The last line that a worker wrote: its own measurements, without imports."""
    return json.loads(run["output"].strip().splitlines()[-1])


class Stopwatch:
    """Clock and CPU seconds of a worker's own part."""

    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self):
        return {"wall": time.perf_counter() - self.wall, "cpu": time.process_time() - self.cpu}


def product_rate(torch, size=2048, repeats=5):
    """Operations a second of a product of two float32 matrices in torch, the best of several: what a forward pass can come to."""
    a, b, best = torch.rand(size, size), torch.rand(size, size), 0.0
    for _ in range(repeats):
        start = time.perf_counter()
        a @ b
        best = max(best, 2 * size**3 / (time.perf_counter() - start))
    return best


def tell_work(runs, units, name):
    """How fast the work was done, from the workers' own count of operations ("work") and their product of matrices."""
    reports = runs["peer, work"]
    work, product = reports[0]["work"], statistics.median(report["product"] for report in reports)
    start = statistics.median(run["wall"] for run in runs["arcuate, start"])
    times = {"arcuate": statistics.median(run["wall"] for run in runs["arcuate, process"]) - start,
             "peer": statistics.median(report["wall"] for report in reports)}
    for who, seconds in times.items():
        print(f"rate       {who}: {units / seconds:.0f} {name}/s, {work / seconds / 1e9:.0f} GFLOP/s, {work / seconds / product:.0%} of a product of "
              f"matrices ({product / 1e9:.0f} GFLOP/s in torch)")


def without(run, start):
    """What a process took beyond another one."""
    return {key: run[key] - start[key] for key in ("wall", "cpu")}


def in_turn(ours, theirs, options, peer_start=None, our_start=None):
    """Runs both commands `repeats` times, alternating. "start" and "process" are whole processes; "work" is ours without
    its start (`our_start`, a command), and the peer's without its imports, which it reports itself, or without `peer_start`."""
    runs = {who: [] for who in ("arcuate, start", "arcuate, process", "peer, process", "peer, work")}
    for _ in range(options.repeats):
        runs["arcuate, start"].append(measured(our_start or [options.program, "--version"], options))
        runs["arcuate, process"].append(measured(ours, options))
        runs["peer, process"].append(measured(theirs, options))
        whole = runs["peer, process"][-1]
        runs["peer, work"].append(without(whole, measured(peer_start, options)) if peer_start else worker_report(whole))
    return runs


def tell_machine(options):
    load = " ".join(f"{x:.2f}" for x in os.getloadavg())
    now = datetime.datetime.now().isoformat(timespec="minutes")
    print(f"machine    {machine_name()}, load {load}, {now}")
    print(f"settings   threads {options.threads} each, {openblas_settings(options)}, median of {options.repeats} runs in turn")


def tell_times(runs, peer):
    median = {who: {key: statistics.median(run[key] for run in of) for key in ("wall", "cpu")} for who, of in runs.items()}
    peak = {who: max(run.get("peak", 0) for run in of) for who, of in runs.items()}
    median["arcuate, work"] = {key: median["arcuate, process"][key] - median["arcuate, start"][key] for key in ("wall", "cpu")}
    print(f"{'':34}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for who, times in sorted(median.items()):
        memory = f"{peak[who]:9.0f}" if peak.get(who) else ""
        print(f"{who.replace('peer', peer):34}{times['wall']:9.2f}{times['cpu']:9.2f}{memory}")
    for part in ("process", "work"):
        if part == "work" and min(median["arcuate, work"].values()) < min(median["arcuate, start"].values()):
            print("(arcuate's work is shorter than its start: its ratio is rough)")
        ratio = {key: median[f"arcuate, {part}"][key] / median[f"peer, {part}"][key] for key in ("wall", "cpu")}
        print(f"arcuate / {peer}, {part}: wall {ratio['wall']:.2f}, CPU {ratio['cpu']:.2f}")
