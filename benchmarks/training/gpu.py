"""What a GPU is worth for these small networks: run by `benchmarks/training/gpu.sh`.

It prints, as a table for the ledger: the tests that need CUDA; steps a second of one beta-VAE and
of stacks of 16, 64 and 256, with and without the CUDA graph, beside the textbook loop on the same
device; every chapter's default run on the GPU with its last numbers beside the CPU's, seconds and
memory. A part that does not fit into the time left is named and skipped, and without CUDA so are
the parts that need it; what is left is measured on the CPU.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from datetime import date

sys.path.append(os.environ.get("WORKBENCH_WHEELS", ""))  # last: it fills gaps only

import torch
from speed import SIZES, Textbook, loss_of

from workbench.chapters import NAMES, find
from workbench.chapters.beta_vae import by_hand, lesson
from workbench.core.frames import last_frames
from workbench.science import nets
from workbench.science.tensors import resident

MOST_SECONDS = 460.0  # of eight minutes; the rest is for starting and for a run that is on its way
TEST_SECONDS = 150
STACKS = (1, 16, 64, 256)
STEPS, WARM_STEPS = 300, 30
START = time.monotonic()


def seconds_left() -> float:
    return MOST_SECONDS - (time.monotonic() - START)


def wait_for(device: str) -> float:
    """The clock, once the device has done what it was asked for."""
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def steps_a_second(step, device: str) -> float:
    for _ in range(WARM_STEPS):
        step()
    start = wait_for(device)
    for _ in range(STEPS):
        step()
    return STEPS / (wait_for(device) - start)


def textbook_step(device: str):
    """The step of most tutorials: two heads, autograd, torch.optim.Adam, `.item()` every time."""
    torch.manual_seed(0)
    x = resident("digits", device).train
    model = Textbook(*SIZES).to(device)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step() -> None:
        loss = loss_of(model, x[torch.randint(len(x), (64,), device=device)])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss.item()

    return step


def stack_step(runs: int, device: str, graph: bool):
    """The chapter's own step for a stack of so many runs."""
    pixels, hidden, latent = SIZES
    seeds = nets.generators(range(runs))
    x = resident("digits", device).train
    vae = lesson.Vae(pixels, latent, seeds, device, hidden=[hidden])
    adam = nets.Adam(vae.parameters(), [3e-3] * runs)
    batches = nets.Batches(len(x), 64, seeds, device)
    noise = nets.Noise((64, latent), seeds, device)
    one = torch.ones(runs, device=device)
    price = lesson.Price("beta", one, one, one)
    descend = by_hand.descent() if graph else nets.descent(by_hand.gradient)
    return lambda: descend(vae, adam, x[batches.draw()], noise.draw(), price, "bernoulli")


def run_tests() -> str:
    """The last line of pytest over the tests marked gpu."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "gpu", "-rs"]
    path = os.pathsep.join([os.environ.get("PYTHONPATH", ""), os.environ["WORKBENCH_WHEELS"]])
    environment = os.environ | {"PYTHONPATH": path}
    try:
        done = subprocess.run(
            [*command, "tests/running/test_gpu.py"],
            capture_output=True,
            text=True,
            timeout=TEST_SECONDS,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return f"not done within {TEST_SECONDS} s"
    lines = (done.stdout + done.stderr).strip().splitlines()
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-2000:], sep="\n")
    return lines[-1] if lines else "pytest said nothing"


def print_speeds(device: str) -> None:
    textbook = steps_a_second(textbook_step(device), device)
    title = f"beta-VAE 64-128-10, batch 64, on {device}"
    print(f"\n| {title} | model-steps a second | of the textbook's |")
    print("| --- | --- | --- |")
    print(f"| textbook loop | {textbook:.0f} | 1 |", flush=True)
    for graph in (False, True) if device == "cuda" else (False,):
        for runs in STACKS:
            if seconds_left() < 60:
                print(f"| stack of {runs} | skipped: no time left | |")
                continue
            speed = runs * steps_a_second(stack_step(runs, device, graph), device)
            form = f"stack of {runs}" + ", one CUDA graph a step" * graph
            print(f"| {form} | {speed:.0f} | {speed / textbook:.1f} |", flush=True)


def timed_run(name: str, device: str) -> tuple[float, dict[str, float]]:
    """Seconds and last numbers of a chapter's default run."""
    chapter = find(name)
    start = wait_for(device)
    (last,) = last_frames(chapter.train([chapter.Settings()], device))
    return wait_for(device) - start, last.scalars


def print_runs(devices: list[str]) -> None:
    print("\n| default run | number | " + " | ".join(devices) + " | seconds | MB on the GPU |")
    print("| --- | --- |" + " --- |" * len(devices) + " --- | --- |")
    for name in NAMES:
        if seconds_left() < 45:
            print(f"| {name} | skipped: no time left |" + " |" * (len(devices) + 2))
            continue
        if "cuda" in devices:
            torch.cuda.reset_peak_memory_stats()
        done = {device: timed_run(name, device) for device in devices}
        memory = f"{torch.cuda.max_memory_allocated() / 2**20:.0f}" if "cuda" in devices else "-"
        seconds = ", ".join(f"{device} {spent:.1f}" for device, (spent, _) in done.items())
        numbers = [number for number in find(name).reading if number in done["cpu"][1]]
        for number in numbers[:3]:
            values = " | ".join(f"{scalars[number]:.4g}" for _, scalars in done.values())
            print(f"| {name} | {number} | {values} | {seconds} | {memory} |", flush=True)
            seconds = memory = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--no-tests", action="store_true", help="leave out the tests")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cuda = torch.cuda.is_available()
    card = torch.cuda.get_device_name() if cuda else "no CUDA device"
    print(f"## {date.today()}: {card}, {platform.processor() or platform.machine()}, ", end="")
    print(f"Python {platform.python_version()}, torch {torch.__version__}\n")
    if not cuda:
        print("Skipped, for there is no CUDA device: the tests, graphs, and runs on a GPU.")
    elif not options.no_tests:
        print(f"Tests marked gpu: {run_tests()}", flush=True)
    if cuda:
        print_speeds("cuda")
    print_speeds("cpu")
    print_runs(["cpu", "cuda"] if cuda else ["cpu"])
    print(f"\n{time.monotonic() - START:.0f} s in all.")


if __name__ == "__main__":
    main()
