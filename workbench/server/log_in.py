"""The ways in: the class's password, and the instructor's, which opens the class as well."""

from pathlib import Path

from jinja2 import Template
from panel import auth, config
from panel.auth import BasicAuthProvider, BasicLoginHandler, OAuthProvider
from tornado.web import RequestHandler

from workbench.classroom.instructor import COOKIE, DAYS, is_instructor, make_cookie, may_instruct
from workbench.server.frames import guard_frame

FORM = Template((Path(__file__).parent / "instructor.html").read_text())
WRONG = "That is not the password."
PAGE = "./app?instructor="  # the instructor's page; who has no cookie is sent to the door


class InstructorDoor(RequestHandler):
    """/instructor asks for the instructor's password, unless the browser has given it before."""

    def prepare(self) -> None:
        guard_frame(self)

    def get(self) -> None:
        self.redirect(PAGE) if is_instructor(self.get_cookie(COOKIE)) else self._ask("")

    def post(self) -> None:
        if not may_instruct(self.get_body_argument("password", "")):
            self.set_status(403)
            return self._ask(WRONG)
        admit(self)
        provider = self.application.auth_provider
        if isinstance(provider, BasicAuthProvider) and not isinstance(provider, OAuthProvider):
            BasicLoginHandler.set_current_user(self, "class")
        self.redirect(PAGE)

    def _ask(self, complaint: str) -> None:
        self.set_header("Cache-Control", "no-store")
        self.finish(FORM.render(complaint=complaint))


class LogIn(BasicLoginHandler):
    """The log-in of the class, which takes the instructor's password, too."""

    def prepare(self) -> None:
        guard_frame(self, embeds=True)

    def _validate(self, username: str, password: str) -> bool:
        if may_instruct(password):
            admit(self)
            return True
        return super()._validate(username, password)


def admit(handler: RequestHandler) -> None:
    """Gives the browser the instructor's cookie, which neither scripts nor other sites see."""
    handler.set_cookie(
        COOKIE,
        make_cookie(),
        expires_days=DAYS,
        path=config.cookie_path,
        httponly=True,
        samesite="Lax",
        secure=handler.request.protocol == "https",
    )


def take_both_passwords() -> None:
    """Puts our log-in in the place of Panel's."""
    auth.BasicLoginHandler = LogIn
