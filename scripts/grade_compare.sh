#!/bin/sh
# Judges the pairs of our corpus of mathematics with Math-Verify and with the
# string normalisation of the MATH benchmark, beside ours.
# usage: scripts/grade_compare.sh [DIFFERENCES]    needs Go, python3 with venv, and PyPI
set -eu
here=$(dirname "$(realpath "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q "math-verify==0.9.0" "latex2sympy2_extended==1.11.0" "antlr4-python3-runtime==4.13.2"
"$dir/venv/bin/pip" install -q --no-deps "lm-eval==0.4.13"
(cd "$here/.." && go test ./grade/math -run '^TestWriteCorpus$' -count 1 -args -corpus "$dir/pairs.jsonl" >"$dir/go.txt" 2>&1) || { cat "$dir/go.txt"; exit 1; }
"$dir/venv/bin/python" "$here/grade_compare.py" "$dir/pairs.jsonl" ${1:+--differences "$1"}
