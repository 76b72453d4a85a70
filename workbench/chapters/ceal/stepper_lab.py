"""CEAL stage by stage: predict, ask, pseudo-label, fine-tune, forget."""

from types import SimpleNamespace

import numpy as np

from workbench.chapters.ceal import by_hand, lesson
from workbench.chapters.ceal import pictures as ceal_pictures
from workbench.chapters.ceal.lesson import Round
from workbench.chapters.ceal.team_lab import ROUND_STEPS, begin, curves
from workbench.core.pictures import Picture

STAGES = ("predict", "ask", "pseudo-label", "fine-tune", "forget")
ROUNDS = 8


class Stepper:
    """CEAL that the reader drives: `step()` does the next of the five stages."""

    def __init__(self, strategy: str = "CEAL_MS", data: str = "digits", k: int = 10, seed: int = 0):
        self.team = begin([strategy], data, k, seed)
        self.pool = self.team.pool
        self.t = 0
        self.stage = ""
        self.accuracies = [self.team.accuracy(0)]
        self.step()

    def step(self) -> None:
        """One stage further."""
        if self.stage == "forget":
            self.t += 1
        self.stage = STAGES[(STAGES.index(self.stage) + 1) % len(STAGES) if self.stage else 0]
        none, team = np.array([], int), self.team
        match self.stage:
            case "predict":
                p = team.predict(0)
                self.round = Round(p, team.open_rows(0), none, none, none)
            case "ask":
                asked = lesson.ask(team, 0, self.round.p)
                self.round = self.round._replace(asked=asked)
                team.known[0, asked] = self.pool.y[asked]
            case "pseudo-label":
                rows = lesson.believe(team, 0, self.t, self.round.p, self.round.asked)
                self.round = self.round._replace(believed=rows, pseudo=team.believed[0, rows])
            case "fine-tune":
                team.tune(ROUND_STEPS, by_hand.descend)
                self.accuracies.append(team.accuracy(0))
            case "forget":
                team.forget()
                self.round = self.round._replace(believed=none, pseudo=none)

    @property
    def done(self) -> bool:
        """Whether the last stage of the last round has been done."""
        return self.t == ROUNDS - 1 and self.stage == "forget"

    def sentence(self) -> str:
        """What has just happened, in one sentence."""
        labels = int((self.team.known[0] >= 0).sum())
        wrong = int((self.round.pseudo != self.pool.y[self.round.believed]).sum())
        return {
            "predict": "The network has said what it thinks of "
            f"{len(self.round.open)} items without a label.",
            "ask": f"The {len(self.round.asked)} it doubts most were put to the expert, who named "
            f"them: D^L has {labels} labels.",
            "pseudo-label": f"It is believed about {len(self.round.believed)} others, of which it "
            f"has {wrong} wrong: D^H.",
            "fine-tune": f"{ROUND_STEPS} steps on D^L and D^H together: accuracy "
            f"{self.accuracies[-1]:.3f}.",
            "forget": "The pseudo-labels are forgotten and their items go back to the pool; the "
            "labels stay.",
        }[self.stage]

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        return SimpleNamespace(
            at=f"Round {self.t + 1}, {self.stage}.",
            sentence=self.sentence(),
            done=self.done,
            pictures=self.pictures(),
        )

    def pictures(self) -> dict[str, Picture]:
        """What there is to see at this stage."""
        at = STAGES.index(self.stage)
        shown = {"margins": ceal_pictures.margins(self.round)}
        if at >= STAGES.index("ask"):
            shown["questions"] = ceal_pictures.questions(self.pool, self.round)
        if at in (STAGES.index("pseudo-label"), STAGES.index("fine-tune")):
            shown["pseudo"] = ceal_pictures.pseudo_labels(self.pool, self.round)
        shown["map"] = ceal_pictures.plane(self.pool, self.round, 0)
        return shown | {"accuracy": curves({"so far": self.accuracies})}
