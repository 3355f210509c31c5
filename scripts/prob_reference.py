#!/usr/bin/env python3
"""Writes prob/testdata/reference.csv: values of the package prob at 50 digits, printed to 25.

Run from the root of the module: python3 scripts/prob_reference.py (needs mpmath; takes a minute or two).

The incomplete beta function is evaluated by another continued fraction (Gauss's, term by term) than the one the
package uses, at 50 digits, and every equation is solved by bisection followed by secant steps. Each number in the
columns k, n, a, b, alpha, x means exactly the float64 that it parses to.
"""

import random

from mpmath import asin, exp, fabs, log, log1p, loggamma, mp, mpf, nstr, pi, sqrt

mp.dps = 50


def log_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def log_lower(a, b, x, y):
    """ln I_x(a, b), given y = 1 - x as well."""
    a, b, x, y = mpf(a), mpf(b), mpf(x), mpf(y)
    if x > (a + 1) / (a + b + 2):
        return log1p(-exp(log_lower(b, a, y, x)))
    c, d = mpf(1), 1 / (1 - (a + b) * x / (a + 1))
    value = d
    m = 0
    while True:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + even * d)
        c = 1 + even / c
        value *= c * d
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + odd * d)
        c = 1 + odd / c
        value *= c * d
        if fabs(c * d - 1) < mpf(10) ** (-mp.dps + 5):
            break
    return a * log(x) + b * log(y) - log(a) - log_beta(a, b) + log(value)


def solve(f, low, high):
    """The logit at which the increasing f is zero."""
    low, high = mpf(low), mpf(high)
    with mp.workdps(20):
        for _ in range(44):
            mid = (low + high) / 2
            if f(mid) > 0:
                high = mid
            else:
                low = mid
    u, v = low, high
    fu, fv = f(u), f(v)
    for _ in range(4):
        if fu == fv:
            break
        w = v - fv * (v - u) / (fv - fu)
        u, fu, v = v, fv, w
        fv = f(v)
    return v


def pair(logit):
    """The rate with that logit, and its complement."""
    return 1 / (1 + exp(-logit)), 1 / (1 + exp(logit))


def clopper_pearson(k, n, alpha):
    """Lower limit and its complement: P(Bin(n, p) >= k) = alpha."""
    target = log(mpf(alpha))
    return pair(solve(lambda t: log_lower(k, n - k + 1, *pair(t)) - target, -800, 60))


def mixture_above(k, n, g, h):
    """The one-sided e-value of the package's LogMixtureAbove, from its definition."""
    a, b = k + mpf(1) / 2, n - k + mpf(1) / 2
    top = log_beta(a, b) + log_lower(a, b, g, h)
    return top - log(2 * asin(sqrt(g))) - k * log(g) - (n - k) * log(h)


def mixture_upper(k, n, alpha):
    target = -log(mpf(alpha))
    start = log(mpf(k) / (n - k)) if k else mpf(-60)
    return pair(solve(lambda t: mixture_above(k, n, *pair(t)) - target, start, 60))


def mixture_two_sided_upper(k, n, alpha):
    target = -log(mpf(alpha))
    a, b = k + mpf(1) / 2, n - k + mpf(1) / 2
    start = log(mpf(k) / (n - k)) if k else mpf(-60)

    def f(t):
        g, h = pair(t)
        return log_beta(a, b) - log(pi) - k * log(g) - (n - k) * log(h) - target

    return pair(solve(f, start, 60))


def main():
    draw = random.Random(20240607)
    rows = []

    def add(kind, first, second, third, values):
        rows.append([kind, repr(first), repr(second), repr(third)] + [nstr(v, 25) for v in values])

    alphas = [0.9, 0.3, 0.05, 0.05 / 67, 1e-8, 1e-30, 1e-300]
    for n in [2, 3, 7, 40, 333, 4567, 123456, 10**7, 10**9]:
        for alpha in draw.sample(alphas, 5):
            k = draw.choice([1, 2, 3, n // 2, n - 2, n - 1, n, draw.randint(1, n)])
            if n == 10**9 and 1000 < k < n - 1000:  # minutes each; one such row is below
                k = draw.randint(2, 500)
            k = min(max(k, 1), n)
            if alpha == 1e-300 and n == 2:
                k = 2
            add("cp", k, n, alpha, clopper_pearson(k, n, alpha))
    add("cp", 400_000_000, 10**9, 1e-9, clopper_pearson(400_000_000, 10**9, 1e-9))

    for a, b, x in [
        (0.5, 0.5, 0.25), (0.5, 0.5, 1e-9), (0.5, 330.5, 0.001), (0.5, 1e6 + 0.5, 1e-6), (330.5, 0.5, 0.999),
        (1.0, 1.0, 0.3), (2.75, 3.125, 0.6), (17.5, 1e5, 3e-4), (40.0, 60.0, 0.1), (40.0, 60.0, 0.9),
        (999.5, 1000.5, 0.5), (1000.5, 999.5, 0.47), (1500.0, 1500.0, 0.52), (1001.0, 1e6, 0.0011),
        (1001.0, 1e6, 0.0009), (3e4, 5e6, 0.006), (5e6, 3e4, 0.994), (1e8, 1e8, 0.50005), (1200.5, 4.5, 0.99),
        (2500.0, 2500.0, 0.05), (1e5, 2e5, 0.9), (0.75, 12.25, 0.03), (123.25, 0.6, 0.98), (9.5, 1e7, 1e-8),
    ]:
        y = 1 - mpf(x)
        add("betainc", a, b, x, [log_lower(a, b, x, y), log_lower(b, a, y, x)])

    for k, n, alpha in [
        (0, 1, 0.05), (0, 30, 0.05), (0, 10**6, 1e-6), (1, 2, 0.2), (3, 20, 0.025), (9, 330, 0.05), (300, 330, 0.05),
        (329, 330, 0.05), (500, 1000, 1e-12), (2000, 12032, 0.05 / 67), (3, 10**6, 1e-300), (40000, 10**5, 0.05),
    ]:
        add("mixture", k, n, alpha, mixture_upper(k, n, alpha))
        add("mixture2", k, n, alpha, mixture_two_sided_upper(k, n, alpha))

    with open("prob/testdata/reference.csv", "w", encoding="utf-8") as out:
        out.write("# kind,first,second,third,value,other; written by scripts/prob_reference.py\n")
        out.write("# cp: k,n,alpha,lower limit,1-lower; betainc: a,b,x,ln I,ln(1-I); mixture*: k,n,alpha,upper,1-upper\n")
        for row in rows:
            out.write(",".join(row) + "\n")


if __name__ == "__main__":
    main()
