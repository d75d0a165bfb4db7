#!/usr/bin/env python3
"""Every command has tests and a current page: check_commands.py PROGRAM REPOSITORY."""
import subprocess
import sys
from pathlib import Path


def output(program, *arguments):
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def problems(program, repository):
    names = output(program, "help", "--names").split()
    pages = repository / "docs" / "commands"
    for name in names:
        if not list((repository / "tests" / "cmd" / name).glob("*.test")):
            yield f"'{name}' has no test: add tests/cmd/{name}/*.test"
        page = pages / f"{name}.md"
        if not page.exists():
            yield f"'{name}' has no page docs/commands/{name}.md: run tools/make_docs.sh"
        elif page.read_text(encoding="utf-8") != output(program, "help", "--markdown", name):
            yield f"docs/commands/{name}.md is stale: run tools/make_docs.sh"
    for folder in (repository / "tests" / "cmd").glob("*/"):
        if folder.name not in names:
            yield f"tests/cmd/{folder.name} is for a command that does not exist"
    for page in pages.glob("*.md"):
        if page.stem not in names:
            yield f"docs/commands/{page.name} is for a command that does not exist"


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(problems(sys.argv[1], Path(sys.argv[2])))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
