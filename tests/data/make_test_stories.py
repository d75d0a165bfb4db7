"""Four stories of the layout 'arrays': two heard once, two ("probe", the first, and "quiz") heard three times by subjects
a and b; a word in the middle of each volume has features of its own, so that a design by sums without delays is these
features. What `encode` needs for the same scores lies beside them: train_x.npy, train_y_a.npy, probe_x.npy, probe_y_a.npy
(mean of the repeats) and so on. Plain Python: make_test_stories.py FOLDER"""
import random
import struct
import sys
from pathlib import Path

folder = Path(sys.argv[1])
lengths = {"probe": 40, "first": 70, "quiz": 36, "second": 60}
features, targets = 6, 4


def write_npy(name, rows):
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }" % (len(rows), len(rows[0]))
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    (folder / name).parent.mkdir(exist_ok=True)
    with open(folder / name, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            file.write(struct.pack("<%dd" % len(row), *row))


random.seed(4)
normals = lambda n: [random.gauss(0, 1) for _ in range(n)]
weights = {s: [normals(targets) for _ in range(features)] for s in "ab"}
recordings, x, y = [], {}, {s: {} for s in "ab"}
for story, volumes in lengths.items():
    with open(folder / (story + ".tsv"), "w") as file:
        file.write("onset\toffset\tword\n")
        for t in range(volumes):
            file.write("%.1f\t%.1f\tword%d\n" % (2 * t + 0.9, 2 * t + 1.1, t % 7))
    x[story] = [normals(features) for _ in range(volumes)]
    write_npy("words/" + story + ".npy", x[story])
    for s in "ab":
        signal = [[sum(row[f] * weights[s][f][v] for f in range(features)) for v in range(targets)] for row in x[story]]
        repeats = []
        for repeat in range(3 if story in ("probe", "quiz") else 1):
            repeats.append([[value + random.gauss(0, 1.5 + 2 * v) for v, value in enumerate(row)] for row in signal])
            write_npy(f"{s}_{story}_{repeat}.npy", repeats[-1])
            recordings.append(f"{s}\t{story}\t{s}_{story}_{repeat}.npy\t{repeat}")
        y[s][story] = [[sum(values) / len(values) for values in zip(*rows)] for rows in zip(*repeats)]
write_npy("train_x.npy", x["first"] + x["second"])
for story in ("probe", "quiz"):
    write_npy(f"{story}_x.npy", x[story])
write_npy("both_x.npy", x["probe"] + x["quiz"])
for s in "ab":
    write_npy(f"train_y_{s}.npy", y[s]["first"] + y[s]["second"])
    for story in ("probe", "quiz"):
        write_npy(f"{story}_y_{s}.npy", y[s][story])
    write_npy(f"both_y_{s}.npy", y[s]["probe"] + y[s]["quiz"])
(folder / "recordings.tsv").write_text("\n".join(["subject\tstory\tresponses\trepeat", *recordings, ""]))
rows = [f"{story}\t{story}.tsv\t2\t1\t0" for story in lengths]
(folder / "stories.tsv").write_text("\n".join(["story\twords\ttr\tfirst_volume\tlead", *rows, ""]))
(folder / "study.toml").write_text("""name = "kept"
[dataset]
root = "."
[[feature]]
name = "words"
kind = "file"
path = "words"
[align]
method = "sum"
delays = [0]
highpass = 0
[encode]
test = ["probe", "quiz"]
inner_folds = 3
gap = 0
[permutation]
count = 20
""")
