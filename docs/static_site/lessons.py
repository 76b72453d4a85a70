"""A chapter's lesson as a file: read without a script, played without a server."""

import json
from typing import Any, NamedTuple

from static_site.links import site_links
from static_site.pictures import common_limits, state_of
from static_site.shell import Site, render
from static_site.tasks import afterwards, at_first, pack
from workbench.core.chapter import Chapter
from workbench.core.settings import Settings
from workbench.results import studies
from workbench.results.kept import Kept, kept, minutes
from workbench.results.sentences import between
from workbench.view.page import prose
from workbench.view.pages.readings import LIVE

Pages = dict[str, str]  # texts by the names of their files


class States(NamedTuple):
    """The kept runs of a chapter: settings, and what a page shows of each."""

    settings: list[Settings]
    shown: list[dict[str, Any]]

    def number(self, settings: Settings) -> int | None:
        return self.settings.index(settings) if settings in self.settings else None


def lesson(chapter: Chapter, site: Site) -> Pages:
    """The page of a chapter and the file with the pictures of its kept runs."""
    held = kept(chapter.name)
    states = read_states(chapter, held)
    track = _track(chapter, held, states)
    start = track["places"][track["start"]]["state"]
    teaching = chapter.teaching
    plain = {
        "chapter": chapter.name,
        "server": site.server,
        "pictures": f"{chapter.name}.pictures.js",
        "start": start,
        "track": track,
        "states": [{"query": each["query"], "finding": each["finding"]} for each in states.shown],
        "tasks": [at_first(chapter, task, states.number) for task in teaching.tasks],
    }
    after = {task.id: pack(afterwards(chapter, task, states.number)) for task in teaching.tasks}
    page = render(
        "lesson.html",
        title=f"{chapter.title} - workbench",
        parts=site.menu(chapter.name),
        chapter=chapter,
        lesson=teaching,
        minutes={t.id: minutes(t, held.values(t.id)) for t in teaching.tasks},
        state=states.shown[start],
        names=_names(chapter, states),
        boxes=_boxes(chapter, held, states.settings[start]),
        knob=chapter.Settings.knobs()[track["knob"]],
        track=track,
        article=render("article.html", introduction=_article(chapter)),
        evidence=_evidence(chapter),
        result=f"results-{chapter.name}.html",
        plain=json.dumps(plain, ensure_ascii=False).replace("<", "\\u003c"),
        after=after,
        server=site.server,
    )
    pictures = f'takePictures("{pack(states.shown)}")\n'
    return {f"{chapter.name}.html": site_links(page), f"{chapter.name}.pictures.js": pictures}


def read_states(chapter: Chapter, held: Kept) -> States:
    """All kept runs, with common limits for those that lie on the slider."""
    track = held.track
    on_track = [chapter.Settings(**{track.knob: value}) for value in track.values] if track else []
    limits = common_limits(held, on_track)
    shown = []
    for settings in held.states:
        frame = held.frame(settings)
        if frame is None:
            raise ValueError(
                f"{chapter.name} has no frame of {settings.to_query()}: bake its tasks."
            )
        own = limits if settings in on_track else {}
        shown.append(state_of(chapter, settings, frame, own))
    return States(list(held.states), shown)


def _track(chapter: Chapter, held: Kept, states: States) -> dict[str, Any]:
    """The slider's values: the text, the state and the five seeds of each."""
    track, teaching = held.track, chapter.teaching
    if track is None:
        raise ValueError(f"Nothing is kept for the slider of {chapter.name}: bake its tasks first.")
    knob, quantity = chapter.Settings.knobs()[track.knob], chapter.quantity(teaching.track)
    rows = track.numbers[teaching.track]
    places = [
        {
            "text": knob.reads(value),
            "state": states.number(chapter.Settings(**{track.knob: value})),
            "seeds": [number for number in row if number == number],
        }
        for value, row in zip(track.values, rows, strict=True)
    ]
    numbers = [number for place in places for number in place["seeds"]]
    usual = getattr(chapter.Settings(), track.knob)
    near = [abs(float(value) - float(usual)) for value in track.values]
    return {
        "knob": track.knob,
        "label": knob.label,
        "axis": f"{quantity.axis}: five seeds and their mean",
        "ends": between(quantity, min(numbers), max(numbers), 2),
        "places": places,
        "start": near.index(min(near)),
    }


def _names(chapter: Chapter, states: States) -> dict[str, Any]:
    """Which pictures stand in the middle, beside it, and below."""
    teaching = chapter.teaching
    every = dict.fromkeys(name for state in states.shown for name in state["pictures"])
    beside = [name for name in teaching.beside if name in every]
    others = [name for name in every if name not in (teaching.main, *beside)]
    return {"main": teaching.main, "beside": beside, "others": others}


def _boxes(chapter: Chapter, held: Kept, settings: Settings) -> list[str]:
    """The diagram with the numbers of the first run."""
    frame = held.frame(settings)
    scalars = frame.scalars if frame is not None else {}

    def number(found) -> str:
        name = found[1]
        return chapter.quantity(name).write(scalars[name]) if name in scalars else "…"

    return [LIVE.sub(number, box) for box in chapter.teaching.diagram]


def _article(chapter: Chapter) -> str:
    words = chapter.doc.removeprefix(chapter.question).lstrip()
    return prose.html(prose.link_claims(words, chapter.claims), chapter.name)


def _evidence(chapter: Chapter) -> str:
    measured = list(studies.measured(chapter.name).values())
    outcomes = prose.html(prose.link_claims(chapter.outcomes, chapter.claims), chapter.name)
    return render("evidence.html", chapter=chapter, outcomes=outcomes, measured=measured)
