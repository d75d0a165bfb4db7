"""Holds the memory that `plan` tells for stages of a study to what their units take: unit_peaks.py PROGRAM STUDY OUTPUT
STAGE... [--set KEY=VALUE...]. The peak of each unit is the kernel's, which is set back when the unit begins. The
estimate lies within 25 % of it, and what it adds to the data that were read is no less than half of what the unit adds,
but for 16 MB that libraries take."""

import json
import re
import subprocess
import sys

program, study, output, *rest = sys.argv[1:]
cut = rest.index("--set") if "--set" in rest else len(rest)
stages, settings = rest[:cut], rest[cut:]
scale = {"kB": 1e3, "MB": 1e6, "GB": 1e9}
library = 16e6


def arguments(command, *more):
    return [program, command, study, *settings, "--threads", "2", *more]


def planned():
    text = subprocess.run(arguments("plan"), capture_output=True, text=True, check=True).stdout
    rows = re.findall(r"^(\S+) +\d+ +\d+ +([0-9.]+) (kB|MB|GB)", text, re.MULTILINE)
    read = re.search(r"of which ([0-9.]+) (kB|MB|GB)", text).groups()
    return {name: float(number) * scale[unit] for name, number, unit in rows}, float(read[0]) * scale[read[1]]


def stage_of(unit):
    return max((stage for stage in stages if unit.startswith(stage + "/") or unit == stage), key=len, default=None)


def resident(process):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{process.pid}/status").read())[1]) * 1024


process = subprocess.Popen(arguments("run", "--output", output, "--json-log"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
peaks, begun, log = {}, {}, []
for line in process.stderr:
    log.append(line)
    event = json.loads(line)
    stage = stage_of(event.get("unit", ""))
    if stage is None:
        continue
    if event["state"] == "running":
        open(f"/proc/{process.pid}/clear_refs", "w").write("5")
        begun[stage] = resident(process)
    elif event["state"] == "done":
        peaks.setdefault(stage, []).append((event["peak_memory"], event["peak_memory"] - begun[stage], event["seconds"]))
assert process.wait() == 0, log[-3:]

estimates, read = planned()
for stage in stages:
    peak, added, seconds = max(peaks[stage])
    estimate = estimates[stage]
    print(f"{stage}: planned {estimate / 1e6:.0f} MB, {(estimate - read) / 1e6:.0f} added; measured {peak / 1e6:.0f}, {added / 1e6:.0f} added, {seconds} s")
    assert abs(estimate - peak) <= 0.25 * peak, stage
    assert estimate - read >= 0.5 * added - library, stage
