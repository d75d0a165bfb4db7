"""Writes a small dataset of the layout 'arrays' and a study on it: two subjects, one story, four targets (one constant
for subject a, one NaN for subject b). Plain Python: make_arrays.py FOLDER [--short-subject]"""
import math
import struct
import sys
from pathlib import Path

folder = Path(sys.argv[1])
short = "--short-subject" in sys.argv


def write_npy(path, rows):
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }" % (len(rows), len(rows[0]))
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            file.write(struct.pack("<%dd" % len(row), *row))


volumes = 90
words = [(0.4 * i + 0.1 * math.sin(i), "word%d" % (i % 17)) for i in range(430)]
with open(folder / "words.tsv", "w") as file:
    file.write("onset\toffset\tword\n")
    for onset, word in words:
        file.write("%.3f\t%.3f\t%s\n" % (onset, onset + 0.2, word))
with open(folder / "stories.tsv", "w") as file:
    file.write("story\twords\ttr\tfirst_volume\tlead\nsmall\twords.tsv\t2\t1\t0\n")
with open(folder / "recordings.tsv", "w") as file:
    file.write("subject\tstory\tresponses\na\tsmall\ta.npy\nb\tsmall\tb.npy\n")
with open(folder / "targets.tsv", "w") as file:
    file.write("target\none\ntwo\nthree\nfour\n")
for k, subject in enumerate("ab"):
    rows = volumes - 5 if short and subject == "b" else volumes
    data = [[math.sin(0.3 * t * (v + 1) + k) + 0.3 * math.cos(1.7 * t + v) for v in range(4)] for t in range(rows)]
    for t in range(rows):
        if subject == "a":
            data[t][2] = 5.0
        elif t == 4:
            data[t][3] = float("nan")
    write_npy(folder / (subject + ".npy"), data)
(folder / "study.toml").write_text("""name = "small"
[dataset]
layout = "arrays"
root = "."
[[feature]]
kind = "word_rate"
[[feature]]
name = "random"
kind = "random"
width = 8
seeds = [1, 2]
[encode]
folds = 3
inner_folds = 3
gap = 2
[controls]
spaces = ["word_rate"]
""")
