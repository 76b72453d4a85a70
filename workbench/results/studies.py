"""Studies: a paper's comparison over seeds, ours beside what was published.

A study takes longer than a reader waits at a page, so it has its own command,
`workbench reproduce NAME`. It yields its Table again whenever a line of it has grown.
"""

import json
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

from workbench.core.settings import SettingsError
from workbench.core.study import Study

MODULES = {
    "autoencoder-text": "autoencoder.text_study",
    "beta-vae": "beta_vae.study",
    "clustering": "clustering.study",
    "clustering-starts": "clustering.starts_study",
    "clustering-kl": "clustering.kl_study",
    "mil": "mil.study",
    "mil-real": "mil.real_study",
    "mil-encoder": "mil.encoder_study",
    "bootstrap": "bootstrap.study",
    "bootstrap-beta": "bootstrap.beta_study",
    "bootstrap-expressions": "bootstrap.expressions_study",
    "rad": "rad.study",
    "rad-oracle": "rad.oracle_study",
    "rad-cost": "rad.cost_study",
    "selfsup": "selfsup.study",
    "selfsup-jigsaw": "selfsup.jigsaw_study",
    "ceal": "ceal.study",
    "ceal-sensitivity": "ceal.sensitivity_study",
    "ceal-paid": "ceal.paid_study",
    "ceal-features": "ceal.features_study",
    "pseudo": "pseudo.study",
    "prednet": "prednet.study",
    "two-learners": "two_learners.study",
    "two-learners-views": "two_learners.views_study",
    "labelling": "labelling.study",
    "gan": "gan.study",
    "gan-holes": "gan.hole_study",
    "cdbn": "cdbn.study",
    "words": "words.study",
    "adversarial-codes": "adversarial_codes.study",
}
ACROSS = {  # need several chapters, so they lie above them, in this folder
    "codes": "codes_study",
    "generated": "generated_study",
}
NAMES = (*MODULES, *ACROSS)
CHAPTERS = Path(__file__).parents[1] / "chapters"


def find(name: str) -> Study:
    """The study `name`. Raises SettingsError naming the studies there are."""
    if name not in NAMES:
        raise SettingsError(f"There is no study {str(name)[:40]!r}; there are: {', '.join(NAMES)}.")
    module = f"results.{ACROSS[name]}" if name in ACROSS else f"chapters.{MODULES[name]}"
    return import_module(f"workbench.{module}").STUDY


@dataclass(frozen=True)
class Measured:
    """A study's table as a command printed it, with what is needed to print it again."""

    title: str
    columns: list[str]
    rows: list[list]
    caption: str
    command: str
    date: str
    device: str
    torch: str

    @property
    def source(self) -> str:
        """Where the numbers come from, in one line."""
        return f"{self.command}, {self.date}, {self.device}, torch {self.torch}"


def save(name: str, measured: Measured, folder: Path | None = None) -> Path:
    """Keeps a table beside the study (or in `folder`), for pages and documents to show."""
    folder = folder or folder_of(name)
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(asdict(measured), indent=1, ensure_ascii=False) + "\n")
    return path


def folder_of(table: str) -> Path:
    """Where a table is kept: in the chapter of the study of whose name its own is made.

    Tables of studies across chapters are kept beside this file.
    """
    study = max((name for name in NAMES if f"{table}-".startswith(f"{name}-")), key=len)
    if study in ACROSS:
        return Path(__file__).parent / "measured"
    return CHAPTERS / MODULES[study].partition(".")[0] / "measured"


def measured(chapter: str = "", folder: Path | None = None) -> dict[str, Measured]:
    """The kept tables of a chapter's studies by name; of all without a chapter."""
    paths = folder.glob("*.json") if folder else CHAPTERS.glob("*/measured/*.json")
    by_name = {path.stem: path for path in sorted(paths, key=lambda path: path.stem)}
    return {
        name: Measured(**json.loads(path.read_text()))
        for name, path in by_name.items()
        if name == chapter or name.startswith(f"{chapter}-") or not chapter
    }
