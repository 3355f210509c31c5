"""Writes policy/testdata/logistic.json: logistic regressions fitted by scikit-learn
and then by Newton's method with 50 digits, which have to agree, and TF-IDF weights.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install scikit-learn mpmath
    /tmp/reference/bin/python scripts/policy_reference.py policy/testdata/logistic.json
"""
import json
import sys

import numpy as np
from mpmath import mp, mpf, exp, matrix, lu_solve
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

mp.dps = 50


def table(rows, columns, seed):
    """The table that the test makes as well."""
    x = [[0] * columns for _ in range(rows)]
    y = []
    for r in range(rows):
        for c in range(columns):
            k = (r * 31 + c * 17 + seed * 7) % 23
            if k % 3 == 0:
                x[r][c] = (k - 11) / 8
        s = sum(v * (1 if c % 2 else -1) for c, v in enumerate(x[r]))
        y.append(1 if s + ((r * 13 + seed) % 7 - 3) / 2 > 0 else 0)
    return x, y


def newton(x, y, c):
    rows, columns = len(x), len(x[0])
    w = matrix([mpf(0)] * (columns + 1))
    c = mpf(c)
    data = [[mpf(v) for v in row] + [mpf(1)] for row in x]
    for _ in range(60):
        g = matrix([w[j] if j < columns else mpf(0) for j in range(columns + 1)])
        h = matrix(columns + 1, columns + 1)
        for j in range(columns):
            h[j, j] = mpf(1)
        for row, label in zip(data, y):
            z = sum(row[j] * w[j] for j in range(columns + 1))
            p = 1 / (1 + exp(-z))
            for j in range(columns + 1):
                if row[j]:
                    g[j] += c * (p - label) * row[j]
                    for k in range(columns + 1):
                        h[j, k] += c * p * (1 - p) * row[j] * row[k]
        step = lu_solve(h, g)
        w = w - step
        if max(abs(v) for v in step) < mpf(10) ** -40:
            return [float(v) for v in w]
    raise SystemExit("no convergence")


cases = []
for rows, columns, seed, c in [(40, 5, 1, 0.03), (40, 5, 1, 1.0), (60, 12, 2, 0.3), (60, 12, 2, 3.0), (25, 30, 3, 100.0)]:
    x, y = table(rows, columns, seed)
    w = newton(x, y, c)
    sk = LogisticRegression(C=c, tol=1e-12, max_iter=100000).fit(np.array(x), np.array(y))
    apart = max(np.abs(sk.coef_[0] - w[:-1]).max(), abs(sk.intercept_[0] - w[-1]))
    if apart > 1e-4:
        raise SystemExit(f"scikit-learn is {apart} away at {rows}×{columns}, C={c}")
    print(rows, columns, c, "scikit-learn agrees within", apart)
    cases.append({"rows": rows, "columns": columns, "seed": seed, "c": c, "weights": w})

# Counts of five terms in four texts; three are learnt from.
counts = [[3, 0, 1, 1, 1], [1, 1, 0, 2, 0], [0, 1, 1, 1, 1], [2, 2, 0, 0, 5]]
t = TfidfTransformer(sublinear_tf=True).fit(np.array(counts[:3]))
weights = t.transform(np.array(counts)).toarray().tolist()
with open(sys.argv[1], "w") as f:
    json.dump({"logistic": cases, "counts": counts, "tfidf": weights}, f, indent=1)
    f.write("\n")
