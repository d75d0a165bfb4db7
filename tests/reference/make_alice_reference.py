"""Recomputes alice/reference_scores_6mm.tsv of the test data from the raw files and stores it in full precision."""

import csv
from importlib.metadata import version

import numpy as np
import torch
from safetensors.numpy import load_file
from tokenizers import Tokenizer

import hf64
from common import out_folder, save_json, save_tensors, test_data
from plain_ridge import contiguous_folds, correlation, fit, inner_splits, nested, without
from timing import delayed, high_pass, lanczos_weights, zscore

TR, DROPPED, VOLUMES, CONTEXT_WORDS, MAX_TOKENS, CUTOFF_S = 2.0, 10, 372, 41, 512, 128
OUTER, INNER, GAP = 6, 5, 5
PENALTIES = np.logspace(0, 6, 13)
ROIS = ["LATL", "RATL", "LPTL", "LIPL", "LPreM", "LIFG"]
SHOWN_WORDS = [0, 1, 40, 41, 42, 1000, 2126]

CONVENTIONS = {
    "words": (
        "alice_words.tsv (the TextGrid's 2,127 intervals that are neither 'sp' nor blank, labels stripped); "
        "lower-cased, punctuation kept; clitics such as n't and 's are words of their own"
    ),
    "tokens": (
        "every word encoded on its own by tokenizer.json without special tokens; the normaliser prepends the word "
        "mark, so every word, clitics too, has its leading space"
    ),
    "context": (
        "<s> followed by the tokens of the last 41 words including the current one; cut to the last 512 tokens "
        "(never needed: the longest context has 129)"
    ),
    "features": (
        "residual stream at the last token of the word, before the final norm; layer0 = embedding, layer k = "
        "after block k; layer5 is not normalised either; float64 throughout. word_rate = a single feature that is "
        "1 for every word"
    ),
    "word_time": ("(onset + offset) / 2"),
    "downsampling": (
        "Lanczos, 3 lobes, cutoff 1/TR = 0.5 Hz, not normalised; 372 volume centres at 2 i + 1 s, i = 0..371"
    ),
    "delays": (
        "1, 2, 3, 4 volumes, zero filled, delay-major columns; made on the 372 volumes, the first 10 rows dropped "
        "afterwards"
    ),
    "filter": (
        "cosines k = 0..floor(2*362*2/128) = 11 over the 362 kept rows projected out of design and responses; "
        "made after the delays and after the rows are dropped"
    ),
    "scaling": (
        "after the filter every design column and every response is z-scored over all 362 rows (population SD); "
        "no intercept, nothing centred or scaled inside a fold"
    ),
    "mean_subject": (
        "mean over 27 subjects (s33 dropped) of the filtered AND z-scored responses, then z-scored again; not "
        "filtered again (it already is). Averaging before filtering and scaling changes the scores by up to 0.13"
    ),
    "outer_folds": (
        "6 contiguous blocks (61, 61, 60, 60, 60, 60 rows); the 5 rows on each side of the block are not trained " "on"
    ),
    "inner_folds": (
        "5 contiguous blocks of the remaining training rows in order; inner training drops the rows whose "
        "distance to an inner test row is 5 or less ON THE ORIGINAL ROW AXIS (counting on the shortened axis "
        "changes the scores by up to 0.07)"
    ),
    "penalty": (
        "lambda added to the diagonal of X'X, 13 values 10^0..10^6; per target the largest mean over inner folds "
        "of Pearson r (each inner block's own mean removed), ties towards the larger; refit on all outer-training "
        "rows"
    ),
    "score": ("Pearson r of the concatenated held-out predictions with the responses"),
    "sensitivity": (
        "largest change of a mean-subject score over word_rate, layer1, layer4: weights normalised 0.26, filter "
        "before the delays 0.20, rows dropped before the delays 0.024, responses read from the packed float32 "
        "copy 4e-7, float32 norms inside the model 4e-8"
    ),
    "mean_column": (
        "'mean' = mean over ROIs for the mean subject; 'single_subject_mean' = mean of r over 27 subjects and 6 " "ROIs"
    ),
}


def read_words(folder):
    with open(folder / "alice_words.tsv", newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    times = np.array([(float(r["onset"]) + float(r["offset"])) / 2 for r in rows])
    return [r["word"].strip().lower() for r in rows], times


def read_responses(folder):
    subjects, data = [], []
    for path in sorted(folder.glob("s*-timecourses.txt")):
        values = np.loadtxt(path)
        if np.ptp(values, axis=0).min() > 0:
            subjects.append(path.name.split("-")[0])
            data.append(values)
    return subjects, np.stack(data)


def contexts(words, folder):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    ids = [tokenizer.encode(w, add_special_tokens=False).ids for w in words]
    start = tokenizer.token_to_id("<s>")
    spans = [range(max(0, i - CONTEXT_WORDS + 1), i + 1) for i in range(len(words))]
    return ids, [([start] + [t for j in span for t in ids[j]])[-MAX_TOKENS:] for span in spans]


def word_states(model, sequences):
    """[layers + 1 x words x width]: last-token residual stream; sequences of equal length share a batch."""
    groups = {}
    for i, s in enumerate(sequences):
        groups.setdefault(len(s), []).append(i)
    out = None
    for members in groups.values():
        states = hf64.residual_stream(model, torch.tensor([sequences[i] for i in members]))[0][:, :, -1].numpy()
        out = np.zeros((len(states), len(sequences), states.shape[-1])) if out is None else out
        out[:, members] = states
    return out


def check_model(model, folder):
    """The stored float32 copy of a float64 run of the same model must agree to float32 rounding."""
    stored = load_file(folder / "expected.safetensors")
    states, norm, logits = hf64.residual_stream(model, torch.tensor(stored["input_ids"])[None])
    got = {"hidden_states": states[:, 0], "final_norm": norm[0], "logits": logits[0]}
    for name, value in got.items():
        worst = np.abs(value.numpy() - stored[name]).max() / np.abs(stored[name]).max()
        print(f"model check, {name}: largest difference relative to the largest value {worst:.1e}")
        assert worst < 1e-7


def design(features, times):
    weights = lanczos_weights(times, TR * np.arange(VOLUMES) + 1, 1 / TR, 3)
    x = delayed(weights @ features, [1, 2, 3, 4], [VOLUMES])[DROPPED:]
    return zscore(high_pass(x, TR, CUTOFF_S))


def responses(data):
    """[362 x (27 + 1) * 6]: each subject, then the mean subject."""
    single = [zscore(high_pass(d, TR, CUTOFF_S)) for d in data]
    return np.hstack(single + [zscore(np.mean(single, axis=0))])


def close_calls(result, y, x, outer, labels, threshold=1e-7):
    """Choices led by less than the threshold, and the score had the runner-up been chosen in that fold."""
    calls = []
    for f, v in np.argwhere(result["margin"] < threshold):
        curve, chosen = result["curve"][f, :, v].copy(), result["chosen"][f, v]
        curve[chosen] = -np.inf
        second = int(np.argmax(curve))
        train = without(np.arange(len(x)), outer[f], GAP)
        prediction = result["prediction"][:, v].copy()
        prediction[outer[f]] = x[outer[f]] @ fit(x[train], y[train, v : v + 1], PENALTIES[second], False)[0][:, 0]
        other = float(correlation(prediction[:, None], y[:, v : v + 1])[0])
        call = {"target": labels[v], "fold": int(f), "lead": float(result["margin"][f, v])}
        penalties = {"chosen": float(PENALTIES[chosen]), "second": float(PENALTIES[second])}
        calls.append({**call, **penalties, "r": float(result["r"][v]), "r_with_second": other})
    return calls


def compare(table, scores, mean_scores):
    worst = 0.0
    for row in table:
        name = row["features"]
        got = [*mean_scores[name], mean_scores[name].mean(), scores[name].mean()]
        difference = [g - float(row[c]) for g, c in zip(got, ROIS + ["mean", "single_subject_mean"])]
        worst = max(worst, np.abs(difference).max())
        print(f"{name:10s}", " ".join(f"{g:.6f} ({d:+.6f})" for g, d in zip(got, difference)))
    print(f"largest difference to the stored table, which has four decimals: {worst:.6f}")
    assert worst <= 0.5001e-4
    return worst


def main():
    folder, models = test_data() / "alice", test_data() / "models" / "stories260K"
    words, times = read_words(folder)
    subjects, data = read_responses(folder / "6mm")
    assert len(words) == 2127 and data.shape == (27, VOLUMES - DROPPED, 6)
    model = hf64.load(models)
    check_model(model, models)
    ids, sequences = contexts(words, models)
    states = word_states(model, sequences)
    y = responses(data)
    labels = [f"{s} {roi}" for s in [*subjects, "mean"] for roi in ROIS]
    features = {"word_rate": np.ones((len(words), 1)), **{f"layer{k}": states[k] for k in range(len(states))}}
    outer = contiguous_folds(np.arange(len(y)), OUTER)
    scores, mean_scores, chosen, margins, single_chosen, close = {}, {}, {}, {}, {}, {}
    for name, values in features.items():
        x = design(values, times)
        result = nested(x, y, outer, GAP, lambda train: inner_splits(train, INNER, GAP), PENALTIES, "r", False)
        r = result["r"].reshape(28, 6)
        scores[name], mean_scores[name] = r[:27], r[27]
        chosen[name] = PENALTIES[result["chosen"][:, -6:]]
        single_chosen[name] = result["chosen"][:, :-6].reshape(OUTER, 27, 6)
        margins[name] = result["margin"]
        close[name] = close_calls(result, y, x, outer, labels)
    with open(folder / "reference_scores_6mm.tsv", newline="") as f:
        worst = compare(list(csv.DictReader(f, delimiter="\t")), scores, mean_scores)
    for name in features:
        print(
            f"{name}: smallest lead of a chosen penalty: mean subject {margins[name][:, -6:].min():.2e}, "
            f"all {margins[name].min():.2e}"
        )
    out = out_folder("alice")
    save_json(
        out / "expected.json",
        {
            "made_by": "make_alice_reference.py",
            "versions": {p: version(p) for p in ("numpy", "torch", "transformers", "tokenizers")},
            "conventions": CONVENTIONS,
            "largest_difference_to_table": float(worst),
            "subjects": subjects,
            "rois": ROIS,
            "penalties": PENALTIES.tolist(),
            "tokens_per_word_sum": sum(map(len, ids)),
            "longest_context": max(map(len, sequences)),
            "mean_response_rows_0_to_2": y[:3, -6:].tolist(),
            "mean_subject_r": {n: v.tolist() for n, v in mean_scores.items()},
            "mean_subject_penalty_fold_by_roi": {n: v.tolist() for n, v in chosen.items()},
            "mean_subject_smallest_lead": {n: float(v[:, -6:].min()) for n, v in margins.items()},
            "single_subject_smallest_lead": {n: float(v[:, :-6].min()) for n, v in margins.items()},
            "close_calls_lead_below_1e-7": close,
            "subject_r": {n: v.tolist() for n, v in scores.items()},
        },
    )
    save_tensors(
        out / "intermediate.safetensors",
        {
            "words_shown": np.array(SHOWN_WORDS),
            "word_states": states[:, SHOWN_WORDS],
            "word_token_counts": np.array([len(i) for i in ids], np.int32),
            "word_rate_372": (lanczos_weights(times, TR * np.arange(VOLUMES) + 1, 1 / TR, 3).sum(1)),
            "word_rate_design": design(features["word_rate"], times),
            "layer4_design_columns_0_100_200": design(features["layer4"], times)[:, [0, 100, 200]],
            **{f"subject_penalty_index_{n}": v.astype(np.int32) for n, v in single_chosen.items()},
        },
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
