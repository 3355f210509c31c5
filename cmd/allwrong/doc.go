// Allwrong certifies, from graded results and before anything is built, the most
// that any LLM router, vote or cascade could gain over the one best model.
//
// Usage:
//
//	allwrong certify PATH… [--overhead 0.02] [--incumbent MODEL] [--json]
//	allwrong certify --all-wrong K --queries N --best C [--pool M]
//	allwrong plan [PATH…] --overhead H
//	allwrong verify certificate.json [PATH…]
//	allwrong watch SOURCE [--state FILE] [--once]
//
//	allwrong describe PATH…
//	allwrong grade RESPONSES…
//	allwrong audit PATH…
//	allwrong collect RUN.toml [--for certificate --incumbent MODEL] [--dry-run]
//	allwrong replay OUTCOMES…
//	allwrong convert PATH… -o FILE
//	allwrong simulate [-o FILE]
//
//	allwrong explain PATH…
//	allwrong pool PATH… [-k 3]
//	allwrong policy PATH… [--router FILE]
//	allwrong compare A B
//
//	allwrong report PATH… -o report.html
//	allwrong serve PATH…
//	allwrong plot KIND PATH… -o FILE
//
// A policy that returns one member's answer is right at most when some member
// is: at most 1−β of the time, β being the share of queries that defeat every
// model. The gain is that ceiling less the best model's accuracy. Certify
// states an upper and a lower limit on it, each at the confidence asked for,
// for queries drawn like those graded and under any dependence between models.
//
// # Example
//
// With no query in 330 that defeats all of 67 models, and a best model that is
// right on 326:
//
//	$ allwrong certify --all-wrong 0 --queries 330 --best 326 --pool 67 --overhead 0.05
//
// says that the gain is at most 4.5 points: an orchestration that costs five
// cannot pay for itself, whatever it does.
//
// # Exit codes
//
//	0  done; with --gate: the gate holds
//	1  failed: input that cannot be read or does not suffice
//	2  usage: a request that makes no sense
//	3  done, and the answer is no: a gate that does not hold, a certificate that does not verify
//
// # Limitations
//
// Wrong references, answers cut off and grader errors look exactly like
// co-failure; audit the all-wrong queries before trusting a certificate. Room
// for a gain is necessary for a policy to pay, not sufficient. Policies that
// write a new answer from several are not bounded. Drift is not seen.
//
// The method, the incumbent and the slices are to be chosen before looking. The
// least of several limits is no limit. A certificate that is issued again while
// results come in needs --method anytime. Two one-sided limits at 95 % are not
// an interval at 95 %.
package main
