#!/usr/bin/env python3
"""Times, in NumPy and SciPy, the work that `allwrong explain` does before it explains: from a matrix of verdicts to
the tetrachoric correlations of all pairs, the single-factor, whole-Gaussian and Clayton predictions of beta, 2,000
resamplings of the ratio, and 200 random pools of each of 11 sizes.

usage: bench_dependence.py MATRIX.csv published|vectorised

published   the procedure of arXiv:2606.27288, as its text and appendix tell it: 80 bisections of a 96-node rule for all
            pairs at once, a scan of 4,801 points before adaptive quadrature, 4 million draws for the whole Gaussian and
            for Clayton. A full run takes more than an hour: of the resamplings and of the pools of each size only the
            first few are run, and their time is multiplied. Those lines say so.
vectorised  the same answers by the quickest arrays we could write: Newton steps on all pairs at once from the
            solution of the data, trapezoid rules, quasi-Monte Carlo, Clayton in closed form. Everything is run.

Times are CPU seconds of this process, user and system; set OMP_NUM_THREADS=1.
"""

import math
import sys
import time

import numpy as np
from scipy import integrate, optimize, special, stats

SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48)  # and the whole pool
REPLICATES, POOLS = 2000, 200


class Published:
    replicates, pools = 6, 3  # that are really run
    nodes, weights = np.polynomial.legendre.leggauss(96)

    def bivariate(self, h, k, r):
        half = np.arcsin(r)[:, None] / 2
        s = np.sin(half * (self.nodes + 1))
        f = np.exp(-(h[:, None] ** 2 - 2 * (h * k)[:, None] * s + k[:, None] ** 2) / (2 * (1 - s * s)))
        return special.ndtr(h) * special.ndtr(k) + (f @ self.weights) * half[:, 0] / (2 * np.pi)

    def tetrachoric(self, p, joint, start=None):
        i, j = np.triu_indices(len(p), 1)
        t = special.ndtri(p)
        low, high = np.full(len(i), -1 + 1e-9), np.full(len(i), 1 - 1e-9)
        for _ in range(80):
            middle = (low + high) / 2
            under = self.bivariate(t[i], t[j], middle) < joint[i, j]
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return (low + high) / 2

    def single_factor(self, p, rho):
        t, root, noise = special.ndtri(p), math.sqrt(rho), math.sqrt(1 - rho)

        def log_at(z):
            return special.log_ndtr((t - root * z) / noise).sum() - z * z / 2 - math.log(2 * math.pi) / 2

        grid = np.linspace(-12, 12, 4801)
        logs = [log_at(z) for z in grid]
        top, at = max(logs), grid[int(np.argmax(logs))]
        value, _ = integrate.quad(lambda z: math.exp(log_at(z) - top), -14, 14, points=[at], epsrel=1e-10, epsabs=0,
                                  limit=500)
        return math.exp(top) * value

    def gaussian(self, p, matrix, draws=4_000_000, chunk=100_000):
        t, factor = special.ndtri(p), np.linalg.cholesky(matrix).T
        r, hits = np.random.default_rng(1), 0
        for _ in range(draws // chunk):
            hits += int((r.standard_normal((chunk, len(p))) @ factor <= t).all(1).sum())
        return hits / draws

    def clayton(self, p, joint, draws=4_000_000, chunk=100_000):
        i, j = np.triu_indices(len(p), 1)
        r = np.random.default_rng(2)
        u, e = r.random(200_000), r.exponential(size=(200_000, len(p)))

        def wrong(theta, u, e):
            v = stats.gamma.ppf(u, 1 / theta)
            return (1 + e / v[:, None]) ** (-1 / theta) <= p

        def off(theta):
            w = wrong(theta, u, e).astype(np.float32)
            return ((w.T @ w)[i, j] / len(w)).mean() - joint[i, j].mean()

        theta, hits = optimize.brentq(off, 0.05, 30, xtol=1e-6), 0
        for _ in range(draws // chunk):
            hits += int(wrong(theta, r.random(chunk), r.exponential(size=(chunk, len(p)))).all(1).sum())
        return hits / draws


class Vectorised(Published):
    replicates, pools = REPLICATES, POOLS
    nodes, weights = np.polynomial.legendre.leggauss(32)
    z = np.linspace(-10, 5, 601)

    def tetrachoric(self, p, joint, start=None):
        i, j = np.triu_indices(len(p), 1)
        t, want = special.ndtri(p), joint[i, j]
        h, k = t[i], t[j]
        r = np.sin(np.pi / 2 * np.clip((want - p[i] * p[j]) / np.sqrt(p[i] * p[j]), -0.9, 0.9)) if start is None else start
        low, high = np.full(len(i), -1 + 1e-9), np.full(len(i), 1 - 1e-9)
        for _ in range(60):
            off = self.bivariate(h, k, r) - want
            low, high = np.where(off < 0, r, low), np.where(off > 0, r, high)
            free = 1 - r * r
            density = np.exp(-(h * h - 2 * h * k * r + k * k) / (2 * free)) / (2 * np.pi * np.sqrt(free))
            after = r - off / np.maximum(density, 1e-300)
            after = np.where((after > low) & (after < high), after, (low + high) / 2)
            moved, r = np.max(np.abs(after - r)), after
            if moved < 1e-10:
                break
        return r

    def single_factor(self, p, rho):
        t = special.ndtri(p)
        x = (t[:, None] - math.sqrt(rho) * self.z) / math.sqrt(1 - rho)
        f = special.log_ndtr(x).sum(0) - self.z**2 / 2 - math.log(2 * math.pi) / 2
        return math.exp(special.logsumexp(f)) * (self.z[1] - self.z[0])

    def gaussian(self, p, matrix):
        m, t = len(p), np.sort(special.ndtri(p))
        order = np.argsort(p)
        low, values = np.linalg.cholesky(matrix[np.ix_(order, order)]), []
        for seed in range(8):
            u = stats.qmc.Sobol(m - 1, seed=seed).random(2**13)
            y, chance = np.empty((2**13, m - 1)), np.ones(2**13)
            for i in range(m):
                c = special.ndtr((t[i] - y[:, :i] @ low[i, :i]) / low[i, i])
                chance *= c
                if i < m - 1:
                    y[:, i] = special.ndtri(np.maximum(u[:, i] * c, 1e-300))
            values.append(chance.mean())
        return float(np.mean(values))

    def clayton(self, p, joint):
        i, j = np.triu_indices(len(p), 1)
        mean = joint[i, j].mean()
        theta = optimize.brentq(lambda x: np.mean((p[i] ** -x + p[j] ** -x - 1) ** (-1 / x)) - mean, 1e-4, 50)
        return float((np.sum(p**-theta) - len(p) + 1) ** (-1 / theta))


def clip(matrix):
    values, vectors = np.linalg.eigh(matrix)
    out = (vectors * np.maximum(values, 1e-4)) @ vectors.T
    d = np.sqrt(np.diag(out))
    return out / np.outer(d, d)


def main():
    path, way = sys.argv[1:]
    do = {"published": Published, "vectorised": Vectorised}[way]()
    with open(path, encoding="utf-8") as f:
        models = len(f.readline().split(",")) - 1
    w = 1 - np.loadtxt(path, delimiter=",", skiprows=1, usecols=range(1, models + 1)).T
    n, p, joint = w.shape[1], w.mean(1), w @ w.T / w.shape[1]
    spent = []

    def timed(name, f, times=1.0):
        start = time.process_time()
        out = f()
        spent.append(times * (time.process_time() - start))
        print(f"{way:10} {name:30} {spent[-1]:9.2f} CPU s" + (f"  ({spent[-1] / times:.2f} s run, times {times:g})" if times > 1 else ""), flush=True)
        return out

    i, j = np.triu_indices(models, 1)
    tet = timed("tetrachoric, all pairs", lambda: do.tetrachoric(p, joint))
    square = np.eye(models)
    square[i, j] = square[j, i] = tet
    beta = w.all(0).mean()
    factor = timed("single factor", lambda: do.single_factor(p, tet.mean()))
    gauss = timed("whole Gaussian", lambda: do.gaussian(p, clip(square)))
    clay = timed("Clayton", lambda: do.clayton(p, joint))
    r = np.random.default_rng(3)

    def replicate():
        weight = r.multinomial(n, np.full(n, 1 / n)) / n
        rates = w @ weight
        if rates.min() <= 0 or rates.max() >= 1:
            return np.nan
        rho = do.tetrachoric(rates, (w * weight) @ w.T, tet).mean()
        return (w.all(0) @ weight) / do.single_factor(rates, rho)

    ratios = timed("2,000 resamplings", lambda: [replicate() for _ in range(do.replicates)], REPLICATES / do.replicates)

    def pools(k, number):
        for _ in range(number):
            s = r.choice(models, k, replace=False)
            do.single_factor(p[s], square[np.ix_(s, s)][np.triu_indices(k, 1)].mean())

    timed("11 sizes x 200 pools", lambda: [pools(k, do.pools) for k in SIZES], POOLS / do.pools)
    timed("the whole pool", lambda: pools(models, 1))
    low, high = np.nanquantile(ratios, [0.05, 0.95])
    print(f"{way:10} {'all of it':30} {sum(spent):9.2f} CPU s: beta {beta:.5f}, single factor {factor:.6f}, Gaussian {gauss:.6f}, "
          f"Clayton {clay:.6f}; ratio {beta / factor:.2f}, 5-95 % {low:.2f}-{high:.2f}" + ("" if do.replicates == REPLICATES else f" of {do.replicates}"))


if __name__ == "__main__":
    main()
