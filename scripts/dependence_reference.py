#!/usr/bin/env python3
"""Writes dependence/testdata/witness.json: what the package dependence should say of simulated pools.

Run from the root of the module: python3 scripts/dependence_reference.py (needs Go, numpy and scipy; some minutes; ALLWRONG names a
program that is built already).

Every estimator is computed a second time, by other means than the package's: tetrachorics by scipy's bivariate
normal and Brent's method, the single factor by a dense trapezoid rule checked against scipy's adaptive quadrature, the
whole Gaussian by separation of variables over scrambled Sobol points, Clayton's copula from its formula, limits of
beta by linear programming over laws, the common mode by a simplex search, the fixed margins by trades of sets of
queries, resampling with numpy's generator. The matrices are drawn by `allwrong simulate` at the shapes, accuracies
and correlations of arXiv:2606.27288; the same options and seed give the same matrix anywhere, so none is kept.
"""

import itertools
import json
import math
import os
import subprocess
import sys
import tempfile

import numpy as np
import scipy
from scipy import integrate, optimize, special, stats

# Seeds were looked for that give the paper's numbers of all-wrong queries (AIME and code: as graded at first).
CASES = [
    # name, law, models, queries, lowest, highest, rho, shock, seed
    ("headline", "common-shock", 67, 330, 0.45, 0.94, 0.55, 0.03, 66),
    ("MATH-500", "single-factor", 67, 330, 0.672, 0.988, 0.69, 0, 1),
    ("MATH-500, two models never wrong", "single-factor", 67, 330, 0.672, 0.995, 0.69, 0, 4),
    ("MATH-Hard", "single-factor", 67, 298, 0.747, 0.985, 0.56, 0, 79),
    ("AIME", "single-factor", 52, 42, 0.04, 0.88, 0.69, 0, 6),
    ("GPQA", "single-factor", 52, 130, 0.1, 0.846, 0.45, 0, 5),
    ("MMLU-Pro", "single-factor", 67, 124, 0.42, 0.96, 0.55, 0, 12),
    ("code", "single-factor", 18, 63, 0.04, 0.905, 0.46, 0, 7),
    ("mix", "common-shock", 15, 480, 0.8, 0.963, 0.71, 0.008, 5),
    ("MMLU-Pro of 15", "single-factor", 15, 200, 0.47, 0.91, 0.54, 0, 6),
    ("eight models", "common-shock", 8, 250, 0.5, 0.9, 0.5, 0.04, 2),
]
FAMILIES = 5  # model i is of family i mod 5
FLOOR = 1e-4  # least eigenvalue left in a repaired matrix
RESAMPLED = {"headline", "MMLU-Pro of 15", "eight models"}


def matrix(case, path):
    _, law, models, queries, low, high, rho, shock, seed = case
    subprocess.run(
        [*os.environ.get("ALLWRONG", "go run ./cmd/allwrong").split(), "simulate", "--law", law, "--models", str(models), "--queries", str(queries),
         "--accuracy", f"{low},{high}", "--rho", str(rho), "--shock", str(shock), "--seed", str(seed), "-o", path],
        check=True)
    right = np.loadtxt(path, delimiter=",", skiprows=1, usecols=range(1, models + 1))
    return 1 - right.T  # models x queries; 1 is wrong


def bvn(h, k, r):
    return stats.multivariate_normal.cdf([h, k], cov=[[1, r], [r, 1]], allow_singular=True)


def tetrachoric(n, a, b, both):
    if a == both or b == both:
        return 1.0
    if both == 0 or n - a - b + both == 0:
        return -1.0
    h, k = special.ndtri([a / n, b / n])
    return optimize.brentq(lambda r: bvn(h, k, r) - both / n, -1 + 1e-12, 1 - 1e-12, xtol=1e-15, rtol=1e-14)


def single_factor(t, rho, check=False):
    """ln of the chance that all are wrong."""
    t = np.asarray(t)

    def log_at(z):
        z = np.atleast_1d(z)
        x = (t[:, None] - math.sqrt(rho) * z) / math.sqrt(1 - rho)
        return special.log_ndtr(x).sum(0) - z * z / 2 - math.log(2 * math.pi) / 2

    z = np.linspace(-16, 6, 8001)
    f = log_at(z)
    log = special.logsumexp(f) + math.log(z[1] - z[0])
    if check:
        top, at = f.max(), z[f.argmax()]
        value, _ = integrate.quad(lambda z: math.exp(log_at(z)[0] - top), at - 8, at + 8, points=[at], epsabs=0,
                                  epsrel=1e-12, limit=500)
        assert abs(math.log(value) + top - log) < 1e-11, (math.log(value) + top, log)
    return float(log)


def clayton(p, theta):
    return -np.log(np.sum(np.exp(-theta * np.log(p)) - 1) + 1) / theta


def clayton_theta(p, joint):
    i, j = np.triu_indices(len(p), 1)

    def off(theta):
        return np.mean((p[i] ** -theta + p[j] ** -theta - 1) ** (-1 / theta)) - joint

    return optimize.brentq(off, 1e-6, 100, xtol=1e-14, rtol=1e-14)


def clipped(c):
    values, vectors = np.linalg.eigh(c)
    out = (vectors * np.maximum(values, FLOOR)) @ vectors.T
    d = np.sqrt(np.diag(out))
    return out / np.outer(d, d), int((values < FLOOR).sum())


def nearest(c):
    """Higham's alternating projections."""
    x, correction = c.copy(), np.zeros_like(c)
    for _ in range(5000):
        r = x - correction
        values, vectors = np.linalg.eigh(r)
        y = (vectors * np.maximum(values, FLOOR)) @ vectors.T
        correction = y - r
        before, x = x, y.copy()
        np.fill_diagonal(x, 1)
        if np.linalg.norm(x - before) < 1e-12 * np.linalg.norm(x):
            break
    return clipped(x)[0]


def orthant(t, c, powers=14, scrambles=24, seed=5):
    """P(all X_i <= t_i) with its standard error: one conditional normal after another, hardest first."""
    m = len(t)
    order = np.argsort(t)
    t, low = t[order], np.linalg.cholesky(c[np.ix_(order, order)])
    estimates = []
    for s in range(scrambles):
        u = stats.qmc.Sobol(m - 1, seed=seed + s).random(2**powers)
        y = np.empty((2**powers, m - 1))
        log = np.zeros(2**powers)
        for i in range(m):
            x = (t[i] - y[:, :i] @ low[i, :i]) / low[i, i]
            chance = special.ndtr(x)
            log += special.log_ndtr(x)
            if i < m - 1:
                y[:, i] = special.ndtri(np.clip(u[:, i] * chance, 1e-300, 1 - 1e-16))
        estimates.append(math.exp(special.logsumexp(log) - math.log(len(log))))
    return float(np.mean(estimates)), float(np.std(estimates, ddof=1) / math.sqrt(scrambles))


def moment_limits(p, joint):
    """Ends of beta over all laws of the number wrong with this mean rate and mean co-failure."""
    m = len(p)
    k = np.arange(m + 1)
    pairs = m * (m - 1) / 2
    a = np.array([np.ones(m + 1), k / m, k * (k - 1) / 2 / pairs])
    cost = np.zeros(m + 1)
    cost[m] = 1
    b = [1, p.mean(), joint]
    ends = [optimize.linprog(s * cost, A_eq=a, b_eq=b, method="highs-ds",
                             options={"primal_feasibility_tolerance": 1e-10}) for s in (1, -1)]
    return [ends[0].fun, -ends[1].fun]


def table_limits(w):
    """Ends of beta over all laws with the observed rates of models and of pairs."""
    m = len(w)
    sets = np.array(list(itertools.product([0, 1], repeat=m)))
    rows, b = [np.ones(len(sets))], [1.0]
    for i in range(m):
        rows.append(sets[:, i])
        b.append(w[i].mean())
        for j in range(i):
            rows.append(sets[:, i] * sets[:, j])
            b.append((w[i] * w[j]).mean())
    cost = sets.prod(1).astype(float)
    ends = [optimize.linprog(s * cost, A_eq=np.array(rows), b_eq=b, method="highs-ds",
                             options={"primal_feasibility_tolerance": 1e-10}) for s in (1, -1)]
    return [ends[0].fun, -ends[1].fun]


def common_mode(w):
    """Maximum likelihood of the single factor with an atom, over the whole patterns."""
    m, n = w.shape
    p, all_wrong = w.mean(1), w.all(0)
    z = np.linspace(-9, 9, 1201)
    weight = np.log(z[1] - z[0]) + stats.norm.logpdf(z)

    def log_likelihood(omega, rho):
        t = special.ndtri((p - omega) / (1 - omega))
        x = (t[:, None] - math.sqrt(rho) * z) / math.sqrt(1 - rho)
        log = special.logsumexp(w.T @ special.log_ndtr(x) + (1 - w).T @ special.log_ndtr(-x) + weight, axis=1)
        log += math.log1p(-omega)
        if omega > 0:
            log[all_wrong] = np.logaddexp(log[all_wrong], math.log(omega))
        return log.sum()

    without = optimize.minimize_scalar(lambda r: -log_likelihood(0, r), bounds=(0.001, 0.995), method="bounded",
                                       options={"xatol": 1e-9})
    least = p.min()
    best = (0.0, without.x, -without.fun)
    for start in (0.3, 0.8):
        fit = optimize.minimize(lambda v: -log_likelihood(least * special.expit(v[0]), special.expit(v[1])),
                                [special.logit(min(0.95, start * all_wrong.mean() / least)), special.logit(without.x)],
                                method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 2000})
        if -fit.fun > best[2]:
            best = (least * special.expit(fit.x[0]), special.expit(fit.x[1]), -fit.fun)
    return {"omega": best[0], "rho": best[1], "rho_without": without.x, "statistic": 2 * (best[2] + without.fun)}


def trades(w, draws, thin, seed):
    """Rescues of the best model over matrices with the same sums, by trades between sets of queries."""
    r = np.random.default_rng(seed)
    rows = [set(np.flatnonzero(row == 0)) for row in w]
    best = max(range(len(rows)), key=lambda i: (len(rows[i]), -i))
    out = []
    for step in range(20 * thin + draws * thin):
        order = r.permutation(len(rows))
        for a, b in zip(order[::2], order[1::2]):
            both = rows[a] & rows[b]
            apart = list(rows[a] ^ rows[b])
            k = len(rows[a]) - len(both)
            r.shuffle(apart)
            rows[a], rows[b] = both | set(apart[:k]), both | set(apart[k:])
        if step >= 20 * thin and step % thin == 0:
            out.append([len(row - rows[best]) for row in rows])
    return best, np.array(out)


NODES, WEIGHTS = np.polynomial.legendre.leggauss(48)


def all_tetrachorics(t, i, j, joint, margin, start):
    """Newton steps on all pairs at once, kept between bisections; for resampling."""
    h, k, want = t[i], t[j], joint[i, j]
    flat = (want == margin[i]) | (want == margin[j])
    flipped = ~flat & ((want <= 0) | (1 - margin[i] - margin[j] + want <= 1e-12))
    low, high, r = np.full(len(i), -1 + 1e-9), np.full(len(i), 1 - 1e-9), np.clip(start, -0.999, 0.999)
    for _ in range(40):
        angle = np.arcsin(r)[:, None] * (NODES + 1) / 2
        s = np.sin(angle)
        integrand = np.exp(-(h[:, None] ** 2 - 2 * (h * k)[:, None] * s + k[:, None] ** 2) / (2 * (1 - s * s)))
        off = margin[i] * margin[j] + integrand @ WEIGHTS * np.arcsin(r) / (4 * np.pi) - want
        low, high = np.where(off < 0, r, low), np.where(off > 0, r, high)
        density = np.exp(-(h * h - 2 * h * k * r + k * k) / (2 * (1 - r * r))) / (2 * np.pi * np.sqrt(1 - r * r))
        after = r - off / np.maximum(density, 1e-300)
        after = np.where((after > low) & (after < high), after, (low + high) / 2)
        after[flat | flipped] = 0
        if np.max(np.abs(after - r)) < 1e-9:
            break
        r = after
    after[flat], after[flipped] = 1, -1
    return after


def resampled(w, full, replicates=2000, seed=11):
    """Ratios of the measured beta to each prediction over resampled queries."""
    m, n = w.shape
    r = np.random.default_rng(seed)
    i, j = np.triu_indices(m, 1)
    everyone = w.all(0)
    out = {k: [] for k in ("independent", "single_factor", "single_factor_pearson", "clayton")}
    for _ in range(replicates):
        weight = r.multinomial(n, np.full(n, 1 / n)) / n
        p = w @ weight
        if p.min() <= 0 or p.max() >= 1:
            continue
        joint = (w * weight) @ w.T
        beta = everyone @ weight
        t = special.ndtri(p)
        rho = np.clip(all_tetrachorics(t, i, j, joint, p, full).mean(), 0, 1 - 1e-9)
        phi = ((joint - np.outer(p, p)) / np.sqrt(np.outer(p * (1 - p), p * (1 - p))))[i, j].mean()
        logs = {"independent": np.log(p).sum(), "single_factor": single_factor(t, rho),
                "single_factor_pearson": single_factor(t, phi),
                "clayton": clayton(p, clayton_theta(p, joint[i, j].mean()))}
        for law, log in logs.items():
            out[law].append(beta / math.exp(log))
    return {law: band(np.sort(x)) for law, x in out.items()}


def quantile(x, p, deviation):
    """A quantile of sorted draws, and its standard error from the spacing over three of them to either side."""
    wide = 3 * deviation / math.sqrt(len(x))
    low, high = max(0, p - wide), min(1, p + wide)
    spread = float(np.quantile(x, high) - np.quantile(x, low))
    return [float(np.quantile(x, p)), spread * deviation / math.sqrt(len(x)) / (high - low)]


def band(x):
    """5 % and 95 % points."""
    deviation = math.sqrt(0.05 * 0.95)
    return {"lower": quantile(x, 0.05, deviation), "upper": quantile(x, 0.95, deviation), "replicates": len(x)}


def random_pools(w, tet, k, pools, seed):
    """Ratio of beta to the single factor over pools of k models: median and 5-95 % with standard errors."""
    r = np.random.default_rng(seed)
    t = special.ndtri(w.mean(1))
    x = []
    for _ in range(pools):
        s = r.choice(len(w), k, replace=False)
        beta = w[s].all(0).mean()
        rho = tet[np.ix_(s, s)][np.triu_indices(k, 1)].mean()
        x.append(0.0 if beta == 0 else beta / math.exp(single_factor(t[s], min(max(rho, 0), 1 - 1e-12))))
    x = np.sort(x)
    return {"k": k, "median": quantile(x, 0.5, 0.5),
            **{end: v for end, v in band(x).items() if end != "replicates"}}


def summary(values, i, j, skip):
    values, family = np.asarray(values), lambda x: x % FAMILIES
    keep = ~skip
    same = family(i) == family(j)
    mean = lambda v: float(v.mean()) if len(v) else None
    return {"mean": mean(values[keep]), "within_family": mean(values[keep & same]),
            "across_family": mean(values[keep & ~same]), "least": float(values[keep].min()),
            "most": float(values[keep].max()), "pairs": int(keep.sum())}


def pairs(w):
    m, n = w.shape
    i, j = np.triu_indices(m, 1)
    wrong, joint = w.sum(1), w @ w.T
    a, b, both = wrong[i], wrong[j], joint[i, j]
    constant = (wrong == 0) | (wrong == n)
    skip = constant[i] | constant[j]
    with np.errstate(divide="ignore", invalid="ignore"):
        phi = np.nan_to_num(np.corrcoef(w)[i, j])
        none, first, second = n - a - b + both, a - both, b - both
        yule = (both * none - first * second) / (both * none + first * second)
        chance = (a * b + (n - a) * (n - b)) / n / n
        kappa = ((both + none) / n - chance) / (1 - chance)
    tet = np.array([0 if s else tetrachoric(n, x, y, z) for s, x, y, z in zip(skip, a, b, both)])
    share = []  # of the queries that both miss: one and the same answer
    answer = (np.arange(m)[:, None] ** 2 + 3 * np.arange(n) + np.arange(m)[:, None] * np.arange(n)) % 4
    for x, y in zip(i, j):
        missed = (w[x] * w[y]) > 0
        share.append((answer[x] == answer[y])[missed].mean() if missed.any() else np.nan)
    share = np.array(share)
    p = wrong / n
    excess = joint[i, j].mean() / n - np.mean(p[i] * p[j])
    # The same excess from the margins alone (variance ratio).
    f = w.mean(0)
    margins = (m * f.var() + p.var() - f.mean() * (1 - f.mean())) / (m - 1)
    assert abs(margins - excess) < 1e-14
    out = {"pearson": summary(phi, i, j, skip), "tetrachoric": summary(tet, i, j, skip),
           "yule_q": summary(yule, i, j, np.isnan(yule)), "kappa": summary(kappa, i, j, np.isnan(kappa)),
           "agreement": summary(share, i, j, np.isnan(share)),
           "boundary": int((np.abs(tet[~skip]) == 1).sum()),
           "co_failure": [float(joint[i, j].mean() / n), float(np.mean(p[i] * p[j])), float(excess)]}
    out["effective_models"] = m / (1 + (m - 1) * out["pearson"]["mean"])
    square = np.eye(m)
    square[i, j] = square[j, i] = tet
    return out, square


def best_and_worst(w, k):
    counts = [int(w[list(s)].all(0).sum()) for s in itertools.combinations(range(len(w)), k)]
    return [k, min(counts), max(counts)]


def values(name, w):
    m, n = w.shape
    p, all_wrong = w.mean(1), int(w.all(0).sum())
    out = {"all_wrong": all_wrong}
    out["pairs"], tet = pairs(w)
    wrong_on = w.sum(0).astype(int)
    sizes = [k for k in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64) if k < m] + [m]
    out["pool_size"] = [[k, float(np.mean([math.comb(x, k) / math.comb(m, k) for x in wrong_on]))] for k in sizes]
    out["extremes"] = [best_and_worst(w, k) for k in ((2, 3) if m > 20 else (2, 3, 4))]
    out["bounds"] = moment_limits(p, out["pairs"]["co_failure"][0])
    if m <= 10:
        out["table"] = table_limits(w)
    print(name, "rescues", file=sys.stderr)
    best, drawn = trades(w, 1500, 4, 7)
    effective = len(drawn) / 4  # neighbours are correlated
    out["rescues"] = {"best": best, "expected": drawn.mean(0).tolist(), "sd": drawn.std(0).tolist(),
                      "effective": effective}
    if p.min() == 0:
        return out
    t = special.ndtri(p)
    rho, phi = out["pairs"]["tetrachoric"]["mean"], out["pairs"]["pearson"]["mean"]
    theta = clayton_theta(p, out["pairs"]["co_failure"][0])
    out["predicted"] = {"independent": float(np.log(p).sum()), "single_factor": single_factor(t, rho, True),
                        "single_factor_pearson": single_factor(t, phi, True), "clayton": float(clayton(p, theta))}
    out["theta"] = theta
    if all_wrong:
        target = math.log(all_wrong / n)
        out["implied_rho"] = optimize.brentq(lambda r: single_factor(t, r) - target, 1e-3, 0.999, xtol=1e-13)
        print(name, "common mode", file=sys.stderr)
        out["atom"] = common_mode(w)
    print(name, "Gaussian", file=sys.stderr)
    repaired, low = clipped(tet)
    out["gaussian"] = [*orthant(t, repaired), low]
    if low:
        out["gaussian_nearest"] = list(orthant(t, nearest(tet)))
    if name in RESAMPLED:
        print(name, "resampling", file=sys.stderr)
        i, j = np.triu_indices(m, 1)
        out["resampled"] = resampled(w, tet[i, j])
        out["pools"] = [random_pools(w, tet, k, 1000, 3 + k) for k in (2, 4, 8, 16) if k < m]
    return out


def main():
    only = sys.argv[1:]
    cases = []
    with tempfile.TemporaryDirectory() as work:
        for case in CASES:
            if only and case[0] not in only:
                continue
            w = matrix(case, f"{work}/matrix.csv")
            keys = ("name", "law", "models", "queries", "lowest", "highest", "rho", "shock", "seed")
            cases.append({**dict(zip(keys, case)), "want": values(case[0], w)})
    text = "{\n" + "".join(f" {json.dumps(k)}: {json.dumps(v)},\n" for k, v in (
        ("command", "python3 scripts/dependence_reference.py"), ("numpy", np.__version__), ("scipy", scipy.__version__)))
    text += ' "cases": [' + ",".join(lines(c) for c in cases) + "\n ]\n}\n"
    if only:
        print(text)
        return
    with open("dependence/testdata/witness.json", "w", encoding="utf-8") as out:
        out.write(text)


def lines(case):
    """A case as JSON, a line to an estimator."""
    head = json.dumps({k: v for k, v in case.items() if k != "want"})[:-1]
    want = ",\n".join(f"   {json.dumps(k)}: {json.dumps(v)}" for k, v in case["want"].items())
    return f'\n  {head}, "want": {{\n{want}\n  }}}}'


if __name__ == "__main__":
    main()
