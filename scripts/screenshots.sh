#!/bin/sh
# Draws docs/screens/report.png and docs/screens/report-dark.png, the first screen of the
# report of an example, in Chromium. Another version of it, or other fonts, may give
# other pixels.
# usage: scripts/screenshots.sh ALLWRONG [FOLDER]    writes into docs/screens by default
set -eu
allwrong=$(realpath "$1")
cd "$(dirname "$0")/.."
out=$(realpath "${2:-docs/screens}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; }
"$allwrong" report examples/common-shock.csv --overhead 0.02 -o "$dir/report.html" >/dev/null
shot() {
	chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,960 --user-data-dir="$dir/chromium" \
		--screenshot="$out/$1" "$dir/$2" 2>/dev/null
}
shot report.png report.html
sed 's/<html lang="en">/<html lang="en" data-theme="dark">/' "$dir/report.html" >"$dir/dark.html"
shot report-dark.png dark.html
