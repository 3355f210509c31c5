#!/usr/bin/env python3
"""Draws result files of several tools and times `allwrong describe` and `convert` on them, in turn with the
alternatives below. Called by bench_readers.sh.

usage: bench_readers.py ALLWRONG FOLDER MEGABYTES RUNS [alone]
       bench_readers.py --lines KIND FILE | --document FILE | --inspect FILE | --parquet FILE   (one alternative)
"""

import json
import os
import random
import statistics
import sys
import time
import zipfile

MODELS = 20


def lines(kind, path):
    """What a script does with JSON lines: one json.loads a line, verdicts into a dictionary."""
    cells = {}
    with open(path, "rb") as f:
        for line in f:
            r = json.loads(line)
            if kind == "outcomes":
                cells.setdefault(r["query"], {})[r["model"]] = r["verdict"] == "right"
            elif kind == "lm-eval":
                cells.setdefault(r["doc_hash"], {})[r["filter"]] = r["exact_match"] == 1
            else:
                cells.setdefault(json.dumps(r["vars"], sort_keys=True), {})[r["provider"]["id"]] = r["success"]
    print(len(cells))


def document(path):
    with open(path, "rb") as f:
        rows = json.load(f)["results"]["results"]
    print(len({json.dumps(r["vars"], sort_keys=True): r["success"] for r in rows}))


def inspect(path):
    from inspect_ai.log import read_eval_log_sample_summaries

    print(sum(s.scores["match"].value == "C" for s in read_eval_log_sample_summaries(path)))


def parquet(path):
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    t = pq.read_table(path, columns=["query", "model", "attempt", "verdict", "score", "reason"])
    cells = [pc.dictionary_encode(t[c].combine_chunks()) for c in ("query", "model", "verdict")]
    print(len(cells[0].dictionary), len(cells[1].dictionary), pc.sum(pc.equal(t["verdict"], "right")))


WORDS = "so the train leaves at nine and we find that each of them had seven more than before which gives".split()


def text(r, n):
    return " ".join(r.choices(WORDS, k=n // 5))


def fill(path, size, row):
    """Writes row after row until the file has its size; gives how many."""
    n, done = 0, 0
    with open(path, "w", buffering=1 << 20) as f:
        while done < size:
            s = row(n)
            f.write(s)
            done, n = done + len(s), n + 1
    return n


def draw(folder, size):
    r = random.Random(7)
    texts = [json.dumps(text(r, 2600))[1:-1] for _ in range(200)]
    names = [f"lab/model-{m:02d}" for m in range(MODELS)]

    def outcome(n):
        return (f'{{"query":"mmlu-pro/physics/{n // MODELS:07d}","model":"{names[n % MODELS]}","verdict":"{"right" if r.random() < .6 else "wrong"}",'
                f'"answer":"C","finish":"stop","input_tokens":{100 + n % 900},"output_tokens":{100 + n % 1900},"seconds":4.25}}\n')

    def lm_eval(n):
        doc, right = n // 2, "1.0" if r.random() < .6 else "0.0"
        a, b, c = (texts[(n + i) % 200] for i in (0, 7, 31))
        name = ("strict-match", "flexible-extract")[n % 2]
        return (f'{{"doc_id": {doc}, "doc": {{"question": "{doc} {a[:600]}", "answer": "{b[:300]} #### 7"}}, "target": "#### 7", "arguments": {{"gen_args_0": {{"arg_0": "{doc} {a} {b}", "arg_1": {{"until": ["Question:"]}}}}}}, '
                f'"resps": [["{c[:900]} #### 7"]], "filtered_resps": ["7"], "filter": "{name}", "metrics": ["exact_match"], "doc_hash": "{doc:064x}", "prompt_hash": "{doc:064x}", "target_hash": "{7:064x}", "exact_match": {right}}}\n')

    def promptfoo(n):
        test, column, right = n // MODELS, n % MODELS, r.random() < .6
        a, b, c = (texts[(n + i) % 200] for i in (0, 7, 31))
        return (f'{{"cost": 0.0025, "gradingResult": {{"pass": {str(right).lower()}, "score": {int(right)}, "reason": "{c[:200]}", "componentResults": []}}, "id": "{n}", "latencyMs": 1500, "namedScores": {{}}, '
                f'"prompt": {{"raw": "{a} {test}", "label": "short"}}, "promptId": "p", "promptIdx": {column}, "provider": {{"id": "lab:{column}", "label": ""}}, "response": {{"output": "{b} {c[:1200]}", "tokenUsage": {{"total": 10, "prompt": 7, "completion": 3}}, "cached": false}}, '
                f'"score": {int(right)}, "success": {str(right).lower()}, "failureReason": {int(not right)}, "testCase": {{"vars": {{"question": "{test} {a[:700]}"}}, "assert": [{{"type": "equals", "value": "7"}}]}}, "testIdx": {test}, '
                f'"tokenUsage": {{"total": 10, "prompt": 7, "completion": 3}}, "vars": {{"question": "{test} {a[:700]}"}}}}')

    at = {k: os.path.join(folder, v) for k, v in {
        "outcomes": "outcomes.jsonl", "lm-eval": "lab__m/samples_gsm8k_2026-01-02T03-04-05.678901.jsonl",
        "promptfoo": "promptfoo.jsonl", "document": "promptfoo.json", "inspect": "log.eval"}.items()}
    os.makedirs(os.path.dirname(at["lm-eval"]), exist_ok=True)
    yield "outcomes", at["outcomes"], fill(at["outcomes"], size, outcome)
    yield "lm-eval", at["lm-eval"], fill(at["lm-eval"], size, lm_eval)
    yield "promptfoo", at["promptfoo"], fill(at["promptfoo"], size, lambda n: promptfoo(n) + "\n")
    begin = '{"evalId": "e", "results": {"version": 3, "timestamp": "t", "prompts": [], "results": [\n'
    n = fill(at["document"], size, lambda n: (",\n" if n else begin) + promptfoo(n))
    with open(at["document"], "a") as f:
        f.write('\n], "stats": {}}, "config": {}, "shareableUrl": null}')
    yield "document", at["document"], n
    yield "inspect", at["inspect"], archive(at["inspect"], size, r, texts)


def archive(path, size, r, texts):
    """An Inspect log whose samples are 43 KB packed, as agents' are: its events are most of it."""
    spec = {"eval_id": "E", "run_id": "R", "created": "2026-01-02T03:04:05+00:00", "task": "add", "task_id": "T", "model": "lab/m", "dataset": {"name": "add", "shuffled": False}, "config": {"epochs": 1}, "scorers": [{"name": "match"}]}
    noise = [random.Random(i).randbytes(21_000).hex() for i in range(50)]
    summaries, n = [], 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        z.writestr("_journal/start.json", json.dumps({"version": 2, "eval": spec, "plan": {}}))
        while z.fp.tell() < size:
            n += 1
            value = "C" if r.random() < .75 else "I"
            short = {"id": n, "epoch": 1, "input": f"{n}: {texts[n % 200][:900]}", "target": "7",
                     "scores": {"match": {"value": value, "answer": "7", "explanation": texts[n % 199][:700]}}}
            whole = short | {"messages": [], "output": {"model": "lab/m", "completion": texts[n % 198], "choices": [{"message": {"role": "assistant", "content": texts[n % 198]}, "stop_reason": "stop"}]}}
            z.writestr(f"samples/{n}_epoch_1.json", json.dumps(whole)[:-1] + f', "events": [{{"event": "info", "data": "{n} {noise[n % 50]} {noise[(n + 1) % 50]}"}}]}}')
            summaries.append(short | {"model_usage": {"lab/m": {"input_tokens": 9, "output_tokens": 9, "total_tokens": 18}}, "total_time": 1.5})
        z.writestr("summaries.json", json.dumps(summaries))
        z.writestr("header.json", json.dumps({"version": 2, "status": "success", "eval": spec, "plan": {}, "results": {"total_samples": n, "completed_samples": n, "scores": []}, "stats": {}}))
    return n


def spent(command):
    """Runs a command; gives its CPU seconds, wall seconds and largest resident set in MB."""
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.execvp(command[0], command)
    _, status, use = os.wait4(pid, 0)
    if status:
        sys.exit(f"{' '.join(command)}: status {status}")
    return use.ru_utime + use.ru_stime, time.monotonic() - start, use.ru_maxrss * 1024 / 1e6


def main(aw, folder, mb, runs, alone):
    def shown(what, path, commands, size=None):
        size = (size or os.path.getsize(path)) / 1e6
        got = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                got[name].append(spent(command))
        for name, list_ in got.items():
            cpu, wall, mem = (statistics.median(x[i] for x in list_) for i in range(3))
            print(f"| {what} | {name} | {cpu:.2f} | {size / cpu:,.0f} | {wall:.1f} | {mem:,.0f} |", flush=True)

    def other(*args):
        return {} if alone else {args[0]: [sys.executable, __file__, *args[1:]]}

    print(f"| file | reader | CPU s | MB per CPU s | wall s | MB resident |\n|---|---|--:|--:|--:|--:|")
    for kind, path, n in draw(folder, mb * 1_000_000):
        what = f"{kind}, {os.path.getsize(path) / 1e6:,.0f} MB, {n:,} rows"
        ours = {"allwrong describe": [aw, "describe", path]}
        if kind in ("outcomes", "lm-eval", "promptfoo"):
            shown(what, path, ours | other("json.loads loop", "--lines", kind, path))
        elif kind == "document":
            shown(what, path, ours | other("json.load", "--document", path))
        else:
            shown(what, path, ours | other("inspect_ai, summaries", "--inspect", path))
        if kind != "outcomes":
            out = os.path.join(folder, "out.jsonl")
            shown(what, path, {"allwrong convert": [aw, "convert", path, "-o", out]})
            os.remove(out)
        else:
            columns = os.path.join(folder, "outcomes.parquet")
            shown(what, path, {"allwrong convert to Parquet": [aw, "convert", path, "-o", columns]})
            what = f"the same as Parquet of {os.path.getsize(columns) / 1e6:,.1f} MB"  # rates are those of the lines
            shown(what, columns, {"allwrong describe": [aw, "describe", columns]} | other("pyarrow", "--parquet", columns), os.path.getsize(path))
            os.remove(columns)
        os.remove(path)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--lines", kind, path]:
            lines(kind, path)
        case ["--document", path]:
            document(path)
        case ["--inspect", path]:
            inspect(path)
        case ["--parquet", path]:
            parquet(path)
        case [aw, folder, mb, runs, *rest]:
            main(aw, folder, int(mb), int(runs), rest == ["alone"])
        case _:
            sys.exit(__doc__)
