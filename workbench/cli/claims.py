"""`workbench claims NAME`: what a chapter claims, each sentence tested over seeds."""

import json
from collections.abc import Sequence

import click

from workbench.cli.common import Refused, did_you_mean
from workbench.core.chapter import Chapter, Claim
from workbench.running.claim_memory import Outcome, shared_memory
from workbench.running.claim_tests import SEEDS, measure_claim, verdict
from workbench.running.errors import KNOWN, plain

WORDS = {True: "holds", False: "fails", None: "not measured"}
MOST_SEED = 9999


class SeedRange(click.ParamType):
    """Seeds such as 0-4 or 3, as a tuple of numbers."""

    name = "seeds"

    def convert(self, value, param, ctx):
        if isinstance(value, tuple):
            return value
        first, dash, last = str(value).partition("-")
        if first.isdecimal() and (last if dash else first).isdecimal():
            seeds = tuple(range(int(first), int(last if dash else first) + 1))
            if seeds and seeds[-1] <= MOST_SEED:
                return seeds
        self.fail(f"must be seeds such as 0-4 or 3, not {str(value)[:40]!r}.", param, ctx)


@click.command()
@click.argument("name")
@click.argument("claim", required=False)
@click.option(
    "--seeds", type=SeedRange(), default=SEEDS, metavar="FIRST-LAST", help="Seeds  [default: 0-4]"
)
@click.option("--json", "as_json", is_flag=True, help="A JSON line a seed.")
def claims(name: str, claim: str | None, seeds: Sequence[int], as_json: bool) -> None:
    """Test what chapter NAME claims, or one CLAIM of it, over seeds.

    A page shows what this has measured. It ends with status 1 if a claim fails on a seed.
    """
    from workbench.chapters import find
    from workbench.science.compute import one_thread

    chapter = find(name)
    holds = True
    with one_thread():  # as the server measures, so that the numbers agree
        for each in _chosen(chapter, claim):
            outcomes = _test(chapter, each, seeds, as_json)
            holds = holds and all(outcome.holds for outcome in outcomes.values())
    if not holds:
        raise click.exceptions.Exit(1)


def _chosen(chapter: Chapter, claim: str | None) -> list[Claim]:
    known = {each.id: each for each in chapter.claims}
    if claim is None:
        return list(known.values())
    if claim not in known:
        word = claim[:40] + did_you_mean(claim, known)
        raise Refused(f"{chapter.name} has no claim {word}; it has {', '.join(known)}.")
    return [known[claim]]


def _test(
    chapter: Chapter, claim: Claim, seeds: Sequence[int], as_json: bool
) -> dict[int, Outcome]:
    """Measures the claim on these seeds, prints a line for each and remembers it."""
    if not as_json:
        click.echo(f"{claim.id}: {claim.sentence}")
    outcomes = {}
    for seed in seeds:
        outcome = outcomes[seed] = _measure(chapter.name, claim.id, seed)
        shared_memory().put(chapter.name, claim.id, seed, outcome)
        if as_json:
            asked = {"chapter": chapter.name, "claim": claim.id, "seed": seed}
            click.echo(json.dumps(asked | outcome._asdict()))
        else:
            click.echo(f"  seed {seed} {WORDS[outcome.holds]}: {outcome.measured}")
    if not as_json:
        click.echo(f"  {verdict(outcomes, seeds) or 'No seed could be measured.'}")
    return outcomes


def _measure(name: str, claim: str, seed: int) -> Outcome:
    try:
        return measure_claim(name, claim, seed)
    except KNOWN as error:
        return Outcome(None, str(error))
    except Exception as error:
        return Outcome(None, f"This could not be measured ({plain(error)}).")
