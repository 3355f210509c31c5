#!/bin/sh
# Lets our client of both protocols talk to a server of them that others wrote,
# the LiteLLM proxy, with models that it mocks itself and with models behind which
# replay serves recorded answers by one protocol and by the other.
# usage: scripts/chat_litellm.sh ALLWRONG    needs go, python3 with venv, and pip
set -eu
allwrong=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
server=
proxy=
trap 'kill $proxy $server 2>/dev/null || true; rm -rf "$dir"' EXIT
venv=${LITELLM_VENV:-$dir/venv}
if [ ! -x "$venv/bin/litellm" ]; then
	python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check uv # which takes a third of pip's time for a hundred packages
	"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" 'litellm[proxy]==1.108.7'
fi

cat >"$dir/outcomes.jsonl" <<'END'
{"query": "a", "model": "m", "prompt": "What is 1+1?", "response": "It is 2, größer als eins.", "verdict": "right"}
END
export REPLAY_KEY=sk-replay-0123456789 CHAT_LIVE_KEY=sk-proxy-0123456789
"$allwrong" replay "$dir/outcomes.jsonl" --token-env REPLAY_KEY >"$dir/log" &
server=$!
while ! grep -qs 'base URL' "$dir/log"; do sleep 0.1; done
url=$(sed -n 's/^ *base URL *//p' "$dir/log")

cat >"$dir/config.yaml" <<END
model_list:
  - model_name: mocked
    litellm_params: {model: openai/mocked, api_key: none, mock_response: "It is 2, größer als eins."}
  - model_name: by-openai
    litellm_params: {model: openai/m, api_base: "$url", api_key: os.environ/REPLAY_KEY, max_retries: 0}
  - model_name: by-anthropic
    litellm_params: {model: anthropic/m, api_base: "${url%/v1}", api_key: os.environ/REPLAY_KEY, max_retries: 0}
litellm_settings: {num_retries: 0, telemetry: false, drop_params: true, use_chat_completions_url_for_anthropic_messages: true}
router_settings: {num_retries: 0, disable_cooldowns: true}
general_settings: {master_key: os.environ/CHAT_LIVE_KEY}
END
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
LITELLM_LOCAL_MODEL_COST_MAP=True "$venv/bin/litellm" --config "$dir/config.yaml" --host 127.0.0.1 --port "$port" >"$dir/proxy.log" 2>&1 &
proxy=$!
tries=0
until python3 -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$port/health/liveliness')" 2>/dev/null; do
	tries=$((tries + 1))
	[ "$tries" -lt 120 ] && kill -0 "$proxy" || { tail -50 "$dir/proxy.log"; exit 1; }
	sleep 1
done
cd "$here/.."
CHAT_LIVE_URL=http://127.0.0.1:$port/v1 go test -count=1 -v -run '^TestLiveServer$' ./collect/chat >"$dir/test.log" || { cat "$dir/test.log"; tail -60 "$dir/proxy.log"; exit 1; }
grep -q '^--- PASS: TestLiveServer' "$dir/test.log" || { cat "$dir/test.log"; exit 1; }
kill -INT "$server"
wait "$server"
server=
cat "$dir/log"
