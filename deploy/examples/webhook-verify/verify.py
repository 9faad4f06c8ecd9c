"""Verifies a Lanner-Signature; `verify` is what a receiver copies."""
import hashlib
import hmac
import os
import re
import sys
import time

AGE_SECONDS_MAX = 300


def verify(body: bytes, header: str, secret: str, now_seconds: float) -> bool:
    match = re.fullmatch(r"t=(\d{1,12}),v1=([0-9a-f]{64})", header)
    if match is None:
        return False
    seconds, given = match.groups()
    if abs(now_seconds - int(seconds)) > AGE_SECONDS_MAX:
        return False
    expected = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, given)


if __name__ == "__main__":
    secret = os.environ.get("WEBHOOK_SECRET", "")
    signature = os.environ.get("WEBHOOK_SIGNATURE", "")
    print("valid" if verify(sys.stdin.buffer.read(), signature, secret, time.time()) else "invalid")
