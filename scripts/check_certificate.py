#!/usr/bin/env python3
"""Check `allwrong certify --json` against a second implementation.

Reads a wide CSV with csv and numpy, computes every limit that rests on counts
with scipy's binomial law and a root finder, and compares. It shares nothing
with the program but the formulas of docs/method.md.

    pip install scipy
    python3 scripts/check_certificate.py ./allwrong examples/*.csv
"""
import csv
import json
import subprocess
import sys

import numpy as np
from scipy import optimize, stats


def upper(k, n, alpha):
    """The p with P(Bin(n, p) <= k) = alpha."""
    return 1.0 if k == n else float(stats.beta.isf(alpha, k + 1, n - k))


def lower(k, n, alpha):
    """The p with P(Bin(n, p) >= k) = alpha."""
    return 0.0 if k == 0 else float(stats.beta.ppf(alpha, k, n - k + 1))


def screened(rescued, n, delta):
    m, least, first = len(rescued), min(rescued), delta / 50
    floors = np.array([lower(k, n, first / m) for k in rescued])

    def excess(u):
        return float(np.sum(stats.binom.cdf(least, n, np.maximum(u, floors)))) - (delta - first)

    return 1.0 if least == n else optimize.brentq(excess, 1e-15, 1 - 1e-15, xtol=1e-15, rtol=1e-14)


def counts(path):
    with open(path, newline="") as f:
        rows = list(csv.reader(f))
    keep = [i for i, name in enumerate(rows[0]) if name != "query" and not name.startswith("slice:")]
    cells = [[row[i] for i in keep] for row in rows[1:]]
    complete = np.array([[c == "1" for c in row] for row in cells if "" not in row])
    n = len(complete)
    right = complete.sum(axis=0)
    wrong_all = int((~complete).all(axis=1).sum())
    rescued = [int((complete.any(axis=1) & ~complete[:, i]).sum()) for i in range(complete.shape[1])]
    return n, wrong_all, right, rescued


def expected(path, delta=0.05):
    n, none, right, rescued = counts(path)
    m = len(rescued)
    return {
        "queries": n,
        "all_wrong": none,
        "gain.point": min(rescued) / n,
        "gain.lower": lower(min(rescued), n, delta),
        "beta.lower": lower(none, n, delta / 2),
        "beta.upper": upper(none, n, delta / 2),
        "best.lower": max(lower(int(c), n, delta / (2 * m)) for c in right),
        "bounds.direct": min(upper(k, n, delta / m) for k in rescued),
        "bounds.screened": screened(rescued, n, delta),
        "bounds.paper": 1 - lower(none, n, delta / 2) - max(lower(int(c), n, delta / (2 * m)) for c in right),
    }


def main(program, paths):
    bad = 0
    for path in paths:
        got = json.loads(subprocess.run([program, "certify", path, "--json"], check=True, capture_output=True).stdout)
        for name, want in expected(path).items():
            value = got
            for part in name.split("."):
                value = value[part]
            error = abs(value - want) / max(abs(want), 1e-300)
            if error > 1e-9:
                bad += 1
                print(f"{path}: {name}: the program says {value!r}, the check {want!r}")
        print(f"{path}: checked, n = {got['queries']}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
