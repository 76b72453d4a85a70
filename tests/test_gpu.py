"""The CUDA paths: the same experiment on another device."""

import pytest
import torch

from workbench.chapters import NAMES, find
from workbench.players import Worker, frames

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_means_the_same_experiment_on_both_devices(name):
    settings = find(name).Settings(steps=100)
    *_, cpu = frames(name, settings, "cpu")
    *_, cuda = frames(name, settings, "cuda")
    assert cuda.scalars.keys() == cpu.scalars.keys()
    for scalar, value in cpu.scalars.items():
        assert cuda.scalars[scalar] == pytest.approx(value, rel=0.02, abs=0.02)


def test_a_worker_trains_on_cuda_and_leaves_a_run():
    worker = Worker("cuda")
    try:
        run = worker.frames("beta-vae", find("beta-vae").Settings())
        assert next(run).step == 1
        run.close()
        *_, last = worker.frames("beta-vae", find("beta-vae").Settings(steps=100))
        assert last.step == 100
    finally:
        worker.close()
