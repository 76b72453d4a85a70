"""TODO."""

from workbench.chapters.ceal import team as active
from workbench.chapters.ceal.knobs import Settings, taking_part
from workbench.chapters.ceal.team import Member


def family(run: Settings) -> dict[str, list[Member]]:
    """The networks that a run trains: one a seed for each strategy."""
    knobs = {
        name: getattr(run, name)
        for name in ("k", "initial", "delta", "decay", "schedule", "lr", "sign_bug")
    }
    return {
        name: [active.member(name, seed=run.seed + 100 * i, **knobs) for i in range(run.seeds)]
        for name in taking_part(run)
    }
