#!/usr/bin/env bash
# Times what `allwrong explain` computes from pairs on 67 models and 330 queries, beside the same work in NumPy and
# SciPy and a plain C loop, all in one run and in seconds of CPU (user + system). Figures: docs/performance.md.
# Needs Go, gcc, and python3 with numpy and scipy (PYTHON names another one). Takes about five minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
python=${PYTHON:-python3}
go build -trimpath -o "$work/allwrong" ./cmd/allwrong
go test -c -o "$work/dependence.test" ./dependence
"$work/allwrong" simulate --law common-shock --models 67 --queries 330 --accuracy .45,.94 --rho .55 --shock .03 --seed 66 -o "$work/a.csv"
spent() { # name, command…: CPU seconds of a whole process
  local name=$1; shift
  TIMEFORMAT='%U %S'
  { time "$@" >/dev/null 2>&1; } 2>&1 | awk -v name="$name" '{ printf "%-52s %9.2f CPU s\n", name, $1 + $2 }'
}
suite() { spent "ours, the same work" "$work/dependence.test" -test.run '^$' -test.bench '^BenchmarkPredict$' -test.benchtime 1x; }
suite
"$python" scripts/bench_dependence.py "$work/a.csv" vectorised
suite
"$python" scripts/bench_dependence.py "$work/a.csv" published
suite
spent "allwrong explain, everything" "$work/allwrong" explain "$work/a.csv" --json
echo
"$work/dependence.test" -test.run '^$' -test.bench 'Tetrachorics|Gaussian' -test.count 3 -test.cpu 1 | grep ^Bench
go test -run '^$' -bench 'SingleFactor(67|4500)|Orthant67|^BenchmarkTetrachoric' -count 3 -cpu 1 ./prob | grep ^Bench
echo
cc=(gcc -O3)
[ "$(uname -m)" = x86_64 ] && cc+=(-mpopcnt)
"${cc[@]}" -o "$work/pairs" scripts/pairs_loop.c
for models in 500 4500; do
  printf 'C loop, all pairs of %d models × 20,480 queries: ' "$models"; "$work/pairs" "$models" 20480 5
  go test -run '^$' -bench "^BenchmarkPairs\$/^$models\$" -count 3 -cpu 1 ./outcome | grep ^Bench
done
