"""`arcuate topology barcode` against Debian's ripser: the same cloud of points on a sphere, dimension and threshold.

Needs numpy and the program ripser. Ends with code 1 when the barcodes differ, never because of a time.
"""
import sys
import tempfile
from pathlib import Path

import numpy as np

import protocol

LARGEST_DIFFERENCE = 1e-6  # of a birth or a death, beside which a bar may be missing if it is no longer than that


def options():
    parser = protocol.arguments(__doc__)
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--axes", type=int, default=3, help="of the space that the sphere lies in")
    parser.add_argument("--noise", type=float, default=0.05, help="deviation of the points from the sphere")
    parser.add_argument("--dim", type=int, default=2, help="highest dimension of homology")
    parser.add_argument("--peer", default="ripser", help="the other program")
    return parser.parse_args()


def make_data(opt, path):
    rng = np.random.default_rng(opt.seed)
    points = rng.standard_normal((opt.points, opt.axes))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    np.savetxt(path, points + opt.noise * rng.standard_normal(points.shape), fmt="%.9g")


def bars_of(text):
    """The bars of each dimension, sorted; what is shorter than LARGEST_DIFFERENCE is left out."""
    diagrams = []
    for line in text.splitlines():
        if line.startswith("persistence intervals"):
            diagrams.append([])
        elif line.startswith(" ["):
            birth, death = line.split("[")[1].split(")")[0].split(",")
            bar = float(birth), float(death) if death.strip() else np.inf
            if bar[1] - bar[0] > LARGEST_DIFFERENCE:
                diagrams[-1].append(bar)
    return [np.array(sorted(bars)).reshape(-1, 2) for bars in diagrams]


def compare(ours, theirs):
    ours, theirs = bars_of(ours), bars_of(theirs)
    counts = [[len(bars) for bars in diagrams] for diagrams in (ours, theirs)]
    print(f"bars       {', '.join(f'{n} of dimension {k}' for k, n in enumerate(counts[0]))}")
    if counts[0] != counts[1] or not counts[0]:
        print(f"bars       the other program has {counts[1]}")
        return 1
    finite = [np.where(np.isinf(a), 0, a) - np.where(np.isinf(b), 0, b) for a, b in zip(ours, theirs)]
    worst = max(np.abs(difference).max(initial=0) for difference in finite)
    print(f"barcodes   largest |difference| of births and deaths {worst:.2e}")
    return 0 if worst <= LARGEST_DIFFERENCE else 1


def main():
    opt = options()
    if opt.threads != 1:
        sys.exit("a barcode has one thread in both programs; leave out --threads")
    with tempfile.TemporaryDirectory() as name:
        cloud = Path(name, "cloud.txt")
        make_data(opt, cloud)
        asked = ["--format", "point-cloud", "--dim", str(opt.dim)]
        protocol.tell_machine(opt)
        print(f"problem    {opt.points} points near a sphere in {opt.axes} dimensions, homology up to dimension {opt.dim}")
        runs = protocol.in_turn([opt.program, "topology", "barcode", str(cloud), *asked, "--quiet"],
                                [opt.peer, *asked, str(cloud)], opt, peer_start=[opt.peer, "--help"])
        protocol.tell_times(runs, Path(opt.peer).name)
        return compare(runs["arcuate, process"][-1]["output"], runs["peer, process"][-1]["output"])


if __name__ == "__main__":
    sys.exit(main())
