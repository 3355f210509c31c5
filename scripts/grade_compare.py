#!/usr/bin/env python3
"""Lets two other graders of mathematics judge the pairs of our corpus.

usage: grade_compare.py PAIRS.jsonl [--differences FILE]

PAIRS.jsonl is what `go test ./grade/math -run TestWriteCorpus -args -corpus FILE`
writes, with our own verdicts in it. Needs math-verify and, installed without what
it depends on, lm-eval: of it the string normalisation of its task hendrycks_math
is called. Prints a table, and exits with 1 if ours calls more pairs equal that
are not, or as many or more different that are equal.
"""

import argparse
import importlib.util
import json
import logging
import pathlib
import sys
import time
import types
from collections import Counter

import math_verify

logging.disable(logging.CRITICAL)


def hendrycks():
    """The module of lm-eval, loaded from its file: importing the package would load all that it can do."""
    sys.modules.setdefault("datasets", types.SimpleNamespace(Dataset=object))
    root = pathlib.Path(importlib.util.find_spec("lm_eval").origin).parent
    spec = importlib.util.spec_from_file_location("hendrycks_math", root / "tasks/hendrycks_math/utils.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_math_verify(pair):
    def read(text, whole):
        if not whole and "\\boxed" not in text:
            text = "$" + text.strip("$") + "$"
        return math_verify.parse(text)

    reference, answer = read(pair["reference"], False), read(pair["answer"], pair["response"])
    if not reference or not answer:
        return "no_answer"
    return "right" if math_verify.verify(reference, answer) else "wrong"


def by_hendrycks(pair, module=hendrycks()):
    answer = pair["answer"]
    if pair["response"]:
        try:
            answer = module.remove_boxed(module.last_boxed_only_string(answer))
        except Exception:  # it has no box, or one that is cut off
            return "no_answer"
    return "right" if module.is_equiv(answer, pair["reference"]) else "wrong"


def ours(pair):
    return pair["got"]


def outcome(want, got):
    if got == want:
        return "as it should be"
    if got == "right":
        return "false equal"
    if want == "no_answer":
        return "other"  # wrong, where there is no answer
    if got in ("no_answer", "cannot_tell"):
        return "no answer"
    return "false different"


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    args.add_argument("pairs")
    args.add_argument("--differences", help="write the pairs that ours does not judge as it should, or the others do not, to this file")
    args = args.parse_args()
    pairs = [json.loads(line) for line in open(args.pairs, encoding="utf-8")]
    columns = ["as it should be", "false equal", "false different", "no answer", "other"]
    print(f"{len(pairs)} pairs".ljust(22) + "".join(c.rjust(17) for c in columns) + "ms each".rjust(10) + "  median")
    table, differences = {}, []
    for name, judge in [("allwrong math/1", ours), ("Math-Verify", by_math_verify), ("MATH normalisation", by_hendrycks)]:
        counts, times = Counter(), []
        for pair in pairs:
            begin = time.perf_counter()
            try:
                got = judge(pair)
            except BaseException as e:  # Math-Verify's timeout is no Exception
                if isinstance(e, KeyboardInterrupt):
                    raise
                got = "no_answer"
            times.append(pair["seconds"] if judge is ours else time.perf_counter() - begin)
            counts[outcome(pair["want"], got)] += 1
            if got != pair["want"]:
                differences.append({"grader": name, "said": got, **{k: pair[k] for k in ("class", "reference", "answer", "want")}})
        table[name] = counts
        print(name.ljust(22) + "".join(str(counts[c]).rjust(17) for c in columns) + f"{1e3 * sum(times) / len(times):10.3f}{1e3 * sorted(times)[len(times) // 2]:8.3f}", flush=True)
    if args.differences:
        with open(args.differences, "w", encoding="utf-8") as f:
            f.writelines(json.dumps(d, ensure_ascii=False) + "\n" for d in differences)
    mine, others = table.pop("allwrong math/1"), table.values()
    if any(mine["false equal"] > o["false equal"] or mine["false different"] >= o["false different"] > 0 for o in others):
        sys.exit("ours is not the better one on these pairs")


if __name__ == "__main__":
    main()
