#!/bin/sh
# What the kernel side adds to a call (cost.c says how it is measured and what is printed). Root, half a minute.
# Usage: cost.sh [ROUNDS] [CAPTURE OPTIONS…]     Default: 200 rounds, the options of the default rules. Needs a built probe (npm run build:probe).
# Another tree's probe, for before and after: PROBE=/other/tree/probe cost.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
probe=${PROBE:-$root/probe}
rounds=${1:-200}
[ $# -gt 0 ] && shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -O2 -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -static -I"$probe/capture" -I"$probe/build" -o "$work/cost" "$here/cost.c" "$here/cost-calls.c" \
	$(ls "$probe"/build/*.o | grep -v -e '/main\.o$' -e '\.bpf\.o$') -l:libbpf.a -l:libelf.a -l:libz.a
if [ $# -gt 0 ]; then
	"$work/cost" "$rounds" "$@"
else
	(cd "$root" && node --import tsx "$here/default-options.ts") >"$work/options"
	xargs -d '\n' -a "$work/options" "$work/cost" "$rounds"
fi
