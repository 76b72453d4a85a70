"""Tasks of a computing cluster and how they ended, simulated in the spirit of Google's trace.

The public trace of 2011 says how each task ended (evicted, failed, finished, killed). Its ends are
very unequally frequent, and the tasks of one job are much alike; so are these. Nothing here was
measured: the rules below are ours.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

CLASSES = ("evict", "fail", "finish", "kill")


FEATURES = tuple(
    "hour day job_size task_share scheduling_class priority cpu_request memory_request "
    "disk_request other_machine cpu_mean cpu_max memory_mean memory_max memory_assigned page_cache "
    "io_time disk_space cycles_per_instruction memory_per_instruction sampled run_time wait_time "
    "resubmissions machine_cpu machine_memory evictions".split()
)  # 27
JOBS, TASKS = 700, 10
PRIORITIES = [0, 1, 2, 4, 8, 9, 10]
PRIORITY_SHARES = [0.3, 0.2, 0.1, 0.1, 0.1, 0.15, 0.05]


def simulate(seed: int = 0) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """x_train [n, 27], y_train [n], x_test, y_test: 7000 tasks; every fifth job is for testing."""
    rng = np.random.default_rng(seed)
    f = _tasks(rng)
    y = _ends(f, rng)
    _aftermath(f, y, rng)
    x = np.stack([f[name] for name in FEATURES], 1)
    test = np.repeat(np.arange(JOBS) % 5 == 4, TASKS)
    return x[~test], y[~test], x[test], y[test]


def of_job(values: NDArray) -> NDArray:
    """What all tasks of a job have in common, for each task."""
    return np.repeat(values, TASKS)


def _around(rng: np.random.Generator, values: NDArray, spread: float = 0.15) -> NDArray:
    return values * np.exp(rng.normal(0, spread, len(values)))


def _tasks(rng: np.random.Generator) -> dict[str, NDArray]:
    """What is known of JOBS * TASKS tasks while they run, by feature."""
    n, around = JOBS * TASKS, partial(_around, rng)
    priority = of_job(rng.choice(PRIORITIES, JOBS, p=PRIORITY_SHARES))
    cpu, memory, disk = (of_job(rng.lognormal(mean, 0.8, JOBS)) for mean in (-3.5, -3.5, -7))
    appetite = of_job(rng.lognormal(-0.5, 0.35, JOBS))  # memory used, as a share of the request
    used = around(memory * appetite)
    load, full = of_job(rng.beta(3, 2, JOBS)), of_job(rng.beta(3, 2, JOBS))
    run = around(of_job(rng.lognormal(6, 1.2, JOBS)), 0.4)
    return {
        "hour": of_job(rng.uniform(0, 24, JOBS)),
        "day": of_job(rng.integers(0, 7, JOBS)),
        "job_size": of_job(rng.lognormal(3, 1.2, JOBS)),
        "task_share": rng.random(n),
        "scheduling_class": of_job(rng.integers(0, 4, JOBS)),
        "priority": priority,
        "cpu_request": cpu,
        "memory_request": memory,
        "disk_request": disk,
        "other_machine": of_job(rng.random(JOBS) < 0.1),
        "cpu_mean": around(cpu * 0.5),
        "cpu_max": around(cpu * 0.9),
        "memory_mean": used * 0.8,
        "memory_max": used,
        "memory_assigned": around(memory, 0.05),
        "page_cache": around(memory * 0.1, 0.5),
        "io_time": rng.lognormal(-6, 1, n),
        "disk_space": around(disk * 0.4),
        "cycles_per_instruction": around(np.full(n, 2.0), 0.3),
        "memory_per_instruction": around(np.full(n, 0.01), 0.5),
        "sampled": rng.random(n),
        "run_time": run,
        "wait_time": around(of_job(rng.lognormal(1, 1, JOBS)), 0.3),
        "resubmissions": rng.poisson(of_job(rng.gamma(0.5, 1.0, JOBS))),
        "machine_cpu": np.clip(load + rng.normal(0, 0.05, n), 0, 1),
        "machine_memory": np.clip(full + rng.normal(0, 0.05, n), 0, 1),
        "evictions": np.zeros(n),
    }


def _ends(f: dict[str, NDArray], rng: np.random.Generator) -> NDArray:
    """How each task ends [n]: low priority on a full machine is evicted, too much memory or many
    attempts fail, long runs of large jobs are killed by their owner, the others finish."""
    crowded = 8 * (f["machine_cpu"] - 0.6) - 1.2 * f["priority"] + 1
    greedy = 7 * np.log(f["memory_max"] / f["memory_request"]) + 1.5 * f["resubmissions"] - 2
    endless = 2.2 * np.log(f["run_time"] / 600) + 1.0 * np.log(f["job_size"] / 20) - 0.5
    scores = np.stack([crowded - 1, greedy, np.ones(len(crowded)), endless], 1)
    return (scores + rng.gumbel(0, 0.5, scores.shape)).argmax(1)


def _aftermath(f: dict[str, NDArray], y: NDArray, rng: np.random.Generator) -> None:
    """What an end leaves in the record: cut runs, more attempts."""
    evicted, failed = y == 0, y == 1
    f["run_time"][failed] *= 0.5
    f["evictions"] = f["evictions"] + evicted * rng.poisson(1.0, len(y))
    f["resubmissions"] = f["resubmissions"] + failed * rng.poisson(0.7, len(y))
