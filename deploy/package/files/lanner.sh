#!/bin/sh
# lanner with the Node.js that came with it. Found from this file's own place, symbolic links followed.
self=$(readlink -f -- "$0")
lib=${self%/*/*}/lib/lanner
exec "$lib/node" "$lib/lanner" "$@"
