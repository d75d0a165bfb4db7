"""Holds the memory that `plan` tells to what a run takes: plan_against_run.py PROGRAM STUDY [SETTING...]. The estimate
lies within 25 % of the measured peak; a run under a limit that is a little above it keeps it."""
import os
import re
import subprocess
import sys

program, study, settings = sys.argv[1], sys.argv[2], sys.argv[3:]
scale = {"kB": 1e3, "MB": 1e6, "GB": 1e9}


def arguments(command, *more):
    return [program, command, study, *(part for setting in settings for part in ("--set", setting)), "--threads", "2", *more]


def peak_of(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    messages = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, messages
    return usage.ru_maxrss * 1024


plan = subprocess.run(arguments("plan"), capture_output=True, text=True)
assert plan.returncode == 0, plan.stderr
number, unit = re.search(r"peak about ([0-9.]+) (kB|MB|GB)", plan.stdout).groups()
planned = float(number) * scale[unit]
measured = peak_of(arguments("run", "--output", "planned", "--quiet"))
print(f"planned {planned / 1e6:.0f} MB, measured {measured / 1e6:.0f} MB, ratio {planned / measured:.3f}")
assert abs(planned - measured) <= 0.25 * measured, plan.stdout

limit = int(1.25 * planned)
kept = peak_of(arguments("run", "--output", "limited", "--quiet", "--memory-limit", str(limit)))
assert kept <= limit, (kept, limit)
