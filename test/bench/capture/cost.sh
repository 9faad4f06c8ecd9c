#!/bin/sh
# What the kernel side adds to a call (cost.c says how it is measured and what is printed). Root, half a minute.
# Usage: cost.sh [ROUNDS] [CAPTURE OPTIONS…]     Default: 200 rounds. The options follow those of the default rules. Needs a built probe.
# Another tree's probe, for before and after: PROBE=/other/tree/probe cost.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-200}
[ $# -gt 0 ] && shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$here/cost-build.sh" "$work/cost"
(cd "$here/../../.." && node --import tsx "$here/default-options.ts") >"$work/options"
for option; do echo "$option"; done >>"$work/options"
xargs -d '\n' -a "$work/options" "$work/cost" "$rounds"
