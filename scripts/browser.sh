#!/usr/bin/env bash
# The pages of allwrong in a real browser: report.html from disk, allwrong serve,
# and the audit desk by keyboard. Needs Go; Chromium is installed where it is
# missing, axe-core comes from npm into a folder that is gone afterwards.
# Usage: scripts/browser.sh [-run NAME …]   further arguments go to go test
# With PICTURES=$PWD/docs/screens and -run TestPictures it takes the pictures of docs/serve.md.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v chromium >/dev/null; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tools" axe-core@4.14.1 >/dev/null
export CHROMIUM=${CHROMIUM:-$(command -v chromium)} AXE="$tools/node_modules/axe-core/axe.min.js"
go test -tags browser -run 'TestBrowser' -count 1 -timeout 15m -v "$@" ./cmd/allwrong | grep --line-buffered -v '^=== '
