"""Widgets of sections and labs against a browser that sends what no widget would."""

import asyncio
import os
import re
import time

import pytest
from visits import Visitor, happens, health_of, run

from workbench.classroom.rehearsal import client, own_server, rehearse
from workbench.view import labs


@pytest.fixture(scope="module")
def server():
    with own_server.own_server(WORKBENCH_INSTRUCTOR="let-me-in") as own:
        run(rehearse.wait_until_ready(own.url, ""))
        yield own


class Rogue(Visitor):
    """Somebody whose browser sends what no widget would, also for widgets that came later."""

    def on_change(self, model: str, attribute: str, value) -> None:
        super().on_change(model, attribute, value)
        self.models |= {each["id"]: each for each in client.models(value)}

    def press(self, button: str) -> None:
        values = {"type": "map", "entries": [["model", {"id": button}]]}
        self.event({"type": "event", "name": "button_click", "values": values})

    def widgets(self, known: set[str] = frozenset()) -> dict[str, str]:
        """The labels of all that has a value, by id, but for those known already."""
        kinds = "Select1", "Discrete", "IntSlider", "FloatSlider", "Switch", "Checkbox", "TextInput"
        return {
            id: model["attributes"].get("label", "")
            for id, model in self.models.items()
            if model["name"].startswith(kinds) and id not in known
        }


HOSTILE = (10**9, -1, 1e9, float("nan"), None, "x", [], "y" * 100_000)
WIDGETS = 10  # at least, in the sections and labs of this chapter
PLACES = ["seat", "sweep", "compare"]


async def worked_through(server) -> None:
    """Until the server has done with what was sent. Panel begins 50 ms later, and a press that
    comes before is lost with a change that it refuses."""
    await asyncio.sleep(0.5)
    await health_of(server)


def test_no_widget_of_a_section_or_lab_takes_what_it_does_not_offer(server):
    async def story():
        person = Rogue(server.url, "", 7, set())
        person.said = ""
        await person.enter("clustering", steps="5000")  # so many that no sweep here ends by itself
        known = set(person.widgets())
        await person.opens([*labs.find("clustering"), *PLACES])

        async def built() -> bool:
            return len(person.widgets(known)) >= WIDGETS and "Train the pairs" in person.said

        await happens(built)
        sweep = person.find("panel.models.widgets.Button", label="Train the sweep")["id"]
        size, slowest = server.log.stat().st_size, 0.0
        for value in HOSTILE:
            for widget in person.widgets(known):
                person.change(widget, end=value)
                person.change(widget, value=value)
            start = time.monotonic()
            await health_of(server)
            slowest = max(slowest, time.monotonic() - start)
        for value, least, most in ((10**9, 20, 170), (-(10**9), 1, 2)):
            for label in ("Values", "Seeds", "Frame"):
                for widget in [id for id, name in person.widgets().items() if name == label]:
                    person.change(widget, value=value)
            start = time.monotonic()
            await worked_through(server)
            person.said = ""
            person.press(sweep)

            async def begun(least=least, most=most) -> bool:
                found = re.search(r"of (\d+) runs", person.said)
                return found is not None and least <= int(found[1]) <= most

            await happens(begun)
            slowest = max(slowest, time.monotonic() - start)
            person.said = ""
            person.press(sweep)

            async def stopped() -> bool:
                return "Stopped" in person.said

            await happens(stopped)
        assert not person.hung_up and "Traceback" not in person.said
        person.close()
        print(f"the server was held for {slowest:.2f} s at most")
        return server.log.stat().st_size - size, slowest

    grown, slowest = run(story())
    assert grown < 150_000 and slowest < 3 + os.getloadavg()[0]
