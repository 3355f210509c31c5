#!/usr/bin/env bash
# How fast collect asks, and what it holds in memory with a million requests
# queued: recorded answers are served by replay on the same machine, and the run
# is stopped after a while. Usage: scripts/collect_speed.sh [ALLWRONG [SECONDS [QUERIES]]]
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; [ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT
allwrong=${1:-$work/allwrong} seconds=${2:-30} queries=${3:-100000}
[ -x "$allwrong" ] || CGO_ENABLED=0 go build -o "$allwrong" ./cmd/allwrong

python3 - "$work" "$queries" <<'PY'
import json, sys
work, n = sys.argv[1], int(sys.argv[2])
models = ["m%d" % i for i in range(10)]
with open(work + "/questions.jsonl", "w") as q, open(work + "/answers.jsonl", "w") as a:
    for i in range(n):
        prompt = "Question %d of a long list. How much is %d and %d? Say the number." % (i, i, i * 7)
        q.write(json.dumps({"id": "q%d" % i, "prompt": prompt, "reference": str(i * 8)}) + "\n")
        for j, m in enumerate(models):
            a.write('{"query":"q%d","model":"%s","prompt":%s,"response":"I add them.\\n\\nAnswer: %d"}\n'
                    % (i, m, json.dumps(prompt), i * 8 + (i * 31 + j * 17) % 3 // 2))
with open(work + "/run.toml", "w") as f:
    f.write('cap_usd = 1000.0\nbudgets = [128]\nconcurrency = 64\n[[endpoint]]\nname = "replay"\nbase_url = "http://127.0.0.1:8429/v1"\nprotocol = "openai"\nkey_env = "REPLAY_TOKEN"\n')
    for m in models:
        f.write('[[model]]\nid = "%s"\nendpoint = "replay"\nprice = { input = 0.1, output = 0.2 }\npriced_on = 2026-11-01\n' % m)
    f.write('[queries]\npath = "questions.jsonl"\nkind = "number"\n')
PY
export REPLAY_TOKEN=0123456789abcdef
"$allwrong" replay "$work/answers.jsonl" --listen 127.0.0.1:8429 --token-env REPLAY_TOKEN >"$work/replay.log" &
until grep -q 'base URL' "$work/replay.log"; do sleep 0.2; done

# The first start registers the queries, which is not what is measured.
timeout -s INT 20 "$allwrong" collect "$work/run.toml" --json >"$work/first.json" 2>"$work/first.log" || true
/usr/bin/env time -v timeout -s INT "$seconds" "$allwrong" collect "$work/run.toml" --json >"$work/second.json" 2>"$work/second.log" || true
python3 - "$work" "$seconds" <<'PY'
import json, re, sys
work = sys.argv[1]
r = json.load(open(work + "/second.json"))
log = open(work + "/second.log").read()
rss = re.search(r"Maximum resident set size \(kbytes\): (\d+)", log)
rate = r["made"] / (r["elapsed_ns"] / 1e9)
print("%d cells queued, %d calls in %.1f s: %.0f a second; at most %s MB resident"
      % (r["cells"], r["made"], r["elapsed_ns"] / 1e9, rate, int(rss[1]) // 1000 if rss else "?"))
PY
