"""Reading brain data: arcuate's readers, a bare pass over the same bytes that keeps nothing (zlib; where nothing is packed, read()), and nibabel.

Series of volumes (.nii.gz, float32 and scaled int16, whole and inside a mask), of a surface (GIfTI, Base64 of zlib) and of CIFTI, made
from a seed. Each run is a process of its own that measures itself, without its start and imports (bench/read_brain.cpp). Needs numpy and
nibabel. Ends with code 1 when the values differ, never because of a time or of memory.
"""
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import protocol

LARGEST_DIFFERENCE = 1e-6  # of a value, relative to the largest: nibabel scales in float32
MIB = 2**20

CASES = {  # kind of reading, file, bare pass
    "volumes, float32": ("volumes", "float32.nii.gz", "inflate"),
    "volumes, int16 with a slope": ("volumes", "int16.nii.gz", "inflate"),
    "voxels of a mask, int16": ("masked", "int16.nii.gz", "inflate"),
    "surface": ("surface", "series.func.gii", "inflate-arrays"),
    "CIFTI": ("dense", "series.dtseries.nii", "copy"),
}


def options():
    parser = protocol.arguments(__doc__)
    parser.set_defaults(program=str(protocol.ROOT / "build/release/bench/read_brain"))
    parser.add_argument("--grid", default="64x64x36", help="voxels of the volumes")
    parser.add_argument("--vertices", type=int, default=40962, help="of the surface")
    parser.add_argument("--places", type=int, default=91282, help="of CIFTI, two thirds of them in the cortex")
    parser.add_argument("--volumes", type=int, default=300)
    parser.add_argument("--cases", default=",".join(CASES), help="separated by commas in this order; names may be cut short")
    parser.add_argument("--case", help="of --worker")
    opt = parser.parse_args()
    opt.grid = tuple(map(int, opt.grid.split("x")))
    return opt


# Data that are as hard to pack as recordings: a smooth brain on a dim background, slow fluctuations that neighbours share, noise.


def smooth(values, times):
    """Means of neighbours along each axis but the first."""
    for _ in range(times):
        for axis in range(1, values.ndim):
            values = (values + np.roll(values, 1, axis) + np.roll(values, -1, axis)) / 3
    return values / values.std()


def series(rng, shape, volumes):
    """volumes x shape, float32."""
    slow = smooth(rng.standard_normal((24, *shape), dtype="f4"), 4)
    weights = np.stack([np.sin(np.arange(volumes) * (k + 1) * 2 * np.pi / volumes) for k in range(len(slow))], 1).astype("f4")
    found = np.tensordot(weights, slow, 1)
    found += rng.standard_normal(found.shape, dtype="f4")
    return found


def brain_of(rng, grid):
    """What a voxel has on average, and whether it is inside an ellipsoid."""
    axes = np.meshgrid(*(np.linspace(-1, 1, n, dtype="f4") for n in grid), indexing="ij")
    inside = sum((a / r) ** 2 for a, r in zip(axes, (0.65, 0.8, 0.75))) < 1
    return np.where(inside, 1000 + 150 * smooth(rng.standard_normal((1, *grid), dtype="f4"), 3)[0], 20), inside


def make_volumes(opt, folder, rng, nib):
    mean, inside = brain_of(rng, opt.grid)
    data = series(rng, opt.grid, opt.volumes)
    data *= np.where(inside, 8, 4).astype("f4")
    data += mean.astype("f4")
    affine = np.array([[-3, 0, 0, 90], [0, 3, 0, -126], [0, 0, 3, -72], [0, 0, 0, 1.0]])
    nib.openers.Opener.default_compresslevel = 6
    data = np.abs(data).transpose(1, 2, 3, 0)
    nib.save(nib.Nifti1Image(data, affine), folder / "float32.nii.gz")
    image = nib.Nifti1Image(np.rint(data / 0.37).astype("i2"), affine)
    image.header.set_slope_inter(0.37, 0)
    nib.save(image, folder / "int16.nii.gz")
    nib.save(nib.Nifti1Image(inside.astype("u1"), affine), folder / "mask.nii.gz")


def make_surface(opt, folder, rng, nib):
    image = nib.gifti.GiftiImage()
    for values in 1000 + 8 * series(rng, (opt.vertices,), opt.volumes):
        image.add_gifti_data_array(nib.gifti.GiftiDataArray(values, "NIFTI_INTENT_TIME_SERIES", "NIFTI_TYPE_FLOAT32"))
    nib.save(image, folder / "series.func.gii")


def make_dense(opt, folder, rng, nib):
    left, right, below = (len(part) for part in np.array_split(np.arange(opt.places), 3))
    axis = nib.cifti2.BrainModelAxis
    side = 128
    below_mask = np.arange(side**3).reshape(side, side, side) < below
    places = (axis.from_mask(np.arange(left + 3000) < left, "CORTEX_LEFT") + axis.from_mask(np.arange(right + 3000) < right, "CORTEX_RIGHT")
              + axis.from_mask(below_mask, "THALAMUS_LEFT", np.diag([2, 2, 2, 1.0])))
    values = 1000 + 8 * series(rng, (opt.places,), opt.volumes)
    nib.save(nib.cifti2.Cifti2Image(values, (nib.cifti2.SeriesAxis(0, 0.72, opt.volumes), places)), folder / "series.dtseries.nii")


def make_data(opt, folder):
    import nibabel as nib

    rng = np.random.default_rng(opt.seed)
    for make in (make_volumes, make_surface, make_dense):
        make(opt, folder, rng, nib)


# The other program


def read(kind, path):
    """As arcuate keeps it: float32, numbers of one volume side by side."""
    import nibabel as nib

    image = nib.load(path)
    if kind == "surface":
        return np.stack([array.data for array in image.darrays])
    if kind == "dense":
        return np.ascontiguousarray(image.get_fdata(dtype="f4"))
    values = image.get_fdata(dtype="f4")
    if kind == "masked":
        return np.ascontiguousarray(values[np.asarray(nib.load(path.parent / "mask.nii.gz").dataobj) > 0].T)
    return values


def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(name)).split()[1])


def work(opt, folder):
    import nibabel as nib

    nib.load(folder / "mask.nii.gz").get_fdata()  # what is imported late
    kind, file, _ = CASES[opt.case]
    Path("/proc/self/clear_refs").write_text("5")
    before, watch = memory("VmRSS"), protocol.Stopwatch()
    values = read(kind, folder / file)
    print(json.dumps({**watch.read(), "peak": memory("VmHWM") - before, "kept": values.nbytes}))


# Comparing


def ours(opt, folder, case):
    kind, file, _ = CASES[case]
    mask = ["--mask", f"{folder}/mask.nii.gz"] if kind == "masked" else []
    return [opt.program, kind, f"{folder}/{file}", *mask]


def in_a_process(code, *words):
    """What some of this file's code writes; this process stays small, so that the others' peaks are their own."""
    code = f"import compare_reading as c; from pathlib import Path; {code}"
    return subprocess.run([sys.executable, "-c", code, *words], check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent).stdout


def difference(kind, path, saved):
    """The largest, in units of the largest value."""
    ours, theirs = np.load(saved), read(kind, path)
    return np.abs(ours - theirs).max() / np.abs(theirs).max() if ours.shape == theirs.shape else np.inf


def compare(opt, folder, case):
    kind, file, bare = CASES[case]
    commands = {"arcuate": ours(opt, folder, case), "bare": [opt.program, bare, f"{folder}/{file}"],
                "nibabel": [sys.executable, __file__, "--worker", folder, "--case", case]}
    reports = {who: [] for who in commands}
    for _ in range(opt.repeats):
        for who, command in commands.items():
            reports[who].append(protocol.worker_report(protocol.measured(command, opt)))
    cpu = {who: statistics.median(report["cpu"] for report in of) for who, of in reports.items()}
    kept = reports["arcuate"][0]["kept"]
    peak = {who: max(report["peak"] for report in of) / kept for who, of in reports.items()}
    protocol.measured([*commands["arcuate"], "--save", f"{folder}/ours.npy"], opt)
    worst = float(in_a_process(f"print(c.difference({kind!r}, Path({folder!r}, {file!r}), {folder + '/ours.npy'!r}))"))
    print(f"{case:28}{kept / MIB:8.0f}{cpu['arcuate']:9.3f}{cpu['bare']:9.3f}{cpu['nibabel']:9.3f}{cpu['arcuate'] / cpu['bare']:9.2f}"
          f"{cpu['arcuate'] / cpu['nibabel']:9.2f}{peak['arcuate']:9.2f}{peak['nibabel']:9.2f}   {worst:.1e}", flush=True)
    return not worst <= LARGEST_DIFFERENCE


def main():
    opt = options()
    if opt.worker:
        return work(opt, Path(opt.worker))
    if opt.threads != 1:
        sys.exit("a file is read by one thread in all of them; leave out --threads")
    chosen = [case for case in CASES if any(case.startswith(name) for name in opt.cases.split(","))]
    with tempfile.TemporaryDirectory() as folder:
        in_a_process(f"c.make_data(c.options(), Path({folder!r}))", *sys.argv[1:])
        protocol.tell_machine(opt)
        for name in sorted({file for _, file, _ in CASES.values()}):
            print(f"file       {name}, {Path(folder, name).stat().st_size / MIB:.0f} MiB")
        print(f"{'':28}{'kept MiB':>8}{'arcuate':>9}{'bare':>9}{'nibabel':>9}{'/ bare':>9}{'/ nib.':>9}{'peak':>9}{'nib.':>9}   difference")
        return int(any([compare(opt, folder, case) for case in chosen]))


if __name__ == "__main__":
    sys.exit(main())
