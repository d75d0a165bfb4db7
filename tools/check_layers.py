#!/usr/bin/env python3
"""Holds the sources to the layers of tests/layers.txt and to a few rules that a compiler does not check.

Usage: check_layers.py REPOSITORY     every problem on a line, exit code 1 if there is one
       check_layers.py --self-test    a tree with one fault of each kind: every rule must find its own
"""
import re
import sys
import tempfile
from pathlib import Path

LONGEST_FILE = 500
NOT_IN_HEADERS = ("CLI/", "CLI11", "hdf5.h", "H5", "pcre2.h", "toml++/", "toml.hpp", "boost/", "sndfile.h",
                  "soxr.h")
GENERATED = ".inc"  # lists that CMake writes into the build folder
SOURCE_FOLDERS = ("src", "tests", "bench", "tools", "cmake")
SOURCE_ENDINGS = (".h", ".cpp", ".py", ".sh", ".cmake", ".txt")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)


def read_layers(text):
    """{layer: set of the layers it may include} from "layer: other other" lines."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    rows = (line.split(":", 1) for line in lines if line)
    return {name.strip(): set(uses.split()) for name, uses in rows}


def read_cmake_layers(text):
    """The same from the arcuate_layer(name USES ... LIBS ...) calls of CMakeLists.txt."""
    text = re.sub(r"#.*", "", text)
    layers = {}
    for call in re.findall(r"arcuate_layer\(([^)]*)\)", text):
        name, *words = call.split()
        keyword, layers[name] = None, set()
        for word in words:
            if word in ("USES", "LIBS", "PRIVATE_LIBS"):
                keyword = word
            elif keyword == "USES":
                layers[name].add(word)
    return layers


def find_cycle(edges):
    """A closed path through the graph {node: successors}, or nothing."""
    done = set()

    def visit(node, path):
        if node in path:
            return path[path.index(node):] + [node]
        if node in done:
            return None
        for successor in sorted(edges.get(node, ())):
            cycle = visit(successor, path + [node])
            if cycle:
                return cycle
        done.add(node)
        return None

    return next(filter(None, (visit(node, []) for node in sorted(edges))), None)


def includes_of(path):
    """(line, quoted?, name) of every #include of a file."""
    text = path.read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1] == '"', match[2]


def check_tables(layers, cmake_layers):
    for name, uses in sorted(layers.items()):
        for other in sorted(uses - layers.keys()):
            yield f"tests/layers.txt: layer '{name}' uses '{other}', which has no row"
    for name in sorted((layers.keys() | cmake_layers.keys()) - {"cmd"}):
        ours, theirs = layers.get(name), cmake_layers.get(name)
        if ours != theirs:
            said = [("no row" if uses is None else " ".join(sorted(uses)) or "nothing") for uses in (ours, theirs)]
            yield f"layer '{name}': tests/layers.txt says '{said[0]}', CMakeLists.txt says '{said[1]}'"
    cycle = find_cycle(layers)
    if cycle:
        yield f"tests/layers.txt: layers include each other: {' -> '.join(cycle)}"


def check_include(place, layer, is_header, layers, quoted, name):
    """The problems of one #include line of a file in src/<layer>."""
    target = name.split("/")[0]
    quoted = quoted and not name.endswith(GENERATED)
    if quoted and "/" not in name:
        yield f'{place}: #include "{name}" must name its layer, like "core/error.h"'
    elif quoted and target not in layers:
        yield f'{place}: #include "{name}" names no layer of tests/layers.txt'
    elif quoted and target != layer and target not in layers[layer]:
        yield f'{place}: layer \'{layer}\' may not include "{name}" (tests/layers.txt: {" ".join(sorted(layers[layer])) or "nothing"})'
    if name.startswith("torch/torch.h") and layer != "train":
        yield f"{place}: <torch/torch.h> belongs to src/train only; include the <ATen/...> header you need"
    if is_header and not quoted and name.startswith(NOT_IN_HEADERS):
        yield f"{place}: <{name}> must not be in a header; include it in the .cpp"


def check_sources(root, layers):
    header_edges = {}
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        name = path.relative_to(root / "src").as_posix()
        layer = name.split("/")[0]
        if layer not in layers:
            yield f"src/{name}: folder '{layer}' has no row in tests/layers.txt"
            continue
        for line, quoted, included in includes_of(path):
            if quoted and path.suffix == ".h":
                header_edges.setdefault(name, set()).add(included)
            yield from check_include(f"src/{name}:{line}", layer, path.suffix == ".h", layers, quoted, included)
    cycle = find_cycle(header_edges)
    if cycle:
        yield f"src: headers include each other: {' -> '.join(cycle)}"


def check_lengths(root):
    for folder in SOURCE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SOURCE_ENDINGS and path.is_file() and "data" not in path.relative_to(root).parts:
                lines = path.read_bytes().count(b"\n")
                if lines > LONGEST_FILE:
                    yield f"{path.relative_to(root)}: {lines} lines; a file has at most {LONGEST_FILE}, split it by subject"


def check(root):
    layers = read_layers((root / "tests/layers.txt").read_text(encoding="utf-8"))
    cmake_layers = read_cmake_layers((root / "CMakeLists.txt").read_text(encoding="utf-8"))
    return [*check_tables(layers, cmake_layers), *check_sources(root, layers), *check_lengths(root)]


GOOD_TREE = {
    "tests/layers.txt": "core:\nio: core  # a comment\ncmd: core io\n",
    "CMakeLists.txt": "arcuate_layer(core LIBS torch)\narcuate_layer(io USES core PRIVATE_LIBS hdf5)\n",
    "src/core/error.h": "#pragma once\n#include <string>\n",
    "src/io/file.cpp": '#include "io/file.h"\n#include "generated/list.inc"\n#include <hdf5.h>\n',
    "src/io/file.h": '#include "core/error.h"\n',
    "src/cmd/main.cpp": '#include "io/file.h"\n',
}
# (file, its text instead of the good one, words of the one problem that must be found)
FAULTS = [
    ("src/core/error.h", '// 1\n  # include "io/other.h"\n', "src/core/error.h:2: layer 'core' may not include"),
    ("src/cmd/main.cpp", '#include "file.h"\n', "must name its layer"),
    ("src/cmd/main.cpp", '#include "nowhere/file.h"\n', "names no layer"),
    ("src/lost/file.cpp", "", "folder 'lost' has no row"),
    ("src/io/file.h", '#include "io/file.h"\n', "headers include each other: io/file.h -> io/file.h"),
    ("src/io/file.h", "#include <hdf5.h>\n", "must not be in a header"),
    ("src/io/file.h", "#include <pcre2.h>\n", "must not be in a header"),
    ("src/io/file.h", "#include <toml++/toml.h>\n", "must not be in a header"),
    ("src/io/file.h", "#include <CLI/CLI.hpp>\n", "must not be in a header"),
    ("src/io/file.cpp", "#include <torch/torch.h>\n", "belongs to src/train only"),
    ("src/io/file.cpp", "\n" * (LONGEST_FILE + 1), "501 lines"),
    ("CMakeLists.txt", "arcuate_layer(core)\narcuate_layer(io LIBS core)\n", "says 'core', CMakeLists.txt says 'nothing'"),
    ("CMakeLists.txt", "arcuate_layer(core)\n# arcuate_layer(io USES core)\n", "CMakeLists.txt says 'no row'"),
    ("tests/layers.txt", "core:\nio: core\ncmd: core io missing\n", "uses 'missing', which has no row"),
    ("tests/layers.txt", "core:\nio: core\ncmd: io core cmd\n", "layers include each other: cmd -> cmd"),
]


def check_tree(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return check(Path(folder))


def self_test():
    """Problems of this script itself: a rule that finds nothing, or a good tree that is not found good."""
    problems = [f"self-test: found in a good tree: {found}" for found in check_tree(GOOD_TREE)]
    for name, text, words in FAULTS:
        found = check_tree({**GOOD_TREE, name: text})
        if len(found) != 1 or words not in found[0]:
            problems.append(f"self-test: expected one problem with '{words}' from {name}, found {found}")
    return problems


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    problems = self_test() if sys.argv[1] == "--self-test" else check(Path(sys.argv[1]))
    print("\n".join(problems) or "layers: no problem")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
