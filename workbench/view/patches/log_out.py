"""Panel 1.9.4: a log-out that ends the log-in also behind a proxy with a prefix.

Panel's forgets the cookie under "/" alone, so behind a prefix the reader stays logged in, and it
shows a page that asks its own site for pictures. `tests/server/test_connection.py` logs in and out
under a prefix; when it passes without this, the file may go.
"""

from panel import auth, config
from tornado.web import RequestHandler

from workbench.classroom.instructor import COOKIE


class LogOut(RequestHandler):
    """Forgets a log-in where it was made, under our prefix, and asks for the password again."""

    def get(self) -> None:
        for name in ("user", "id_token", COOKIE):
            self.clear_cookie(name, path=config.cookie_path)
        self.redirect("./login")


def log_out_under_the_prefix() -> None:
    """Puts our log-out in the place of Panel's."""
    auth.LogoutHandler = LogOut
