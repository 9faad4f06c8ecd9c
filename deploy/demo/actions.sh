#!/bin/bash
# What the shipped recording shows: harmless versions of what an intruder does first. Leaves nothing behind.
set -u
folder=$(mktemp -d /tmp/demo.XXXXXX)
trap 'rm -rf "$folder"; rm -f /bin/demo-hack' EXIT

ls -l /etc >/dev/null
grep -c bash /etc/passwd >/dev/null
sleep 0.2
touch /bin/demo-hack
sleep 0.2
sh -c 'cat /etc/shadow >/dev/null; true'
sleep 0.2
python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)'
sleep 0.2
cp /bin/true "$folder/payload" && chmod u+s "$folder/payload" && "$folder/payload"
sleep 0.2
ln -s /etc/shadow "$folder/innocent"
mkdir -p "$folder/.ssh" && echo 'ssh-ed25519 AAAA demo' >>"$folder/.ssh/authorized_keys"
sh -c 'cp /bin/ls /dev/shm/demo-ls && /dev/shm/demo-ls >/dev/null; rm -f /dev/shm/demo-ls'
sleep 0.2
date >/dev/null
