#!/usr/bin/env python3
"""Published brain scores as tidy tables: published_scores.py SCORES.csv MODEL_FACTS.tsv --output DIR

SCORES.csv is `precomputed-scores.csv` of mschrimpf/neural-nlp (Schrimpf et al. 2021: layer, benchmark, model, score, error);
MODEL_FACTS.tsv has a row a model (family, parameters_millions, layers, width, objective, direction, is_transformer).
A model `x-untrained` of the scores is the untrained twin of `x` and takes its facts. Written are

  layers.tsv   one row a published score of a layer
  models.tsv   one row a model and benchmark: its best and its mean layer

with the columns that docs/published_scores.md describes. A number that is not known is n/a. No package is needed."""
import argparse
import csv
import math
import sys
from pathlib import Path

UNTRAINED = "-untrained"
LANGUAGE_MODELLING = "wikitext-2"
FACTS = ["model", "family", "trained", "is_trained", "is_transformer", "objective", "direction", "parameters", "log10_parameters", "layers",
         "width", "log10_width"]
LAYER_COLUMNS = FACTS + ["benchmark", "layer", "layer_index", "depth", "score", "error"]
MODEL_COLUMNS = ["name"] + FACTS + ["next_word_loss", "benchmark", "scored_layers", "best_layer", "best_layer_index", "best_depth", "best_score",
                                    "best_error", "mean_score"]


def number(text):
    return None if text in ("", "n/a") else float(text)


def text(value):
    if value is None:
        return "n/a"
    return format(value, ".10g") if isinstance(value, float) else str(value)


def rows_of(path, separator):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def facts_of(path):
    """Model -> its facts, without what depends on training."""
    facts = {}
    for row in rows_of(path, "\t"):
        millions, layers, width = (number(row[key]) for key in ("parameters_millions", "layers", "width"))
        facts[row["model"]] = {
            "model": row["model"], "family": row["family"], "objective": row["objective"], "direction": row["direction"],
            "is_transformer": int(row["is_transformer"]),
            "parameters": None if millions is None else round(millions * 1e6),
            "log10_parameters": None if millions is None else round(math.log10(millions * 1e6), 6),
            "layers": None if layers is None else int(layers),
            "width": None if width is None else int(width),
            "log10_width": None if width is None else round(math.log10(width), 6),
        }
    return facts


def joined(scores, facts):
    """Each score with the facts of its model and its place among the layers, which stand in the order of depth."""
    unknown = sorted({row["model"] for row in scores} - set(facts) - {name + UNTRAINED for name in facts})
    if unknown:
        sys.exit(f"published_scores.py: no facts of {', '.join(unknown)}; add a row for each to the table of facts")
    seen = {}
    for row in scores:
        trained = not row["model"].endswith(UNTRAINED)
        key = (row["benchmark"], row["model"])
        index = seen[key] = seen.get(key, -1) + 1
        yield {**facts[row["model"].removesuffix(UNTRAINED)], "name": row["model"], "trained": "yes" if trained else "no",
               "is_trained": int(trained), "benchmark": row["benchmark"], "layer": row["layer"] or None, "layer_index": index,
               "score": number(row["score"]), "error": number(row["error"])}


def by_model(rows):
    groups = {}
    for row in rows:
        groups.setdefault((row["benchmark"], row["name"]), []).append(row)
    return groups


def with_depth(rows):
    for group in by_model(rows).values():
        for row in group:
            row["depth"] = round(row["layer_index"] / (len(group) - 1), 6) if len(group) > 1 else None
    return rows


def model_rows(rows):
    losses = {row["name"]: row["score"] for row in rows if row["benchmark"] == LANGUAGE_MODELLING}
    for group in by_model(rows).values():
        scored = [row for row in group if row["score"] is not None]
        if not scored:
            continue
        best = max(scored, key=lambda row: row["score"])
        yield {**best, "next_word_loss": losses.get(best["name"]), "scored_layers": len(scored), "best_layer": best["layer"],
               "best_layer_index": best["layer_index"], "best_depth": best["depth"], "best_score": best["score"], "best_error": best["error"],
               "mean_score": round(sum(row["score"] for row in scored) / len(scored), 9)}


def write(path, columns, rows):
    lines = ["\t".join(columns)] + ["\t".join(text(row[column]) for column in columns) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path}: {len(lines) - 1} rows")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scores", type=Path)
    parser.add_argument("facts", type=Path)
    parser.add_argument("--output", type=Path, required=True, help="folder for layers.tsv and models.tsv")
    options = parser.parse_args()
    rows = with_depth(list(joined(rows_of(options.scores, ","), facts_of(options.facts))))
    options.output.mkdir(parents=True, exist_ok=True)
    write(options.output / "layers.tsv", LAYER_COLUMNS, rows)
    write(options.output / "models.tsv", MODEL_COLUMNS, model_rows(rows))


if __name__ == "__main__":
    main()
