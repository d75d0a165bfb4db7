#!/usr/bin/env python3
"""Counts the tests of one run and names what failed or was skipped; the last line is "N passed, N failed, N skipped".

Usage: count_tests.py RESULTS [--ctest-code N]

RESULTS holds ctest.xml (ctest --output-junit) and, for every test named unit.* or slow.*, the report NAME.xml of that
GoogleTest program, whose cases are counted one by one. Every other test of ctest.xml counts as one.
Exits with 1 if anything failed, a report is missing (the program crashed), or nothing passed.
"""
import argparse
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


def last_line(text):
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return lines[-1] if lines else ""


def reason_of_skip(message):
    """The words of GTEST_SKIP() << ..., without the place in the source that comes first."""
    return last_line(message) or "no reason given"


def first_failure(case):
    message = case.find("failure").get("message") or ""
    return " | ".join(line.strip() for line in message.splitlines() if line.strip())[:300]


def read_cases(report):
    """(name, outcome, reason) of every case in a GoogleTest report."""
    for case in xml.parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("failure") is not None:
            yield name, FAILED, first_failure(case)
        elif case.find("skipped") is not None:
            yield name, SKIPPED, reason_of_skip(case.find("skipped").get("message"))
        elif case.get("status") == "notrun":
            yield name, SKIPPED, "disabled"
        else:
            yield name, PASSED, ""


def read_program(name, test_passed, report):
    """The cases of one GoogleTest program; a failure of its own where the report does not explain how it ended."""
    try:
        cases = list(read_cases(report))
    except (OSError, xml.ParseError) as error:
        return [(name, FAILED, f"the program left no readable report (crashed?): {error}")]
    if not cases:
        cases.append((name, FAILED, "the program ran no case"))
    if not test_passed and all(outcome != FAILED for _, outcome, _ in cases):
        cases.append((name, FAILED, "the program failed outside its cases (exit code, time limit or sanitizer)"))
    return [(f"{name}: {case}" if case != name else case, outcome, reason) for case, outcome, reason in cases]


def read_test(test, results):
    """(name, outcome, reason) of the cases of one test of ctest.xml."""
    name, status = test.get("name"), test.get("status")
    skip = test.find("skipped")
    message = skip.get("message", "") if skip is not None else ""
    if status == "disabled":
        return [(name, SKIPPED, "disabled")]
    if message.startswith("SKIP_"):
        return [(name, SKIPPED, reason_of_skip(test.findtext("system-out")))]
    if name.startswith(("unit.", "slow.")):
        return read_program(name, status == "run", results / f"{name}.xml")
    if status == "run":
        return [(name, PASSED, "")]
    return [(name, FAILED, message or last_line(test.findtext("system-out")) or "failed without a word (time limit?)")]


def read_results(results):
    try:
        tests = list(xml.parse(results / "ctest.xml").iter("testcase"))
    except (OSError, xml.ParseError) as error:
        return [("ctest", FAILED, f"left no readable report: {error}")]
    return [case for test in tests for case in read_test(test, results)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--ctest-code", type=int, default=0, help="exit code of ctest")
    options = parser.parse_args()

    cases = read_results(options.results)
    count = {kind: sum(outcome == kind for _, outcome, _ in cases) for kind in (PASSED, FAILED, SKIPPED)}
    if count[FAILED] == 0 and (options.ctest_code != 0 or count[PASSED] == 0):
        reason = f"ended with code {options.ctest_code}" if options.ctest_code else "no test ran"
        cases.append(("ctest", FAILED, reason))
        count[FAILED] = 1
    for kind in (SKIPPED, FAILED):
        for name, outcome, reason in cases:
            if outcome == kind:
                print(f"{kind}: {name}: {reason}")
    print(", ".join(f"{count[kind]} {kind}" for kind in (PASSED, FAILED, SKIPPED)))
    sys.exit(1 if count[FAILED] else 0)


if __name__ == "__main__":
    main()
