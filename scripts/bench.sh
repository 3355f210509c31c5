#!/usr/bin/env bash
# Times whole processes on data that it draws itself, beside the same work in
# Python where python3 has numpy and scipy. Figures: docs/performance.md.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -trimpath -o "$work/allwrong" ./cmd/allwrong
aw=$work/allwrong
draw() { "$aw" simulate --law common-shock --shock .03 --accuracy .5,.93 --rho .5 "$@"; }
runs() { # name, command…: five runs after one that warms the cache
  local name=$1; shift
  "$@" > /dev/null
  for _ in 1 2 3 4 5; do /usr/bin/env bash -c 'TIMEFORMAT="%R s wall  %U s user"; time "$@" > /dev/null' _ "$@" 2>&1; done | sort | sed -n "3s/^/$name: median /p"
}
draw --models 67 --queries 330 -o "$work/a.csv"
draw --models 500 --queries 20000 -o "$work/c.csv"
draw --models 20 --queries "${QUERIES:-280000}" --topics 3 -o "$work/e.jsonl"
ls -l "$work"/*.csv "$work"/*.jsonl | awk '{print $5, $NF}'
runs "certify 67 x 330 CSV" "$aw" certify "$work/a.csv"
runs "certify 500 x 20,000 CSV" "$aw" certify "$work/c.csv"
runs "certify outcomes JSONL" "$aw" certify "$work/e.jsonl"
if python3 -c 'import numpy, scipy' 2> /dev/null; then
  runs "Python, csv + numpy + scipy, 500 x 20,000" python3 -c "
import sys; sys.path.insert(0, 'scripts'); import check_certificate as c; c.expected('$work/c.csv')"
fi
runs "Python, json.loads loop, outcomes JSONL" python3 -c "
import json
d = {}
for line in open('$work/e.jsonl', 'rb'):
    r = json.loads(line); d.setdefault(r['query'], {})[r['model']] = r['verdict'] == 'right'"
go test -run '^$' -bench '20x10M|PopcountL1' -benchtime 200x -count 3 ./outcome | grep Benchmark
