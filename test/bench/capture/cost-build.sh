#!/bin/sh
# Builds cost.c with the objects of a built probe (PROBE, default: this tree's). Usage: cost-build.sh OUT
set -eu
here=$(cd "$(dirname "$0")" && pwd)
probe=${PROBE:-$here/../../../probe}
gcc -O2 -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -static -I"$probe/capture" -I"$probe/build" -o "$1" "$here/cost.c" "$here/cost-calls.c" \
	$(ls "$probe"/build/*.o | grep -v -e '/main\.o$' -e '\.bpf\.o$') -l:libbpf.a -l:libelf.a -l:libz.a
