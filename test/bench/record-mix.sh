#!/bin/sh
# Makes a recording of mixed activity for the replay bench: opens of many files, programs started in pipelines, forks, connections,
# renames and removals. Needs root, python3 and a built probe; writes only to a temporary folder.
#
#   test/bench/record-mix.sh FILE [SECONDS] [OPTION OF lanner record…]      then: ./lanner replay FILE --stats
#
# With `--also close` it is like what Falco traces by itself, where a third of the events are closes.
set -eu
file=${1:?name the recording to make}
seconds=${2:-20}
[ $# -gt 1 ] && shift 2 || shift
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

files_of_many() {
	python3 - "$seconds" <<'PY'
import os, sys, time
end = time.time() + float(sys.argv[1])
paths = []
for root, _, names in os.walk('/usr'):
    paths += [os.path.join(root, name) for name in names]
    if len(paths) > 20000: break
while time.time() < end:
    for path in paths:
        try: os.close(os.open(path, os.O_RDONLY))
        except OSError: pass
PY
}
changes() {
	python3 - "$seconds" "$work" <<'PY'
import os, socket, sys, time
end = time.time() + float(sys.argv[1])
os.chdir(sys.argv[2])
n = 0
server = socket.create_server(('127.0.0.1', 0))
while time.time() < end:
    n += 1
    name = f'f{n % 500}'
    os.close(os.open(name, os.O_WRONLY | os.O_CREAT, 0o600))
    os.rename(name, name + '.new'); os.chmod(name + '.new', 0o644); os.unlink(name + '.new')
    if n % 10 == 0:
        client = socket.create_connection(server.getsockname()); server.accept()[0].close(); client.close()
PY
}
programs() {
	end=$(($(date +%s) + seconds))
	while [ "$(date +%s)" -lt "$end" ]; do
		for i in 1 2 3 4 5 6 7 8 9; do ls /etc | sort | head -n "$i" | grep -c a >/dev/null || :; (id -u | tr 0 1 >/dev/null); done
	done
}

"$here/lanner" record -o "$file" --force --duration "$((seconds + 2))s" "$@" &
recorder=$!
sleep 5
files_of_many & changes & programs
wait
