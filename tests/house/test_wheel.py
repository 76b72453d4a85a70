"""The wheel is enough: installed by itself, outside the checkout, it serves."""

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
PORT = 5390


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"  # a copy: a build leaves folders beside its sources
    shutil.copytree(ROOT / "workbench", source / "workbench")
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXTS.md"):
        shutil.copy(ROOT / name, source)
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, source)
    (built,) = folder.glob("*.whl")
    return built


def run(*command) -> None:
    subprocess.run(list(map(str, command)), check=True)


@pytest.mark.slow
def test_pipx_serves_the_wheel(wheel, tmp_path):
    """PyTorch and all else are installed anew, which takes minutes and a registry."""
    run(sys.executable, "-m", "venv", tmp_path / "tools")
    run(tmp_path / "tools/bin/pip", "install", "--quiet", "pipx")
    constraints = f"--pip-args=--constraint={ROOT / 'constraints.txt'}"
    command = [tmp_path / "tools/bin/pipx", "run", constraints, "--spec", wheel]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    with subprocess.Popen(
        [*map(str, command), "dlwl-workbench", "serve", "--port", str(PORT)],
        cwd=tmp_path,
        env=environment,
    ) as server:
        try:
            assert b"beta-vae" in answer(server, "")
            assert b"Reconstructions" in answer(server, "app?chapter=beta-vae")
        finally:
            server.terminate()


def answer(server: subprocess.Popen, path: str) -> bytes:
    """What the server answers, once it is there."""
    while server.poll() is None:
        with suppress(URLError, TimeoutError), urlopen(f"http://127.0.0.1:{PORT}/{path}") as reply:
            return reply.read()
        with suppress(subprocess.TimeoutExpired):
            server.wait(1)
    raise AssertionError(f"the server ended with {server.returncode}")
