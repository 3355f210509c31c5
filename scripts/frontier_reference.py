#!/usr/bin/env python3
"""Frontiers and closed forms by other programs, for the tests of package budget.

The linear program of docs/method.md is written out in full and given to HiGHS,
which knows nothing of hulls or of sorting; the closed forms are evaluated with 50
digits by mpmath. With --check the file is compared instead of written.

    pip install scipy mpmath
    python3 scripts/frontier_reference.py [--check]
"""
import json
import pathlib
import sys

import mpmath
import numpy as np
from scipy.optimize import linprog

FILE = pathlib.Path(__file__).parent.parent / "budget" / "testdata" / "frontier.json"


def instance(rng, k):
    m, n = int(rng.integers(1, 7)), int(rng.integers(1, 12))
    if k % 3 == 0:
        value = rng.integers(0, 2, (m, n)).astype(float)
    else:
        value = np.round(rng.random((m, n)), 2)
    cost = np.round(rng.exponential(1, (m, n)) ** 2, 2)
    if k % 4 == 1:
        cost[:] = cost[:, :1]  # one price a model
    if k % 5 == 2:
        cost[rng.random((m, n)) < 0.3] = 0  # free, and equal
    weight = rng.integers(1, 4, n).astype(float) if k % 7 == 3 else np.ones(n)
    return value, cost, weight


def highs(value, cost, weight, budget):
    m, n = value.shape
    w = np.tile(weight, (m, 1)) / weight.sum()
    rows = np.zeros((n, m * n))
    for q in range(n):
        rows[q, q::n] = 1
    r = linprog(-(value * w).ravel(), A_ub=[(cost * w).ravel()], b_ub=[budget],
                A_eq=rows, b_eq=np.ones(n), bounds=(0, None), method="highs",
                options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10})
    return None if r.status == 2 else -r.fun


def programs():
    rng = np.random.default_rng(20260801)
    out = []
    for k in range(60):
        value, cost, weight = instance(rng, k)
        share = weight / weight.sum()
        low, high = float(cost.min(axis=0) @ share), float(cost.max(axis=0) @ share)
        budgets = [low * 0.9 - 0.01] + [float(low + 0.01 + (high - low) * u) for u in rng.random(6)] + [high + 1]
        out.append({"value": value.tolist(), "cost": cost.tolist(), "weight": weight.tolist(),
                    "budget": budgets, "accuracy": [highs(value, cost, weight, b) for b in budgets]})
    return out


def closed():
    mpmath.mp.dps = 50
    mp = mpmath.mpf
    cdf = lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2
    pdf = lambda x: mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)
    gains = []
    for mu, eta in [("0.03", "0.05"), ("-0.1", "0.05"), ("-0.1", "0.049"), ("-1", "0.05"), ("-1", "0.03"), ("0", "0.2"), ("0.4", "0.01"), ("-0.2", "0.1"), ("-0.201", "0.1")]:
        m, e = mp(mu), mp(eta)
        gains.append([float(mu), float(eta), float(m * cdf(m / e) + e * pdf(m / e))])
    votes = []
    for alpha, rho, cost in [("0.3", "0.4", "0.01"), ("0.1", "0.05", "0.001"), ("0.45", "0.9", "0.0001"), ("0.6", "0.3", "0.01"), ("0.02", "0.5", "0.00001")]:
        a, r, c = mp(alpha), mp(rho), mp(cost)
        mu = mpmath.findroot(lambda x: cdf(-x) - a, 0.1)
        lam = mu / 2 * pdf(mu)
        at = r + (1 - r) / 3
        three = mu / (2 * at ** mp(1.5)) * pdf(mu / mpmath.sqrt(at))
        k = (mpmath.sqrt(1 + 4 * lam * (1 - r) / c) - 1) / 2 if lam > 0 else mp(0)
        exact = max(range(1, 400), key=lambda j: cdf(mu / mpmath.sqrt(r + (1 - r) / j)) - c * j)
        votes.append([float(alpha), float(rho), float(cost), float(lam), float(three), float(k), exact])
    return {"gain": gains, "vote": votes}


def main():
    new = {"programs": programs(), "closed": closed()}
    if "--check" in sys.argv:
        old = json.loads(FILE.read_text())
        assert old["closed"] == new["closed"], "closed forms differ"
        for a, b in zip(old["programs"], new["programs"], strict=True):
            assert a["value"] == b["value"] and a["cost"] == b["cost"], "instances differ"
            for x, y in zip(a["accuracy"], b["accuracy"], strict=True):
                assert (x is None) == (y is None) and (x is None or abs(x - y) < 1e-9), (x, y)
        print(len(new["programs"]), "programs and the closed forms agree")
        return
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(new, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
