"""`workbench serve`: the dashboard for a class or for one reader."""

import atexit
import json
import os
import re
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from workbench.cli.common import FILE, SCHEDULER, Refused

SERVED = (".ipynb", ".py", ".md")  # what Panel can serve beside the dashboard
SIZE = re.compile(r"(\d+(?:\.\d+)?) ?MB", re.IGNORECASE)
MOST_UPLOAD_MB = 200
HERE = ("127.0.0.1", "localhost", "::1")  # addresses that only this machine reaches


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--port", default=5006, show_default=True, type=click.IntRange(0, 65535))
@click.option("--address", default="127.0.0.1", show_default=True, help="0.0.0.0 for a class.")
@click.option(
    "--password",
    envvar="WORKBENCH_PASSWORD",
    show_envvar=True,
    help="What a reader must know  [default: none on this machine alone, else one is made]",
)
@click.option(
    "--room",
    type=click.IntRange(1, 10_000),
    default=120,
    show_default=True,
    help="Sessions at once; more are asked to try again.",
)
@click.option("--prefix", default="", help="What every address begins with, behind a proxy.")
@click.option("--scheduler", metavar="ADDRESS", help=SCHEDULER)
@click.option(
    "--record",
    type=FILE,
    help="Append the votes of the class to this file, and go on from what it holds  "
    "[default: they are forgotten with the server]",
)
@click.option(
    "--allow-embed",
    multiple=True,
    metavar="ORIGIN",
    help="Let pages of this origin, such as https://lms.example, show ours in a frame.",
)
@click.option(
    "--uploads",
    metavar="SIZE",
    help="Let readers bring own data of at most so much, such as 20MB  [default: nobody may]",
)
@click.option("--dev", is_flag=True, help="Show the page of components, too: /app?design")
@click.argument("extra", nargs=-1, type=click.UNPROCESSED)
def serve(
    port: int,
    address: str,
    password: str | None,
    room: int,
    prefix: str,
    scheduler: str | None,
    record: str | None,
    allow_embed: tuple[str, ...],
    uploads: str | None,
    dev: bool,
    extra: tuple[str, ...],
) -> None:
    """Serve the dashboard; further arguments go to `panel serve` (--show, a notebook ...)."""
    if scheduler:
        os.environ["WORKBENCH_SCHEDULER"] = scheduler
    if dev:
        os.environ["WORKBENCH_DEV"] = "1"
    # Signed session ids, with a key of this start: without them hand-made tokens open sessions.
    # Bokeh reads both when it is imported.
    os.environ.setdefault("BOKEH_SIGN_SESSIONS", "yes")
    os.environ.setdefault("BOKEH_SECRET_KEY", secrets.token_hex(32))
    files, extra = split_files(extra)
    guarded = any(word.startswith(("--basic-auth", "--oauth")) for word in extra)
    prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
    if password and password == os.environ.get("WORKBENCH_INSTRUCTOR"):
        raise Refused("The class's password must be another than the instructor's.")
    if address not in HERE:
        password = make_passwords(password, guarded, f"http://{outer_address()}:{port}{prefix}")
    if record:
        keep_votes(record)
    if uploads:
        take_uploads(uploads)
    if password:
        extra = (*extra, *log_in_arguments(password))
    extra = (*extra, *allow_frames(allow_embed))
    if prefix:  # a log-in leads to our own pages, and its cookie goes nowhere else
        extra = ("--prefix", prefix, "--root-path", f"{prefix}/", "--cookie-path", prefix, *extra)
    warm(room)
    # In this process, because Panel's own launcher would be imported again by every worker.
    app, *arguments = serve_arguments(port, address, extra)
    sys.argv = ["panel", "serve", app, *files, *arguments]
    from panel.command import main as panel

    from workbench.server import launch

    try:
        panel()
    finally:
        launch.end()


def make_passwords(password: str | None, guarded: bool, pages: str) -> str | None:
    """The class's password, made where there is none; prints it, and where which one opens what."""
    if not password and not guarded:
        password = secrets.token_urlsafe(6)
        click.echo(f"The password of the class is {password}")
    key = os.environ.setdefault("WORKBENCH_INSTRUCTOR", secrets.token_urlsafe(9))
    from workbench.classroom.room import classroom

    classroom().pages = f"{pages}/app?room"
    click.echo(f"Readers open {pages}/app")
    click.echo(f"The instructor opens {pages}/instructor and gives {key}, which opens both")
    return password


def keep_votes(record: str) -> None:
    """Keeps the class's votes in this file. Raises Refused where it cannot be used."""
    from workbench.classroom.record import RecordError
    from workbench.classroom.room import classroom

    try:
        classroom().votes.remember(Path(record))
    except RecordError as error:
        raise Refused(str(error)) from None
    if "WORKBENCH_INSTRUCTOR" not in os.environ:  # who else would open a task?
        key = os.environ["WORKBENCH_INSTRUCTOR"] = secrets.token_urlsafe(9)
        click.echo(f"The instructor opens /instructor and gives {key}")


def take_uploads(size: str) -> None:
    """Lets readers bring files of at most this size. Raises Refused for what is no size."""
    match = SIZE.fullmatch(size.strip())
    if not match or not 0 < (most := round(float(match[1]) * 10**6)) <= 10**6 * MOST_UPLOAD_MB:
        raise Refused(
            f"--uploads takes a size from 0.1MB to {MOST_UPLOAD_MB}MB, not {size[:40]!r}."
        )
    from workbench.data.uploads import make_folder
    from workbench.view.page import uploads

    uploads.limit = most
    folder = make_folder(Path(tempfile.gettempdir()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def allow_frames(origins: Iterable[str]) -> list[str]:
    """Lets these origins show our pages; the arguments of `panel serve` for their websockets."""
    from workbench.server import frames

    try:
        hosts = [frames.host_of(origin) for origin in origins]
    except ValueError as error:
        raise Refused(f"--allow-embed {error}") from None
    frames.ALLOWED[:] = origins
    return [word for host in hosts for word in ("--allow-websocket-origin", host)]


def split_files(extra: Iterable[str]) -> tuple[list[str], tuple[str, ...]]:
    """The notebooks and scripts among the further arguments, and the other arguments.

    Raises Refused, in one sentence, for a file that cannot be served.
    """
    files, others, before = [], [], ""
    for word in extra:
        if word.startswith("-") or before.startswith("-") and not word.endswith(SERVED):
            others.append(word)
        else:
            files.append(_checked(word))
        before = word
    return files, tuple(others)


def _checked(word: str) -> str:
    """The path of a notebook or script, if Panel can serve it."""
    path = Path(word)
    if not word.endswith(SERVED):
        raise Refused(f"serve takes notebooks and scripts beside its options, not {word[:80]!r}.")
    try:
        content = path.read_text()
        if path.suffix == ".ipynb":
            json.loads(content)["cells"]
    except OSError as error:
        raise Refused(f"{word[:80]} cannot be served: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise Refused(f"{word[:80]} cannot be served: it holds no notebook.") from None
    return word


def log_in_arguments(password: str) -> list[str]:
    """The arguments of `panel serve` for a class that has a password. The name is not asked for."""
    if os.path.isfile(password):
        raise Refused(
            "The password is the name of a file here, which Panel would read; take another."
        )
    page = str(Path(__file__).parents[1] / "server" / "login.html")
    # of this start, so that a log-in ends with it, unless a key is given that Panel reads itself
    made = ["--cookie-secret", secrets.token_hex(32)]
    secret = [] if os.environ.get("PANEL_COOKIE_SECRET") else made
    return ["--basic-auth", password, *secret, "--basic-login-template", page]


def warm(room: int) -> None:
    """Readies the server before it serves; Panel is imported here and not with the command line."""
    from workbench.server import launch

    launch.warm(room)


def outer_address() -> str:
    """This machine's address in the network that leads out of it. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # an address for documentation, of nobody
        return probe.getsockname()[0]
    return "127.0.0.1"


def serve_arguments(port: int, address: str, extra: Iterable[str] = ()) -> list[str]:
    """The arguments of `panel serve` for the dashboard."""
    names = [address, "127.0.0.1", "localhost", socket.gethostname()]
    hosts = dict.fromkeys(names if address in HERE else [*names, outer_address()])
    origins = [word for host in hosts for word in ("--allow-websocket-origin", f"{host}:{port}")]
    # who loses the network for half a minute finds the page as it was, a lesson long; and no
    # message needs more than a megabyte
    limits = {
        "--unused-session-lifetime": 30_000,
        "--session-token-expiration": 86_400,
        "--check-unused-sessions": 2000,
        "--keep-alive": 10000,
        "--websocket-max-message-size": 1_000_000,
    }
    numbers = [word for name, value in limits.items() for word in (name, str(value))]
    app = str(Path(__file__).parents[1] / "app.py")
    return [app, "--port", str(port), "--address", address, *origins, *numbers, *extra]
