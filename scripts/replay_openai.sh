#!/bin/sh
# Lets the OpenAI and Anthropic packages for Python talk to replay: plain and
# streamed calls, usage, errors, and their own retries through faults.
# usage: scripts/replay_openai.sh ALLWRONG    needs python3 with venv, and pip
set -eu
allwrong=$(realpath "$1")
dir=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check openai==3.51.0 anthropic==2.10.0

cat >"$dir/outcomes.jsonl" <<'END'
{"query": "a", "model": "m", "prompt": "What is 1+1?", "response": "It is 2, größer als eins.", "verdict": "right"}
{"query": "b", "model": "m", "prompt": "Say much.", "response": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen", "verdict": "right"}
{"query": "c", "model": "m", "attempt": 0, "prompt": "Draw.", "response": "zero", "verdict": "wrong"}
{"query": "c", "model": "m", "attempt": 1, "prompt": "Draw.", "response": "one", "verdict": "wrong"}
END
export REPLAY_KEY=sk-0123456789abcdef
"$allwrong" replay "$dir/outcomes.jsonl" --token-env REPLAY_KEY >"$dir/log" &
server=$!
while ! grep -qs 'base URL' "$dir/log"; do sleep 0.1; done
url=$(sed -n 's/^ *base URL *//p' "$dir/log")

cat >"$dir/talk.py" <<'END'
import os
import sys

import anthropic
import openai

url, key = sys.argv[1], os.environ["REPLAY_KEY"]
client = openai.OpenAI(base_url=url, api_key=key, max_retries=0)
A, B = "It is 2, größer als eins.", "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"


def ask(prompt, c=client, **more):
    return c.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}], **more)


def raises(kind, f):
    try:
        f()
    except kind as e:
        return e
    raise SystemExit(f"no {kind.__name__}")


# The list of models, a plain answer, and its usage: a token is four bytes.
assert [m.id for m in client.models.list()] == ["m"]
assert client.models.retrieve("m").id == "m"
r = ask("What is 1+1?")
assert r.choices[0].message.content == A and r.choices[0].finish_reason == "stop" and r.model == "m", r
assert (r.usage.prompt_tokens, r.usage.completion_tokens, r.usage.total_tokens) == (3, -(-len(A.encode()) // 4), 3 - (-len(A.encode()) // 4)), r.usage
assert [ask("Draw.", seed=s).choices[0].message.content for s in (0, 1, 2)] == ["zero", "one", "zero"]

# Cut at the budget, by both names of it.
for name in "max_tokens", "max_completion_tokens":
    r = ask("Say much.", **{name: 5})
    assert r.choices[0].message.content == B[:20] and r.choices[0].finish_reason == "length" and r.usage.completion_tokens == 5, r

# Streamed, with usage and without.
parts = list(ask("Say much.", stream=True, stream_options={"include_usage": True}))
assert "".join(p.choices[0].delta.content or "" for p in parts if p.choices) == B and len(parts) > 3
assert [p.choices[0].finish_reason for p in parts if p.choices][-1] == "stop"
assert parts[-1].usage.completion_tokens == -(-len(B) // 4), parts[-1]
assert "".join(p.choices[0].delta.content or "" for p in ask("Say much.", stream=True)) == B

# Errors, by the package's own types.
e = raises(openai.NotFoundError, lambda: ask("Who?"))
assert e.code == "prompt_not_found" and "was not recorded" in e.message, e
e = raises(openai.NotFoundError, lambda: client.chat.completions.create(model="x", messages=[{"role": "user", "content": "Draw."}]))
assert e.code == "model_not_found" and "there are m" in e.message, e
raises(openai.BadRequestError, lambda: ask("Draw.", n=2))
raises(openai.AuthenticationError, lambda: openai.OpenAI(base_url=url, api_key="wrong", max_retries=0).models.list())


def fault(name):
    return {"X-Replay-Fault": name}


raises(openai.RateLimitError, lambda: ask("Draw.", extra_headers=fault("429")))
e = raises(openai.RateLimitError, lambda: ask("Draw.", extra_headers=fault("429-wait")))
assert e.response.headers["retry-after"] == "1"
raises(openai.InternalServerError, lambda: ask("Draw.", extra_headers=fault("500")))
raises(openai.APIConnectionError, lambda: ask("Draw.", extra_headers=fault("reset")))
raises(openai.APITimeoutError, lambda: ask("Draw.", extra_headers=fault("hung"), timeout=0.5))
raises(Exception, lambda: ask("Draw.", extra_headers=fault("half")))
raises(Exception, lambda: ask("Draw.", extra_headers=fault("json")).choices[0])
raises(Exception, lambda: list(ask("Say much.", stream=True, extra_headers=fault("half"))))
assert not ask("What is 1+1?", extra_headers=fault("empty")).choices[0].message.content

# Anthropic's messages.
claude = anthropic.Anthropic(base_url=url.removesuffix("/v1"), api_key=key, max_retries=0)


def message(prompt, **more):
    return claude.messages.create(model="m", max_tokens=more.pop("max_tokens", 100), messages=[{"role": "user", "content": prompt}], **more)


m = message("What is 1+1?")
assert m.content[0].text == A and m.stop_reason == "end_turn" and m.usage.output_tokens == -(-len(A.encode()) // 4), m
m = message("Say much.", max_tokens=5)
assert m.content[0].text == B[:20] and m.stop_reason == "max_tokens", m
with claude.messages.stream(model="m", max_tokens=100, messages=[{"role": "user", "content": "Say much."}]) as s:
    assert "".join(s.text_stream) == B
    assert s.get_final_message().usage.output_tokens == -(-len(B) // 4)
raises(anthropic.NotFoundError, lambda: message("Who?"))
raises(anthropic.RateLimitError, lambda: message("Draw.", extra_headers=fault("429")))
raises(anthropic.AuthenticationError, lambda: anthropic.Anthropic(base_url=url.removesuffix("/v1"), api_key="wrong", max_retries=0).messages.create(
    model="m", max_tokens=1, messages=[{"role": "user", "content": "Draw."}]))
print("plain, streamed, refused: as recorded")
END
"$dir/venv/bin/python" "$dir/talk.py" "$url"
kill -INT "$server"
wait "$server"
server=
cat "$dir/log"

# The package's own retries, through a server a third of whose answers go wrong.
"$allwrong" replay "$dir/outcomes.jsonl" --token-env REPLAY_KEY --faults 429=.1,500=.1,reset=.1 --seed 3 >"$dir/log" &
server=$!
while ! grep -qs 'base URL' "$dir/log"; do sleep 0.1; done
cat >"$dir/retry.py" <<'END'
import os
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key=os.environ["REPLAY_KEY"], max_retries=8)
for _ in range(20):
    r = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "What is 1+1?"}])
    assert r.choices[0].message.content.startswith("It is 2"), r
print("20 of 20 through faults")
END
"$dir/venv/bin/python" "$dir/retry.py" "$(sed -n 's/^ *base URL *//p' "$dir/log")"
kill -INT "$server"
wait "$server"
server=
cat "$dir/log"
grep -q '^  fault  *requests' "$dir/log" || { echo "no fault was met"; exit 1; }
