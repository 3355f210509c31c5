#!/usr/bin/env bash
# Computes again, with NumPy, SciPy's HiGHS and mpmath, the values that tests of
# budget and groups are held to, and compares them with those on file.
set -euo pipefail
cd "$(dirname "$0")"
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.2.6 scipy==1.15.3 mpmath==1.3.0
"$venv/bin/python" frontier_reference.py --check
"$venv/bin/python" groups_reference.py --check
