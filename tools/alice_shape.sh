#!/usr/bin/env bash
# The shape of Alice's brain scores in 36 cells: 6 regions x 6 conditions, which are the subjects with odd and with even
# numbers in the first, second and last third of the story. See docs/alice.md.
# Usage: tools/alice_shape.sh OUTPUT     (ARCUATE: the program, if not build/release/arcuate)
set -euo pipefail
[[ $# == 1 ]] || { echo "alice_shape: error: expects the folder to write to" >&2; exit 2; }
output=$1
here=$(dirname "${BASH_SOURCE[0]}")/..
program=${ARCUATE:-$here/build/release/arcuate}
declare -A subjects=(
  [odd]="['s23','s31','s35','s37','s39','s41','s43','s45','s47','s49','s51','s53']"
  [even]="['s18','s22','s24','s26','s28','s30','s36','s38','s40','s42','s44','s46','s48','s50','s52']")
models="['tales-100k','tales-400k','tales-1m','tales-3m','step-00030','step-00100','step-00300','step-01000','step-03000'"
models+=",'no12-100k','no12-400k','stories260K']"
declare -A trims=([first]="[0,242]" [second]="[120,121]" [last]="[241,0]")

mkdir -p "$output"
table=$output/shape.tsv
: > "$table"
for half in odd even; do
  for third in first second last; do
    "$program" run "$here/studies/alice-analyses.toml" --output "$output/$half-$third" \
      --set "analysis=[{kind='shape', embedding=5, spaces=$models}]" --set "dataset.subjects=${subjects[$half]}" \
      --set "align.trim=${trims[$third]}" --set permutation.count=50
    # Checkpoints are of one training with the model that it ended in.
    awk -F'\t' -v OFS='\t' -v condition="$half-$third" -v first="$([[ -s $table ]] && echo 0 || echo 1)" '
      NR == 1 { if (first) print $0, "condition", "family"; next }
      { family = $1; if (family ~ /^step-/) family = "tales-1m"; print $0, condition, family }' \
      "$output/$half-$third/group/task-aliceanalyses_desc-features_shape.tsv" >> "$table"
  done
done
"$program" explain "$table" --response score --predictors w0,w1 --cells region,condition --groups family \
  --where in_regression=true --standardize predictors --output "$output/explained" --force
