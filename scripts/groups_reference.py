#!/usr/bin/env python3
"""A simulated pool and what NumPy says of the votes of its groups.

For the tests of package groups: every triplet (and every group of four) by plain
loops and numpy.linalg.lstsq, nothing shared with the program but definitions. With
--check the file is compared instead of written.

    pip install numpy
    python3 scripts/groups_reference.py [--check]
"""
import collections
import itertools
import json
import pathlib
import sys

import numpy as np

FILE = pathlib.Path(__file__).parent.parent / "groups" / "testdata" / "groups.json"


def pool(rng, models, queries):
    """Answers 0 (none), 1 (right) and 2, 3, 4 (wrong in three ways)."""
    skill = np.linspace(-0.3, 1.0, models)
    family = np.arange(models) % 3
    z, f = rng.normal(size=queries), rng.normal(size=(3, queries))
    right = skill[:, None] + 0.6 * z + 0.5 * f[family] + 0.6 * rng.normal(size=(models, queries)) > 0
    popular = rng.integers(2, 5, queries)
    wrong = np.where(rng.random((models, queries)) < 0.6, popular, rng.integers(2, 5, (models, queries)))
    wrong[rng.random((models, queries)) < 0.05] = 0
    return np.where(right, 1, wrong)


def plurality(votes):
    count = collections.Counter(v for v in votes if v)
    if not count:
        return 0.0
    top = max(count.values())
    return (count[1] == top) / sum(c == top for c in count.values())


def fit(rows):
    rho, gain, head = np.array(rows).T
    x = np.column_stack([np.ones(len(rho)), rho, head])
    b, *_ = np.linalg.lstsq(x, gain, rcond=None)
    left = gain - x @ b
    cov = left @ left / (len(rho) - 3) * np.linalg.inv(x.T @ x)
    return b[1], b[2], float(np.sqrt(cov[1, 1]))


def jackknife(values):
    values = np.array(values)
    n = len(values)
    return float(np.sqrt((n - 1) / n * np.sum((values - values.mean()) ** 2)))


def study(answers, k, rule):
    right = (answers == 1).astype(float)
    models, queries = right.shape
    acc, corr = right.mean(axis=1), np.corrcoef(right)
    groups, rows = list(itertools.combinations(range(models), k)), []
    for g in groups:
        if rule == "majority":
            s = right[list(g)].sum(axis=0)
            vote = float(np.mean(np.where(2 * s > k, 1.0, np.where(2 * s == k, 0.5, 0.0))))
        else:
            vote = float(np.mean([plurality(answers[list(g), q]) for q in range(queries)]))
        best = max(acc[i] for i in g)
        rho = float(np.mean([corr[i, j] for i, j in itertools.combinations(g, 2)]))
        rows.append((rho, vote - best, 1 - best))
    gain = np.array([r[1] for r in rows])
    without = lambda i: [r for g, r in zip(groups, rows) if i not in g]
    means = [float(np.mean([r[1] for r in without(i)])) for i in range(models)]
    slope, head, naive = fit(rows)
    return {"k": k, "rule": rule, "gain": float(gain.mean()), "se": jackknife(means), "low": min(means), "high": max(means),
            "loses": float((gain < -1e-12).mean()), "ties": float((abs(gain) <= 1e-12).mean()),
            "slope": float(slope), "headroom": float(head), "naive": naive, "slope_se": jackknife([fit(without(i))[0] for i in range(models)]),
            "rho": [min(r[0] for r in rows), max(r[0] for r in rows)]}


def main():
    rng = np.random.default_rng(455)
    answers = pool(rng, 9, 160)
    new = {"answers": ["".join(map(str, row)) for row in answers],
           "studies": [study(answers, k, rule) for k in (3, 4) for rule in ("majority", "plurality")]}
    if "--check" in sys.argv:
        old = json.loads(FILE.read_text())
        assert old["answers"] == new["answers"], "the pools differ"
        for a, b in zip(old["studies"], new["studies"], strict=True):
            for key, x in a.items():
                assert x == b[key] or np.allclose(x, b[key], rtol=1e-9, atol=1e-12), (key, x, b[key])
        print(len(new["studies"]), "studies agree")
        return
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(new, indent=1) + "\n")


if __name__ == "__main__":
    main()
