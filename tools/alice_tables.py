#!/usr/bin/env python3
"""Prints the tables of docs/alice.md from the output of `arcuate run studies/alice.toml --output DIR`: alice_tables.py DIR"""
import csv
import sys
from pathlib import Path

ROIS = ["LATL", "RATL", "LPTL", "LIPL", "LPreM", "LIFG"]


def rows(folder, kind):
    with open(folder / "group" / f"task-alice_desc-{kind}_scores.tsv", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def number(text, digits=3):
    return "" if text == "n/a" else f"{float(text):.{digits}f}"


def line(cells):
    print("| " + " | ".join(cells) + " |")


def header(cells):
    line(cells)
    print("|---" * len(cells) + "|")


def layers(group):
    header(["features", "layer"] + ROIS + ["mean", "p", "increment", "p", "q", "single subjects", "p", "increment ± SE", "p", "q"])
    for row in group:
        if row["seed"] != "n/a":
            continue
        increment = number(row["single_subject_increment"])
        if increment:
            increment += f" ± {number(row['single_subject_increment_se'])}"
        line([row["space"], row["layer"]] + [number(row["r_" + roi]) for roi in ROIS]
             + [number(row["mean_subject_r"]), number(row["mean_subject_p"]), number(row["mean_subject_increment"]),
                number(row["mean_subject_increment_p"]), number(row["mean_subject_increment_q"]), number(row["single_subject_r"]), number(row["single_subject_p"]),
                increment, number(row["single_subject_increment_p"]), number(row["single_subject_increment_q"])])


def twins(group, spread):
    header(["features", "layer"] + ROIS + ["mean over seeds", "smallest", "largest", "smallest p of 5", "increment", "smallest p of 5",
                                           "single subjects"])
    for row in spread:
        same = [g for g in group if (g["space"], g["training"], g["layer"]) == (row["space"], row["training"], row["layer"])]
        mean = lambda key: f"{sum(float(g[key]) for g in same) / len(same):.3f}"
        least = lambda key: min(float(g[key]) for g in same)
        name = row["space"] + (" untrained" if row["training"] == "untrained" else "")
        line([name, row["layer"]] + [mean("r_" + roi) for roi in ROIS]
             + [number(row["mean_subject_r"]), number(row["mean_subject_min"]), number(row["mean_subject_max"]),
                f"{least('mean_subject_p'):.3f}", mean("mean_subject_increment"), f"{least('mean_subject_increment_p'):.3f}",
                number(row["single_subject_r"])])


def headlines(table):
    header(["features", "training", "r, mean subject", "p", "layers chosen by fold", "best layer by test (optimistic)", "its r"])
    seen = {}
    for row in table:
        if row["subject"] == "mean":
            seen.setdefault((row["space"], row["training"]), []).append(row)
    for (space, training), members in seen.items():
        if len(members) == 1:
            row = members[0]
            line([space, training, number(row["r"]), number(row["p_value"]), row["chosen_layers"], row["best_layer_by_test"],
                  number(row["r_best_by_test"])])
        else:
            values = [float(row["r"]) for row in members]
            line([space, training, f"{sum(values) / len(values):.3f} ({min(values):.3f} to {max(values):.3f}, {len(values)} seeds)", "", "", "", ""])


def main():
    folder = Path(sys.argv[1])
    group = rows(folder, "group")
    print("<!-- headline -->")
    headlines(rows(folder, "headline"))
    print("\n<!-- layers -->")
    layers(group)
    print("\n<!-- twins -->")
    twins(group, rows(folder, "spread"))


if __name__ == "__main__":
    main()
