#!/bin/bash
# What watching costs ordinary work: each workload without a probe, under Lanner with the default rules, under capture with every
# system call, in rounds of all three with their order turned each time, and under strace -f -c (for scale, once). A round gives a pair of
# each; told is the median of the pairs' ratios of CPU time (user + system of the workload and its children: what the kernel side adds
# is in it) and of wall time, and Lanner's own CPU beside it. A watcher is left alone until it is idle, and each workload runs once
# unmeasured before it is measured.
# Root. Usage: workloads.sh [PAIRS] [WORKLOAD…]     Default: 7 pairs of all, some 15 minutes. On a machine that does nothing else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
pairs=${1:-7}
[ $# -gt 0 ] && shift
workloads=${*:-gcc find tar grep execs redis nginx tcp}
work=$(mktemp -d)
watcher=
trap 'stop_watcher; rm -rf "$work"' EXIT

stop_watcher() {
	[ -z "$watcher" ] && return
	kill "$watcher" 2>/dev/null || true
	wait "$watcher" 2>/dev/null || true
	watcher=
}

# CPU time of the watcher and what it started, in clock ticks; 0 without one.
watcher_ticks() {
	[ -z "$watcher" ] && echo 0 && return
	for pid in "$watcher" $(pgrep -P "$watcher" || true); do
		sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null || true
	done | awk '{ticks += $12 + $13} END {print ticks + 0}'
}

# Until the watcher takes less than 3 % of a core for a second, half a minute at most: what it does at its start is not what it costs.
settle() {
	for _ in $(seq 30); do
		before=$(watcher_ticks)
		sleep 1
		[ $(($(watcher_ticks) - before)) -lt $((ticks_per_s * 3 / 100)) ] && return
	done
	echo "workloads: the watcher did not come to rest" >&2
}

# Waits at most a minute for a line of a file.
wait_for() {
	for _ in $(seq 600); do
		grep -q "$1" "$2" 2>/dev/null && return
		sleep 0.1
	done
	echo "workloads: no $1 in $2" >&2
	exit 1
}

start_watcher() {
	case $1 in
	none) sleep 2 ;;
	lanner)
		"$root/lanner" run --data "$work/data" >/dev/null 2>"$work/lanner.log" &
		watcher=$!
		wait_for '"msg":"ready"' "$work/lanner.log"
		;;
	all)
		"$root/probe/build/capture" --syscalls all --no-snapshot >/dev/null 2>"$work/capture.log" &
		watcher=$!
		sleep 1
		;;
	esac
	[ "$1" = none ] || settle
}

# One workload a function; each runs a second or some at most and leaves nothing behind.
gcc_() { for file in "$root"/probe/datagram/*.c "$here"/*.c "$root"/test/support/*.c "$root"/probe/capture/options.c; do gcc -O2 -w -c "$file" -I "$root/probe/build" -o "$work/object.o" 2>/dev/null || true; done; }
find_() { for _ in 1 2 3 4; do find /usr -xdev -newer /etc/hostname -size +100M >/dev/null; done; }
tar_() { for _ in 1 2 3; do tar -C / -cf - usr/include usr/share/doc 2>/dev/null | cat >/dev/null; done; }
grep_() { for _ in 1 2 3; do grep -r 'this is nowhere' /usr/include /usr/share/doc >/dev/null || true; done; }
execs_() { for _ in $(seq 2000); do /bin/true; done; }
redis_() {
	redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work" >/dev/null &
	server=$!
	until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.05; done
	redis-benchmark -p "$port" -t set,get -n 100000 -q >/dev/null
	kill "$server"
	wait "$server" || true
}
nginx_() {
	printf 'daemon off; error_log stderr crit; pid %s/nginx.pid; events {} http { access_log off; server { listen 127.0.0.1:%s; root %s/www; } }\n' \
		"$work" "$port" "$work" >"$work/nginx.conf"
	mkdir -p "$work/www"
	echo hello >"$work/www/index.html"
	chmod -R a+rX "$work"
	nginx -c "$work/nginx.conf" 2>/dev/null &
	server=$!
	sleep 0.5
	# A number of requests, not a time: CPU time for the same work is what is compared.
	wrk_requests 40000
	kill "$server"
	wait "$server" || true
}
wrk_requests() {
	if command -v ab >/dev/null; then
		ab -q -k -n "$1" -c 16 "http://127.0.0.1:$port/index.html" >/dev/null
	else
		wrk -t 1 -c 16 -d 2 "http://127.0.0.1:$port/index.html" | awk '/requests in/ {print $1}' >"$work/requests"
	fi
}
tcp_() { "$work/connections" 20000; }

problem() {
	case $1 in
	redis) command -v redis-server >/dev/null && command -v redis-benchmark >/dev/null || echo 'redis-server and redis-benchmark are missing (redis-tools, redis-server)' ;;
	nginx) command -v nginx >/dev/null && { command -v wrk || command -v ab; } >/dev/null || echo 'nginx, and wrk or ab, are missing (nginx-light, wrk, apache2-utils)' ;;
	esac
}

# "CPU wall" seconds of one run. wrk works for a time: its CPU time is divided by what it got done.
measure() {
	TIMEFORMAT='%U %S %R'
	{ time "$1_" >/dev/null 2>&1; } 2>"$work/time"
	if [ "$1" = nginx ] && [ -s "$work/requests" ]; then
		awk -v n="$(cat "$work/requests")" '{print ($1 + $2) * 40000 / n, $3 * 40000 / n}' "$work/time"
	else
		awk '{print $1 + $2, $3}' "$work/time"
	fi
}

median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

# A round: every workload under every watcher. Appends "CPU wall own" of each to $work/WORKLOAD.MODE.
round() {
	for mode in $1; do
		start_watcher "$mode"
		for workload in $able; do
			measure "$workload" >/dev/null
			before=$(watcher_ticks)
			measured=$(measure "$workload")
			own=$(($(watcher_ticks) - before))
			echo "$measured $(awk -v t="$own" -v hz="$ticks_per_s" 'BEGIN {print t / hz}')" >>"$work/$workload.$mode"
		done
		stop_watcher
	done
}

# Of a workload and a watcher, from the pairs of all rounds.
tell() {
	paste -d' ' "$work/$1.none" "$work/$1.$2" | awk '{print $4 / $1, $5 / $2, $6 / $1}' >"$work/ratios"
	cpu=$(cut -d' ' -f1 "$work/ratios" | median)
	wall=$(cut -d' ' -f2 "$work/ratios" | median)
	own=$(cut -d' ' -f3 "$work/ratios" | median)
	seconds=$(cut -d' ' -f1 "$work/$1.none" | median)
	spread=$(cut -d' ' -f1 "$work/ratios" | sort -n | sed -n '1p;$p' | paste -sd' ' | awk '{printf "%+.1f to %+.1f", ($1 - 1) * 100, ($2 - 1) * 100}')
	awk -v w="$1" -v m="$2" -v c="$cpu" -v t="$wall" -v o="$own" -v s="$spread" -v n="$pairs" -v a="$seconds" \
		'BEGIN {printf "%-6s %-7s CPU %+6.1f %% (%s), wall %+6.1f %%, its own CPU %5.1f %%; %d pairs of %.2f s\n", w, m, (c - 1) * 100, s, (t - 1) * 100, o * 100, n, a}'
}

scale() {
	[ -n "$(command -v strace)" ] || return 0
	export -f "$1_" wrk_requests
	export here root work port
	bare=$(measure "$1" | cut -d' ' -f2)
	traced=$( { TIMEFORMAT=%R; time strace -f -c -o /dev/null bash -c "$1_" >/dev/null 2>&1; } 2>&1)
	awk -v w="$1" -v a="$bare" -v b="$traced" 'BEGIN {printf "%-6s strace  wall x %.1f (once)\n", w, b / a}'
}

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
gcc -O2 -o "$work/connections" "$here/connections.c"
ticks_per_s=$(getconf CLK_TCK)
able=
for workload in $workloads; do
	why=$(problem "$workload")
	if [ -n "$why" ]; then
		echo "$workload: skipped, $why"
	else
		able="$able $workload"
	fi
done
for pair in $(seq "$pairs"); do
	case $((pair % 3)) in
	0) round 'none lanner all' ;;
	1) round 'lanner all none' ;;
	2) round 'all none lanner' ;;
	esac
	echo "workloads: round $pair of $pairs is done" >&2
done
for workload in $able; do
	tell "$workload" lanner
	tell "$workload" all
	scale "$workload"
done
