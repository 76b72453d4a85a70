"""The CUDA paths: the same experiment on another device."""

import pytest
import torch

from workbench.chapters import NAMES, find
from workbench.core.frames import last_frames
from workbench.running import faults
from workbench.running.errors import WorkerDied
from workbench.running.players import Place
from workbench.running.worker import frames
from workbench.science import nets

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_means_the_same_experiment_on_both_devices(name):
    cls = find(name).Settings
    settings = cls(steps=cls.knobs()["steps"].low)
    (cpu,), (cuda,) = (last_frames(frames(name, [settings], on)) for on in ("cpu", "cuda"))
    assert cuda.scalars.keys() == cpu.scalars.keys()
    for scalar, value in cpu.scalars.items():
        assert cuda.scalars[scalar] == pytest.approx(value, rel=0.02, abs=0.02)


@pytest.mark.parametrize("count", [1, 16, 64, 256])
def test_a_captured_step_trains_as_the_step_itself(count, monkeypatch):
    cls = find("beta-vae").Settings
    runs = [cls(beta=i % 5, seed=i % 100, lr=0.001, steps=100) for i in range(count)]
    graph = last_frames(frames("beta-vae", runs, "cuda"))
    calls = []
    monkeypatch.setattr(nets, "captured", lambda step, *_: calls.append(step) or step)
    eager = last_frames(frames("beta-vae", runs, "cuda"))
    assert len(calls) == 1
    for captured, expected in zip(graph, eager, strict=True):
        for scalar, value in expected.scalars.items():
            assert captured.scalars[scalar] == pytest.approx(value, rel=1e-3, abs=1e-3)


def test_a_worker_trains_on_cuda_and_leaves_a_run():
    place, cls = Place("cuda"), find("beta-vae").Settings
    try:
        run = place.frames("beta-vae", [cls()])
        assert next(run)[0].step == 1
        run.close()
        assert last_frames(place.frames("beta-vae", [cls(steps=100)]))[0].step == 100
    finally:
        place.close()


def test_a_worker_whose_gpu_context_is_broken_is_replaced(monkeypatch):
    monkeypatch.setenv(faults.SWITCH, "index@1:13")
    place, cls = Place("cuda"), find("beta-vae").Settings
    try:
        pid = place.process.pid
        with pytest.raises((RuntimeError, WorkerDied)):
            list(place.frames("beta-vae", [cls(seed=13, steps=100)]))
        assert last_frames(place.frames("beta-vae", [cls(seed=1, steps=100)]))[0].step == 100
        assert place.process.pid != pid
    finally:
        place.close()
