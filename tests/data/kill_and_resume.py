"""Kills a study at random moments and holds what becomes of it to an undisturbed run, byte by byte (logs/ apart).
kill_and_resume.py PROGRAM STUDY KILLS [SEED]. Every unit that a killed run said it had made must be found finished."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

program, study, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
draw = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 0)


def command(folder, threads):
    return [program, "run", study, "--output", str(folder), "--threads", str(threads), "--json-log"]


def tree(folder):
    files = {}
    for path in sorted(Path(folder).rglob("*")):
        place = path.relative_to(folder)
        if path.is_file() and place.parts[0] != "logs":
            files[str(place)] = path.read_bytes()
    return files


def made(folder):
    times = Path(folder, "logs", "units.tsv")
    return {line.split("\t")[0] for line in times.read_text().splitlines()} if times.exists() else set()


def finish(folder, threads):
    done = made(folder)
    result = subprocess.run(command(folder, threads), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    events = [json.loads(line) for line in result.stderr.splitlines()]
    start = next(event for event in events if event["event"] == "start")
    assert start["finished"] >= len(done), (start, sorted(done))


begin = time.monotonic()
finish("undisturbed", 2)
whole = time.monotonic() - begin
reference = tree("undisturbed")
assert "report.html" in reference and len(reference) > 20, sorted(reference)

done, folder, ended = 0, 0, 0
while done < kills:
    place = f"killed-{folder}"
    process = subprocess.Popen(command(place, 1 + done % 2), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    try:
        process.wait(draw.uniform(0.05, whole))
        assert process.returncode == 0
        ended += 1
        assert ended < 20 * kills, "the study ends before it can be killed"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        done += 1
        if done < kills and draw.random() < 0.7:
            continue  # killed again where it goes on
    finish(place, 1 + done % 2)
    found = tree(place)
    assert sorted(found) == sorted(reference), set(found) ^ set(reference)
    different = [name for name in found if found[name] != reference[name]]
    assert not different, different
    shutil.rmtree(place)
    folder += 1
print(f"{done} kills, {folder} studies ended with the same bytes")
