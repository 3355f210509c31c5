#!/bin/sh
# Lets Inspect write logs with its mock model, in both of its forms, and reads
# them: its answers are right for four of six sums, in each of three epochs.
# usage: scripts/inspect_logs.sh ALLWRONG    needs python3 with venv, and PyPI
set -eu
allwrong=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q inspect-ai==0.3.285
cat >"$dir/run.py" <<'PY'
import sys

import tiktoken


class Words:  # the real encodings are fetched from the network
    def encode(self, text, **_):
        return text.split()


tiktoken.get_encoding = tiktoken.encoding_for_model = lambda *_, **__: Words()

from inspect_ai import Task, eval, task
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, get_model
from inspect_ai.scorer import match


@task
def sums():
    data = [Sample(id=i, input=f"What is {i}+1?", target=str(i + 1)) for i in range(1, 7)]
    return Task(dataset=data, scorer=match())


def answers(input, tools, tool_choice, config):
    n = int(input[-1].text.split("+")[0].split()[-1])
    return ModelOutput.from_content("mockllm/model", str(n + 1) if n % 3 else "no idea")


for form in ("eval", "json"):
    model = get_model("mockllm/model", custom_outputs=answers)
    log = eval(sums(), model=model, epochs=3, log_dir=f"{sys.argv[1]}/{form}", log_format=form, display="none")[0]
    assert log.status == "success", log.error
PY
"$dir/venv/bin/python" "$dir/run.py" "$dir/logs"
for form in eval json; do
	"$allwrong" describe "$dir/logs/$form" | tee "$dir/$form.txt"
	grep -q '66.7 %' "$dir/$form.txt"
	grep -Eq 'Inspect log +18$' "$dir/$form.txt"
done
