#!/bin/sh
# Loss of the whole path, capture to alerts in one process, under opens at a given rate: `lost` in the last line of
# lanner run must be 0. Needs root and gcc; everything else as a user gets it (default options, default rules), but for the kernel filter: with
# `auto` most opens are left out in the kernel, with `never` (default here) all go the whole way.
#
#   test/bench/capture/run-load.sh [RATE, default 300000] [SECONDS, default 10] [never|auto]
set -eu
rate=${1:-300000}
seconds=${2:-10}
filter=${3:-never}
here=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -O1 -w -o "$work/actor" "$here/test/support/capture-actor.c"
printf 'probe:\n  kernelFilter: %s\n' "$filter" >"$work/lanner.yaml"
"$here/lanner" run --config "$work/lanner.yaml" --data "$work/data" >"$work/alerts" 2>"$work/log" &
lanner=$!
tries=0
until grep -q '"ready"\|ready' "$work/log"; do
	tries=$((tries + 1))
	[ "$tries" -lt 300 ] || { cat "$work/log" >&2; exit 1; }
	sleep 0.1
done
began=$(date +%s%N)
opens=$("$work/actor" rate "$rate" "$seconds")
# A machine that cannot make so many takes longer.
echo "opens $opens, $((opens * 1000000 / (($(date +%s%N) - began) / 1000))) a second"
ps -o cputimes=,rss= -p "$lanner"
kill -INT "$lanner"
wait "$lanner" || :
tail -n 3 "$work/log"
echo "alerts $(grep -c . "$work/alerts" || :)"
