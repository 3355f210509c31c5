#!/usr/bin/env bash
# Times the readers on files that it draws itself, each beside what one would
# write instead: json in Python, Inspect's own reader of logs, pyarrow. CPU
# seconds (user + system), rates and the largest resident set, in one table.
# MB sizes the files, RUNS counts the runs of which the median is shown, and
# ALONE=1 leaves the others out. Figures: docs/performance.md.
#
# PYTHON names a python3 that has inspect_ai and pyarrow; without it a
# throw-away environment is made for them.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -trimpath -o "$work/allwrong" ./cmd/allwrong
python=${PYTHON:-python3}
if [ -z "${PYTHON:-}${ALONE:-}" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q inspect_ai==0.3.285 pyarrow==26.0.1
  python=$work/venv/bin/python
fi
"$python" scripts/bench_readers.py "$work/allwrong" "$work" "${MB:-300}" "${RUNS:-3}" ${ALONE:+alone}
