#!/usr/bin/env python3
"""Runs one command test: run_command_test.py PROGRAM CASE_FILE WORK_DIR. The language is described in tests/cmd/README.md.

Exit codes: 0 passed, 1 failed, 77 skipped (test data absent), 2 the case itself is wrong.
"""
import json
import math
import os
import shlex
import shutil
import string
import subprocess
import sys
from pathlib import Path

SKIPPED = 77


class Failed(Exception):
    """A check that does not hold: what was expected and what is there."""


class Malformed(Exception):
    """A line that is not in the language."""


class Skipped(Exception):
    """Something that the case needs is absent."""


class Line:
    """One directive: its word, the rest of the line, the block below it if it has one."""

    def __init__(self, number, text, block):
        self.number, self.text, self.block = number, text, block
        self.word, _, self.rest = text.partition(" ")
        self.rest = self.rest.strip()


def parse(text):
    """Directives of a case; `<<MARK` at the end of a line starts a block that ends with a line MARK."""
    lines, directives, i = text.splitlines(), [], 0
    while i < len(lines):
        number, line, block = i + 1, lines[i].strip(), None
        i += 1
        if not line or line.startswith("#"):
            continue
        head, mark, end = line.rpartition("<<")
        if mark and end.strip().isidentifier():
            line, block = head.strip(), ""
            while i < len(lines) and lines[i].strip() != end.strip():
                block += lines[i] + "\n"
                i += 1
            if i == len(lines):
                raise Malformed(f"line {number}: the block <<{end.strip()} does not end")
            i += 1
        directives.append(Line(number, line, block))
    return directives


def grouped(directives):
    """Each `run` or `shell` with the checks that follow it, its `exit` first: a failed command explains the rest."""
    groups = [[]]
    for line in directives:
        if line.word in ("run", "shell"):
            groups.append([])
        groups[-1].append(line)
    for group in groups[1:]:
        exits = [line for line in group if line.word == "exit"]
        others = [line for line in group if line.word != "exit"]
        yield [others[0], *(exits or [Line(others[0].number, "exit 0", None)]), *others[1:]]


def indented(text):
    shown = text if len(text) < 4000 else text[:2000] + "\n[…]\n" + text[-2000:]
    return "\n".join("    " + line for line in (shown or "(nothing)").splitlines())


class Case:
    def __init__(self, program, case_file, work):
        self.program = str(Path(program).resolve())
        self.case_file = Path(case_file).resolve()
        self.work = Path(work).resolve()
        self.source = Path(__file__).resolve().parent.parent
        self.data = Path(os.environ.get("ARCUATE_TEST_DATA", self.source / ".." / "shared" / "data")).resolve()
        # Settings of the person who runs the tests must not reach the program.
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("ARCUATE_")}
        self.environment.update(DATA=str(self.data), SRC=str(self.source), WORK=str(self.work), PROGRAM=self.program)
        self.result = None

    def expand(self, text):
        return string.Template(text).safe_substitute(self.environment)

    def words(self, line):
        return [self.expand(word) for word in shlex.split(line.rest)]

    def path(self, name):
        return self.work / self.expand(name)

    def play(self):
        if self.work.exists():
            shutil.rmtree(self.work)
        self.work.mkdir(parents=True)
        directives = parse(self.case_file.read_text(encoding="utf-8"))
        first = next((i for i, line in enumerate(directives) if line.word in ("run", "shell")), None)
        if first is None:
            raise Malformed("the case runs nothing")
        for line in directives[:first]:
            self.do(line)
        for group in grouped(directives[first:]):
            for line in group:
                self.do(line)

    def do(self, line):
        action = getattr(self, "do_" + line.word.replace("-", "_"), None)
        if not action:
            raise Malformed(f"line {line.number}: unknown directive '{line.word}'")
        try:
            action(line)
        except Failed as failure:
            raise Failed(f"{self.case_file}:{line.number}: {line.text}\n{failure}{self.transcript()}") from None
        except (ValueError, IndexError, FileNotFoundError, KeyError) as error:
            raise Failed(f"{self.case_file}:{line.number}: {line.text}\n  {type(error).__name__}: {error}"
                         f"{self.transcript()}") from None

    def transcript(self):
        if not self.result:
            return ""
        return (f"\n  exit code {self.result.returncode}\n  standard output:\n{indented(self.result.stdout)}"
                f"\n  standard error:\n{indented(self.result.stderr)}")

    # Preparation

    def do_env(self, line):
        name, _, value = line.rest.partition("=")
        self.environment[name] = self.expand(value)

    def do_needs_data(self, line):
        path = self.data / line.rest
        if path.exists():
            return
        if os.environ.get("CI") == "true":
            raise Failed(f"  the test data are absent: {path}")
        raise Skipped(f"needs test data '{line.rest}' (set ARCUATE_TEST_DATA)")

    def do_file(self, line):
        path = self.path(line.rest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.expand(line.block or ""), encoding="utf-8")

    # Commands

    def execute(self, command, **options):
        done = subprocess.run(command, cwd=self.work, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              **options)
        done.stdout, done.stderr = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
        self.result = done

    def do_run(self, line):
        self.execute([self.program, *self.words(line)])

    def do_shell(self, line):
        self.execute(["bash", "-c", line.block or line.rest])

    # Checks

    def do_exit(self, line):
        code = self.result.returncode
        if code < 0:
            code = 128 - code
        if code != int(line.rest):
            raise Failed(f"  expected exit code {line.rest}, found {code}")

    def contains(self, line, stream, name):
        text = self.expand(line.rest if line.block is None else line.block)
        if text not in stream:
            raise Failed(f"  expected on {name}: {text}")

    def do_stdout(self, line):
        self.contains(line, self.result.stdout, "standard output")

    def do_stderr(self, line):
        self.contains(line, self.result.stderr, "standard error")

    def do_stdout_is(self, line):
        expected = self.expand(line.rest + "\n" if line.block is None else line.block)
        if self.result.stdout != expected:
            raise Failed(f"  expected standard output:\n{indented(expected)}")

    def do_no_stdout(self, _):
        if self.result.stdout:
            raise Failed("  expected nothing on standard output")

    def do_no_stderr(self, _):
        if self.result.stderr:
            raise Failed("  expected nothing on standard error")

    def do_exists(self, line):
        if not self.path(line.rest).exists():
            raise Failed(f"  expected '{line.rest}' to exist; there are: {self.listing()}")

    def do_absent(self, line):
        if self.path(line.rest).exists():
            raise Failed(f"  expected '{line.rest}' not to exist")

    def listing(self):
        found = sorted(str(path.relative_to(self.work)) for path in self.work.rglob("*") if path.is_file())
        return ", ".join(found[:30]) or "no files"

    def do_same(self, line):
        first, second = (self.path(name) for name in shlex.split(line.rest))
        a, b = first.read_bytes(), second.read_bytes()
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            raise Failed(f"  the files have {len(a)} and {len(b)} bytes and differ from byte {at} on")

    def do_differ(self, line):
        first, second = (self.path(name) for name in shlex.split(line.rest))
        if first.read_bytes() == second.read_bytes():
            raise Failed("  expected two different files, they are the same")

    def do_json(self, line):
        name, keys, expected = line.rest.split(None, 2)
        value = json.loads(self.path(name).read_text(encoding="utf-8"))
        for key in keys.split("."):
            if isinstance(value, dict) and key not in value:
                raise Failed(f"  no key '{key}' of '{keys}'; there are: {', '.join(value)}")
            value = value[int(key)] if isinstance(value, list) else value[key]
        expected = self.expand(expected)
        try:
            wanted = json.loads(expected)
        except json.JSONDecodeError:
            wanted = expected
        if value != wanted:
            raise Failed(f"  expected {wanted!r}, found {value!r}")

    def do_tsv_close(self, line):
        first, second, tolerance, *keys = shlex.split(line.rest)
        compare_tables(read_table(self.path(first)), read_table(self.path(second)), float(tolerance), keys)


def read_table(path):
    """Header and rows; comment lines are left out."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    if not lines:
        raise Failed(f"  '{path.name}' is empty")
    header, *rows = (line.split("\t") for line in lines)
    for row in rows:
        if len(row) != len(header):
            raise Failed(f"  '{path.name}': a row has {len(row)} cells, the header {len(header)}: {row}")
    return header, [dict(zip(header, row)) for row in rows]


def close(a, b, tolerance):
    if a == b:
        return True
    try:
        x, y = float(a), float(b)
    except ValueError:
        return False
    return math.isclose(x, y, rel_tol=0, abs_tol=tolerance)


def compare_tables(first, second, tolerance, keys):
    """Every column of the second table, row by row, or by the values of the key columns."""
    (header, rows), (wanted_header, wanted) = first, second
    missing = [name for name in (*wanted_header, *keys) if name not in header]
    if missing:
        raise Failed(f"  columns absent from the first table: {', '.join(missing)}")
    if keys:
        index = {tuple(row[key] for key in keys): row for row in rows}
        if len(index) != len(rows):
            raise Failed(f"  the key columns {', '.join(keys)} do not tell the rows of the first table apart")
        lost = [row for row in wanted if tuple(row[key] for key in keys) not in index]
        if lost:
            raise Failed(f"  {len(lost)} rows are absent from the first table, such as {lost[0]}")
        rows = [index[tuple(row[key] for key in keys)] for row in wanted]
    if len(rows) != len(wanted):
        raise Failed(f"  the tables have {len(rows)} and {len(wanted)} rows")
    wrong = [(number, name, row[name], goal[name]) for number, (row, goal) in enumerate(zip(rows, wanted), 1)
             for name in wanted_header if not close(row[name], goal[name], tolerance)]
    if wrong:
        shown = "\n".join(f"    row {n}, {name}: {a} against {b}" for n, name, a, b in wrong[:10])
        raise Failed(f"  {len(wrong)} cells differ by more than {tolerance}:\n{shown}")


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        Case(*sys.argv[1:]).play()
    except Skipped as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    except Failed as failure:
        print(f"FAILED {failure}")
        return 1
    except Malformed as fault:
        print(f"{sys.argv[2]}: {fault}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
