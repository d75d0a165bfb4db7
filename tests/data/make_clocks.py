"""Three stories of the layout 'arrays' whose responses follow the word rate as blood flow does (a gamma of 6 s with its
peak 5 s after the words), heard by two subjects. Plain Python: make_clocks.py FOLDER"""
import math
import random
import struct
import sys
from pathlib import Path

folder = Path(sys.argv[1])
tr, volumes, targets = 2, 150, 5


def write_npy(name, rows):
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }" % (len(rows), len(rows[0]))
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(folder / name, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            file.write(struct.pack("<%dd" % len(row), *row))


def flow(seconds):
    return 0 if seconds <= 0 else seconds ** 5 * math.exp(-seconds)


random.seed(8)
stories, recordings = [], []
for story in ("first", "second", "third"):
    onsets, now = [], 1.0
    while now < tr * volumes - 20:
        for _ in range(random.randint(5, 40)):  # a stretch of speech, then a pause
            onsets.append(now)
            now += random.uniform(0.2, 0.5)
        now += random.uniform(1, 12)
    with open(folder / (story + ".tsv"), "w") as file:
        file.write("onset\toffset\tword\n")
        for onset in onsets:
            file.write("%.2f\t%.2f\tword\n" % (onset, onset + 0.15))
    for subject in "ab":
        rows = []
        for t in range(volumes):
            centre = tr * t + tr / 2
            signal = sum(flow(centre - onset) for onset in onsets)
            rows.append([signal + random.gauss(0, 60) for _ in range(targets)])
        write_npy(f"{subject}_{story}.npy", rows)
        recordings.append(f"{subject}\t{story}\t{subject}_{story}.npy")
    stories.append(f"{story}\t{story}.tsv\t{tr}\t1")
(folder / "stories.tsv").write_text("\n".join(["story\twords\ttr\tfirst_volume", *stories, ""]))
(folder / "recordings.tsv").write_text("\n".join(["subject\tstory\tresponses", *recordings, ""]))
(folder / "study.toml").write_text("""[dataset]
root = "."
[[feature]]
kind = "word_rate"
""")
