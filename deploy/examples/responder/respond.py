#!/usr/bin/env python3
"""Kills the process of an alert, and only that one: `respond.py RULE…`, for an output of kind program with mode: once.

A process id is used again once its process has ended. So the process is held first (a pidfd), then it is compared with the alert by
boot and start time, then the signal goes to what is held: it cannot reach another one. Exit codes as the output reads them:
0 done or nothing to do, 65 not an alert, 78 not allowed to signal.
"""
import json
import os
import signal
import sys

EX_DATAERR = 65
EX_CONFIG = 78
MICROSECONDS = 1_000_000


def start_ticks(pid: int) -> int:
    """Field 22 of /proc/PID/stat; the name before it may hold spaces and brackets."""
    with open(f"/proc/{pid}/stat", "rb") as stat:
        return int(stat.read().rpartition(b")")[2].split()[19])


def this_boot() -> str:
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as boot_id:
        return boot_id.read().strip()


def respond(alert: dict, rules: list[str]) -> str:
    """What was done; raises PermissionError when it may not be done."""
    facts = alert["lanner"]
    pid, start = int(facts["pid"]), int(facts["start"])
    if alert["rule"] not in rules:
        return "nothing: the rule is none of ours"
    if pid <= 1 or pid in (os.getpid(), os.getppid()):
        return f"nothing: process {pid} is not to be killed"
    if facts["boot_id"].replace("-", "") != this_boot().replace("-", ""):
        return "nothing: another host, or an earlier boot"
    try:
        held = os.pidfd_open(pid)
    except ProcessLookupError:
        return f"nothing: process {pid} has ended"
    try:
        if start_ticks(pid) != start * os.sysconf("SC_CLK_TCK") // MICROSECONDS:
            return f"nothing: process {pid} is another one by now"
        signal.pidfd_send_signal(held, signal.SIGKILL)
    except (ProcessLookupError, FileNotFoundError):
        return f"nothing: process {pid} has ended"
    finally:
        os.close(held)
    return f"killed process {pid}"


def main() -> int:
    try:
        print(respond(json.loads(sys.stdin.readline()), sys.argv[1:]))
    except PermissionError as error:
        print(f"not allowed: {error}", file=sys.stderr)
        return EX_CONFIG
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"not an alert: {error!r}", file=sys.stderr)
        return EX_DATAERR
    return 0


if __name__ == "__main__":
    sys.exit(main())
