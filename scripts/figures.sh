#!/bin/sh
# Draws the figures that the documents show, from examples/ and from data that it
# simulates, with seeds: the same bytes on every run.
# usage: scripts/figures.sh ALLWRONG [FOLDER]    writes into docs/img by default
set -eu
allwrong=$(realpath "$1")
cd "$(dirname "$0")/.."
out=$(realpath "${2:-docs/img}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
data=examples/common-shock.csv

for kind in parts slices matrix pool-size correlation rescues; do
	"$allwrong" plot $kind "$data" --overhead 0.02 -o "$out/$kind.svg"
done

# An audit: five of the all-wrong queries turn out to be the questions' fault.
for query in $("$allwrong" audit "$data" --top 0 --json | sed -n 's/^      "query": "\(q[0-9]*\)",$/\1/p' | head -5); do
	"$allwrong" audit mark "$query" "$data" --ledger "$dir/ledger.jsonl" --class ambiguous --who script --why "an example" >"$dir/marked"
done
"$allwrong" plot audit "$data" --ledger "$dir/ledger.jsonl" -o "$out/audit.svg"

# Answers, texts and costs.
for kind in policies frontier; do
	"$allwrong" plot $kind examples/helpdesk.jsonl -o "$out/$kind.svg"
done

# Two sets: other draws from the same law, each model right a little more often.
"$allwrong" simulate --law common-shock --models 12 --queries 500 --accuracy 0.64,0.89 --rho 0.5 --shock 0.04 --topics 3 --seed 5 -o "$dir/after.csv"
"$allwrong" plot compare "$data" "$dir/after.csv" -o "$out/compare.svg"
