// Package budget answers one question: what does each dollar buy?
//
// A query is answered by one of m models at a cost that depends on the model and
// perhaps on the query. A policy that may spend B dollars a query, and knows what
// each model is worth on each query, is right at most
//
//	V(B) = max Σ_q Σ_i x_iq·v_iq/n,  Σ_i x_iq = 1,  x ≥ 0,  Σ_q Σ_i x_iq·c_iq/n ≤ B,
//
// a linear program with one row for the money. Its dual is one price λ, accuracy
// for a dollar,
//
//	V(B) = min_{λ≥0} λB + E max_i (v_i − λ·c_i),
//
// and V is concave and piecewise linear, with slope λ: each query has the upper
// hull of its own options, and the steps of all hulls are taken steepest first
// (the linear multiple-choice knapsack: Sinha and Zoltners 1979; Zemel 1980).
// So the frontier is exact, and found by sorting. With v the verdicts it is that
// of an oracle; with v the mean accuracies, of mixing single models at random;
// with v what a router believes, Realised says what it really gets.
//
// Any fixed λ bounds V from above, which turns into a certificate: what a policy
// must spend at least to be as accurate as the model in use, and so the most that
// can be saved (docs/method.md). The rest of the package is closed forms for
// questions of size: how many voters pay for themselves, and what it is worth to
// be able to change models.
//
// Values are fractions in [0, 1], costs US dollars a query, λ is accuracy (as a
// fraction) for a dollar a query. A model without a known cost is never taken to
// be free.
package budget
