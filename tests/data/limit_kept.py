"""Runs a study under a limit a quarter above what `plan` asks for: limit_kept.py PROGRAM STUDY MEGABYTES [--set KEY=VALUE...].
`plan` is asked under MEGABYTES first, which are too few. The limit must be kept, and change no byte of the results."""
import re
import subprocess
import sys

program, study, tight, *settings = sys.argv[1:]


def command(name, *more):
    return [program, name, study, *settings, "--threads", "2", *more]


def peak_of(arguments):
    process = subprocess.run([sys.executable, "-c", """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
messages = process.stderr.read()
_, status, usage = os.wait4(process.pid, 0)
if os.waitstatus_to_exitcode(status) != 0:
    sys.exit(messages)
print(usage.ru_maxrss * 1024)
""", *arguments], capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    return int(process.stdout)


def planned(limit):
    plan = subprocess.run(command("plan", "--memory-limit", str(limit)), capture_output=True, text=True)
    assert plan.returncode == 0 or "are allowed (--memory-limit)" in plan.stderr, (plan.stdout, plan.stderr)
    number, unit = re.search(r"peak about ([0-9.]+) (MB|GB)", plan.stdout).groups()
    return float(number) * {"MB": 1e6, "GB": 1e9}[unit]


limit = int(float(tight) * 1e6)
while 1.25 * planned(limit) > limit:  # what is planned depends on the limit
    limit = int(1.01 * 1.25 * planned(limit))
free = peak_of(command("run", "--output", "free"))
kept = peak_of(command("run", "--output", "kept", "--memory-limit", str(limit)))
print(f"limit {limit / 1e6:.0f} MB, kept {kept / 1e6:.0f} MB, without a limit {free / 1e6:.0f} MB")
assert kept <= limit, (kept, limit)
different = subprocess.run(["diff", "-r", "-q", "-x", "logs", "free", "kept"], capture_output=True, text=True)
assert different.returncode == 0, different.stdout
print("same bytes")
