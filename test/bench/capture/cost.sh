#!/bin/sh
# Kernel-side cost: rounds without and with the probe by turns (A/B), the best of each. Root. Usage: cost.sh [ROUNDS] [CAPTURE OPTIONS…]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-6}
[ $# -gt 0 ] && shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -O2 -o "$work/cost" "$here/cost.c"
i=0
while [ "$i" -lt "$rounds" ]; do
	"$work/cost" >>"$work/without"
	"$here/../../../probe/build/capture" --no-snapshot "$@" >/dev/null &
	pid=$!
	sleep 1
	"$work/cost" >>"$work/with"
	kill "$pid"
	wait "$pid" || true
	i=$((i + 1))
done
summary() { awk '{for (i = 1; i <= 4; i++) if (!best[i] || $i < best[i]) best[i] = $i} END {print best[1], best[2], best[3], best[4]}' "$1"; }
show='function line(n) {return names[n] " " $n " -> " $(n + 4) sprintf(" (%+.1f)", $(n + 4) - $n)}
	BEGIN {split("not of interest|openat+close|openat ENOENT|unlink ENOENT", names, "|")}
	{print who line(1) ", " line(2) ", " line(3) ", " line(4) " ns"}'
paste -d' ' "$work/without" "$work/with" | awk -v who='round: ' "$show"
echo "$(summary "$work/without") $(summary "$work/with")" | awk -v who='best: ' "$show"
