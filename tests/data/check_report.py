"""Reads the page of a study as a person would and holds it against the other files of the output:
check_report.py OUTPUT. Prints every fault and exits with 1 if there is one."""
import base64
import csv
import json
import re
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

output = Path(sys.argv[1])
page = (output / "report.html").read_text(encoding="utf-8")
manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
config = (output / "config_resolved.toml").read_text(encoding="utf-8")
study = tomllib.loads(config)
faults = []


def check(holds, what):
    if not holds:
        faults.append(what)
    return holds


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


class Page(HTMLParser):
    """Sections by heading, each with its tables, captions, listings, pictures and text; and all resources."""

    def __init__(self):
        super().__init__()
        self.open, self.sections, self.resources, self.banner = [], {}, [], ""
        self.part = self.fresh()
        self.footer = ""

    @staticmethod
    def fresh():
        return {"tables": [], "captions": [], "listings": [], "images": [], "charts": 0, "text": "", "heading": ""}

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.resources += [given[name] for name in ("src", "href", "data", "action", "srcset") if name in given]
        if tag in ("script", "link", "iframe", "object", "embed"):
            faults.append(f"the page has an element <{tag}>")
        self.open.append((tag, given.get("class", "")))
        if tag == "section":
            self.part = self.fresh()
        elif tag == "svg":
            self.part["charts"] += 1
        elif tag == "img":
            self.part["images"].append(given)
        elif tag == "table":
            self.part["tables"].append({"columns": [], "rows": []})
        elif tag == "tr" and self.is_within("tbody"):
            self.part["tables"][-1]["rows"].append([])
        elif tag in ("th", "td"):
            table = self.part["tables"][-1]
            (table["columns"] if tag == "th" else table["rows"][-1]).append("")
        elif tag == "figcaption":
            self.part["captions"].append("")
        elif tag == "pre":
            self.part["listings"].append("")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        check(self.open and self.open[-1][0] == tag, f"</{tag}> closes {self.open[-1:]}")
        self.open.pop()
        if tag == "section":
            self.sections[self.part["heading"]] = self.part

    def is_within(self, tag):
        return any(name == tag for name, _ in self.open)

    def handle_data(self, data):
        if any(kind == "simulated" for _, kind in self.open):
            self.banner += data
        if self.is_within("footer"):
            self.footer += data
        for tag, key in (("td", "tables"), ("th", "tables"), ("figcaption", "captions"), ("pre", "listings")):
            if not self.is_within(tag):
                continue
            if key == "tables":
                table = self.part["tables"][-1]
                (table["columns"] if tag == "th" else table["rows"][-1])[-1] += data
            else:
                self.part[key][-1] += data
        if self.is_within("h2"):
            self.part["heading"] += data
        if self.is_within("section") and not self.is_within("svg"):
            self.part["text"] += data


def section(heading):
    if check(heading in parsed.sections, f"no section '{heading}'; there are {list(parsed.sections)}"):
        return parsed.sections[heading]
    return Page.fresh()


def records(table):
    return [dict(zip(table["columns"], row)) for row in table["rows"]]


def png_texts(png):
    texts, at = {}, 8
    while at < len(png):
        length = int.from_bytes(png[at:at + 4], "big")
        kind, data = png[at + 4:at + 8], png[at + 8:at + 8 + length]
        if kind in (b"tEXt", b"iTXt"):
            keyword, _, text = data.partition(b"\0")
            texts[keyword.decode()] = text.lstrip(b"\0").decode()
        at += 12 + length
    return texts


def check_maps():
    part = section("Maps")
    check(len(part["images"]) >= 2, "fewer than two maps")
    for image in part["images"]:
        check(image.get("alt"), "a map without words for those who cannot see it")
        prefix = "data:image/png;base64,"
        if not check(image["src"].startswith(prefix), "a map is no PNG in the page"):
            continue
        png = base64.b64decode(image["src"][len(prefix):], validate=True)
        check(png_texts(png).get("Simulated") == "true", f"'{image['alt']}' does not say that it is simulated")
        check(any(file.read_bytes() == png for file in (output / "figures").glob("*.png")),
              f"'{image['alt']}' is no file under figures/")
    check(any("ceiling" in image["alt"].lower() for image in part["images"]), "no map of the ceiling")


def same(shown, exact, what):
    """A rounded number of the page against the table's."""
    compared.append(what)
    if "n/a" in (shown, exact):
        return check(shown == exact, f"{what}: {shown} on the page, {exact} in the table")
    digits = len(shown.partition(".")[2])
    check(abs(float(shown) - float(exact)) <= 0.5000001 * 10 ** -digits,
          f"{what}: {shown} on the page, {exact} in the table")


def check_scores():
    part = section("Headline scores")
    if not check(part["tables"], "no table of headline scores"):
        return
    exact = rows_of(next((output / "group").glob("*_desc-headline_scores.tsv")))
    for row in records(part["tables"][0]):
        own = [r for r in exact if (r["space"], r["training"]) == (row["features"], row["training"])]
        means = [r for r in own if r["subject"] == "mean"]
        if not check(len(means) == int(row["seeds"]) == 1, f"{row['features']}: one seed expected"):
            continue
        same(row["r, mean subject"], means[0]["r"], f"{row['features']}, headline r")
        same(row["p"], means[0]["p_value"], f"{row['features']}, headline p")
        same(row["its r"], means[0]["r_best_by_test"], f"{row['features']}, best r")
        chosen = means[0]["chosen_layers"] if row["training"] != "n/a" else "n/a"  # nothing to choose from
        check(row["layers chosen"] in (chosen, "n/a"), f"{row['features']}: layers chosen")
        check(row["layers chosen"] != "n/a" or len(set(means[0]["chosen_layers"].split())) == 1, "a choice is not told")
        single = [float(r["r"]) for r in own if r["subject"] != "mean"]
        same(row["r, single subjects"], str(sum(single) / len(single)), f"{row['features']}, single subjects' r")


def check_layers():
    part = section("Layers")
    check(part["charts"] >= 2, "fewer than two charts of layers")
    if not check(part["tables"], "no table of layers"):
        return
    exact = {(r["space"], r["layer"]): r for r in group if r["seed"] == "n/a"}
    shown = records(part["tables"][0])
    check({(row["features"], row["layer"]) for row in shown} == set(exact), "the layers are not those of the table")
    for row in shown:
        own, name = exact[row["features"], row["layer"]], f"{row['features']} layer {row['layer']}"
        for column, of in (("r, mean subject", "mean_subject_r"), ("p", "mean_subject_p"),
                           ("q (BH over all layers)", "mean_subject_q"), ("its p", "mean_subject_increment_p"),
                           ("increment over controls", "mean_subject_increment"), ("SE", "single_subject_se"),
                           ("r, single subjects", "single_subject_r"), ("p ", "single_subject_p"),
                           ("increment", "single_subject_increment"), ("its p ", "single_subject_increment_p")):
            same(row[column], own[of], f"{name}, {column}")


def check_controls():
    part = section("Controls")
    check(part["charts"] == 1, "no chart of increments")
    for name in study["controls"]["spaces"]:
        check(name in part["text"], f"the control '{name}' is not named")


def check_left_out():
    part = section("What was left out")
    flagged = rows_of(next((output / "group").glob("*_desc-flagged_scores.tsv")))
    check(f"{len(flagged)} of " in part["text"], f"the number of flagged targets, {len(flagged)}, is not told")
    for row in flagged:
        check(f"{row['target']} ({row['flag']})" in part["text"], f"{row['target']} is not named")
    for row in records(part["tables"][0]):
        for flag in ("constant", "nan", "infinite", "masked"):
            own = [r for r in flagged if (r["subject"], r["flag"]) == (row["subject"], flag)]
            check(int(row[flag]) == len(own), f"{row['subject']}: {row[flag]} targets {flag}, {len(own)} in the table")


def check_method():
    part = section("How it was done")
    for edge, words in (("smallest", r"([\d.]+) % of the penalties chosen are the smallest"),
                        ("largest", r"([\d.]+) % the largest")):
        found = re.search(words, part["text"])
        if check(found, f"the share of {edge} penalties is not told"):
            shares = [float(row[f"share_at_{edge}_penalty"]) for row in group]
            same(found[1], str(100 * sum(shares) / len(shares)), f"share of {edge} penalties")
    folds = records(part["tables"][0])
    check(len(folds) == len(manifest["outer_folds"]), "the folds are not those of the manifest")
    check(f"{manifest['permutation']['draws']} circular shifts" in part["text"], "the shifts are not counted")
    for fold in folds:
        first, last = map(int, fold["test rows"].split(" to "))
        rows = last - first + 1 + int(fold["training rows"]) + int(fold["left out (gap)"])
        check(rows == manifest["rows"], f"fold {fold['fold']} has {rows} rows")


def files_of(inputs):
    return [file for entry in inputs for file in entry.get("files", [entry])]


def check_repeat():
    part = section("To do it again")
    check(f"Seed: {manifest['seed']}." in part["text"], "the seed is not told")
    if not check(len(part["tables"]) == 2 and len(part["listings"]) == 2, "versions, hashes, command or study missing"):
        return
    versions = {row["what"]: row["version"] for row in records(part["tables"][0])}
    check(versions == {key: str(value) for key, value in manifest["program"].items()}, "versions differ from manifest")
    shown = {(row["file"], row["bytes"], row["SHA-256"]) for row in records(part["tables"][1])}
    told = {(file["path"], str(file["bytes"]), file["sha256"]) for file in files_of(manifest["inputs"])}
    check(shown == told, f"inputs differ from manifest: {sorted(shown ^ told)[:4]}")
    hashes = set(re.findall(r"\b[0-9a-f]{64}\b", json.dumps(manifest)))
    for found in re.findall(r"\b[0-9a-f]{64}\b", part["text"]):
        check(found in hashes, f"the hash {found} is not in the manifest")
    command, resolved = part["listings"]
    check(resolved == config, "the study on the page is not config_resolved.toml")
    check(command.startswith("arcuate run ") and command.endswith(" --output OUTPUT"), f"command: {command}")
    (output.parent / "repeat.txt").write_text(command + "\n", encoding="utf-8")


def check_simulated():
    check("simulated data" in parsed.banner.lower(), "no banner about simulated data")
    captions = [caption for part in parsed.sections.values() for caption in part["captions"]]
    check(len(captions) >= 8, f"only {len(captions)} captions")
    for caption in captions:
        check("Simulated data." in caption, f"the caption '{caption}' does not say that data are simulated")


def check_figures():
    charts = list((output / "figures").glob("*.svg"))
    check(len(charts) >= 3, f"only {len(charts)} charts under figures/")
    for chart in charts:
        ElementTree.parse(chart)
        if check(chart.with_suffix(".tsv").exists(), f"{chart.name} has no table beside it"):
            rows = rows_of(chart.with_suffix(".tsv"))
            check(rows and all(row["simulated"] == "true" for row in rows), f"{chart.stem}.tsv does not say simulated")


def check_offline():
    for resource in parsed.resources:
        check(resource.startswith(("#", "data:")), f"the page asks for '{resource[:60]}'")
    check("default-src 'none'" in page, "no policy against fetching")
    check(not re.search(r"@import|url\(", page), "a style fetches something")


parsed = Page()
parsed.feed(page)
parsed.close()
check(not parsed.open, f"never closed: {parsed.open}")
ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n"))
group = rows_of(next((output / "group").glob("*_desc-group_scores.tsv")))
compared = []
for part in (check_maps, check_scores, check_layers, check_controls, check_left_out, check_method, check_repeat,
             check_simulated, check_figures, check_offline):
    part()
check(len(compared) >= 10, f"only {len(compared)} numbers compared")
check(manifest["program"]["version"] in parsed.footer, "the footer does not tell the version")
print("\n".join(faults) or f"{len(compared)} numbers agree")
sys.exit(1 if faults else 0)
