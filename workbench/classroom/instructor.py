"""Who is the instructor: a password, and a signed cookie for the browser that has given it.

The password is in no address: it is posted once, and the cookie says afterwards who has known it.
"""

import hashlib
import hmac
import os
import secrets

from tornado.web import create_signed_value, decode_signed_value

KEY = "WORKBENCH_INSTRUCTOR"  # the environment's name for the instructor's password
COOKIE = "workbench_instructor"
DAYS = 1  # that the cookie is good for
MADE = secrets.token_hex(32)  # signs cookies of this start, unless a lasting secret is given


def may_instruct(password: str) -> bool:
    """Whether this is the instructor's password. Without one set nobody may."""
    wanted = os.environ.get(KEY, "")
    return bool(wanted) and hmac.compare_digest(password.encode(), wanted.encode())


def make_cookie() -> str:
    """The value of COOKIE for a browser that has given the password."""
    return create_signed_value(_secret(), COOKIE, "instructor").decode()


def is_instructor(cookie: str | None) -> bool:
    """Whether this value of COOKIE is ours, and not too old. Another password ends them all."""
    if not os.environ.get(KEY) or not cookie:
        return False
    return decode_signed_value(_secret(), COOKIE, cookie, max_age_days=DAYS) is not None


def _secret() -> str:
    """What signs: with PANEL_COOKIE_SECRET a cookie outlives the server, as a log-in does."""
    lasting = os.environ.get("PANEL_COOKIE_SECRET") or MADE
    return hashlib.sha256(f"{lasting}\n{os.environ.get(KEY, '')}".encode()).hexdigest()
