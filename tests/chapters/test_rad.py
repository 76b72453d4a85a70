"""The chapter on RAD: what it claims over seeds, and that its pictures tell the truth."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from doubles import OVER_SEEDS, one_run

from workbench.chapters import find
from workbench.chapters.rad import claims, lesson, pictures
from workbench.chapters.rad.frames import train
from workbench.chapters.rad.knobs import LABELS, Settings
from workbench.chapters.rad.lesson import RULES, choose_rules, make_learner
from workbench.chapters.rad.stream import open_stream
from workbench.core.quantity import percent
from workbench.data import DataError, tables
from workbench.running.players import play
from workbench.science.compute import one_thread

SEEDS = (0, 1, 2)


@pytest.fixture(scope="module")
def frames():
    """All frames of a default run."""
    with one_thread():
        return list(one_run(train, Settings()))


@pytest.mark.parametrize("claim", find("rad").claims, ids=lambda claim: claim.id)
@pytest.mark.parametrize("seed", OVER_SEEDS)
def test_the_chapters_claims_hold(claim, seed):
    with one_thread():
        holds, measured = claim.measure(seed)
    assert holds, f"{claim.sentence} Measured: {measured}"


def test_the_paper_order_of_the_variants_appears_with_a_tree():
    """RAD is near Opt-Sel and far above No-Sel; experts' answers end above both, on average."""
    with one_thread():
        ends = [claims.train_only(seed=seed, budget=2000, ensemble=False) for seed in SEEDS]
    mean = {name: np.mean([end[name] for end in ends]) for name in RULES}
    assert mean["no_sel"] + 0.1 < mean["rad"] and abs(mean["rad"] - mean["opt_sel"]) < 0.05
    assert mean["slim"] > mean["rad"] - 0.02 and mean["active"] > mean["rad"] - 0.02


def test_without_noise_the_variants_are_close_and_full_clean_is_no_sel():
    with one_thread():
        end = claims.train_only(noise=0)
    assert end["no_sel"] == end["opt_sel"] == end["full_clean"] and end["noise"] == 0
    assert abs(end["rad"] - end["no_sel"]) < 0.06 and end["memorised"] == 0


def test_a_hidden_variant_is_not_trained_and_changes_nobody_else(frames):
    hide = dict(voting=False, slim=False, ensemble=False, no_sel=False, full_clean=False)
    few = Settings(**hide)
    assert choose_rules(few) == ["opt_sel", "rad", "active"]
    assert choose_rules(few.replace(active=False, look="slim")) == ["opt_sel", "rad", "slim"]
    with one_thread():
        *_, end = one_run(train, few)
    for name in ("rad", "active", "opt_sel", "asked_active"):
        assert end.scalars[name] == frames[-1].scalars[name]
    assert not {"voting", "ensemble", "memorised"} & set(end.scalars)


def test_a_readers_own_rule_or_oracle_changes_its_variant_alone(frames):
    mine = RULES | {"voting": replace(RULES["voting"], judge=lesson.no_sel)}
    careless = lambda batch, rows: (batch.truth[rows] + 1) % 10  # noqa: E731
    with one_thread():
        *_, end = one_run(train, Settings(), fit=partial(lesson.fit, rules=mine, oracle=careless))
    assert end.scalars["voting"] == end.scalars["no_sel"]
    for name in ("active", "slim", "full_clean"):
        assert end.scalars[name] < frames[-1].scalars[name]
    for name in ("rad", "no_sel", "opt_sel"):
        assert end.scalars[name] == frames[-1].scalars[name]


def test_questions_stay_within_the_budget(frames):
    for step, frame in enumerate(frames, 1):
        assert max(frame.scalars["asked_active"], frame.scalars["asked_slim"]) <= 5 * step
        assert frame.scalars["asked_full_clean"] == 60 * step


def test_the_pictures_of_a_batch_agree_with_its_numbers(frames):
    for frame in frames:
        bars = dict(
            zip(*(getattr(frame.pictures["fates"], f) for f in ("names", "values")), strict=True)
        )
        kept = sum(v for name, v in bars.items() if not name.startswith("drop"))
        assert sum(bars.values()) == 60
        assert frame.scalars["kept"] == pytest.approx(kept / 60)
        wrong = bars["kept, label wrong"] + bars["relabelled wrongly"]
        assert frame.scalars["purity"] == pytest.approx(1 - wrong / max(1, kept))
        moved = bars["relabelled rightly"] + bars["relabelled wrongly"]
        table = frame.pictures["relabelled"]
        assert (
            len(table.rows) == min(pictures.EXAMPLES, moved)
            and f"{moved:.0f} relabelled" in table.caption
        )
        for came, became, truth, verdict in table.rows:
            assert came != became and (became == truth) == (verdict == "right")


def test_the_table_of_variants_shows_what_each_learnt_from(frames):
    table = frames[-1].pictures["variants"]
    rows = {row[0]: row[1:] for row in table.rows}
    assert list(rows) == [LABELS[rule] for rule in (*RULES, "ensemble")]
    samples = {name: row[1] for name, row in rows.items()}
    everything, optimal = (LABELS[rule] for rule in ("no_sel", "opt_sel"))
    cleaned = LABELS["full_clean"]
    assert samples[everything] == samples[cleaned] == 100 + 20 * 60 > samples[optimal]
    assert rows[optimal][2] == rows[cleaned][2] == 0
    assert rows[everything][2] + samples[optimal] == samples[everything]
    assert rows["RAD"][0] == percent(frames[-1].scalars["rad"])
    assert rows["Ensemble"][0] == percent(frames[-1].scalars["ensemble"])


def test_every_sample_has_one_fate_and_the_good_ones_are_marked_so():
    settings = Settings(look="voting")
    _, course = open_stream(settings)
    learner = make_learner(RULES["voting"], settings, course)
    for batch in course.batches[1:4]:
        verdict = learner.meet(batch)
        masks = pictures.fates_of(batch, verdict)
        assert np.sum([*masks.values()], 0).tolist() == [1] * len(batch)
        wrong = batch.given != batch.truth
        assert wrong[masks["dropped, label wrong"]].all()
        assert not wrong[masks["dropped, label right"] | masks["kept, label right"]].any()
        changed = masks["relabelled rightly"]
        assert (verdict.labels == batch.truth)[changed].all() and wrong[changed].all()


def test_examples_are_the_newest_samples_of_their_kind():
    settings = Settings(look="voting")
    data, course = open_stream(settings)
    learner = make_learner(RULES["voting"], settings, course)
    expected = {name: [] for name in pictures.FATES}
    for batch, frame in zip(course.batches[1:5], one_run(train, settings), strict=False):
        verdict = learner.meet(batch)
        for name, mask in pictures.fates_of(batch, verdict).items():
            expected[name] += list(batch.rows[mask])
        shown = frame.pictures["examples"]
        for name, tiles in zip(shown.rows, shown.tiles, strict=True):
            rows = expected[name][-pictures.EXAMPLES :]
            assert (
                tiles[: len(rows)] == (data.pictures_train[rows] * 255 + 0.5).astype(np.uint8)
            ).all()
            assert not tiles[len(rows) :].any()


def test_confusion_rows_are_shares(frames):
    shares = frames[-1].pictures["confusion"].values
    assert shares.sum(1) == pytest.approx(1) and (shares.argmax(1) == np.arange(10)).mean() >= 0.9


def test_costs_are_drawn_for_those_who_ask(frames):
    lines = {line.name: line for line in frames[-1].pictures["costs"].lines}
    assert list(lines) == ["Active learning", "Slim"]
    assert lines["Slim"].x[-1] == frames[-1].scalars["asked_slim"]
    assert lines["Slim"].y[-1] == frames[-1].scalars["slim"]


def test_the_filter_of_a_skewed_stream_drifts_away_from_it():
    with one_thread():
        *_, end = one_run(train, Settings(stream="cluster", look="rad", initial=100))
    rates = dict(zip(end.pictures["classes"].names, end.pictures["classes"].values, strict=True))
    assert rates["finish"] > rates["fail"] + 0.2 and end.scalars["drift"] > 0.02


def test_columns_are_scaled_by_the_first_batch_alone():
    _, course = open_stream(Settings(stream="cluster", initial=500))
    first = course.batches[0].x
    assert first.mean(0) == pytest.approx(0, abs=0.1)
    _, noisier = open_stream(Settings(stream="cluster", initial=500, noise=0.9))
    assert (noisier.batches[5].x == course.batches[5].x).all()
    assert (noisier.x_test == course.x_test).all()


@pytest.mark.parametrize("stream", tables.names())
def test_every_stream_teaches_that_no_sel_sinks(stream):
    with one_thread():
        end = claims.train_only("no_sel", "opt_sel", stream=stream, noise=0.4, initial=200)
    assert end["no_sel"] + 0.05 < end["opt_sel"]
    assert end["no_sel"] < end["rad"]


def test_a_table_of_ones_own_is_a_stream(tmp_path):
    rng = np.random.default_rng(0)
    y = np.arange(300) % 3
    lines = [f"{k + rng.normal(0, 0.3):.3f},{rng.random() * 1e6:.0f},{'abc'[k]}" for k in y]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(["a,b,label", *lines]))
    *_, end = play("rad", "cpu", data=str(path))
    assert end.pictures["confusion"].rows == ("a", "b", "c") and end.scalars["full_clean"] > 0.6
    path.write_text("\n".join(["a,b", *(line.rsplit(",", 1)[0] for line in lines)]))
    with pytest.raises(DataError, match="no column label"):
        next(play("rad", "cpu", data=str(path)))


@pytest.mark.slow
def test_a_live_run_is_quick():
    import time

    with one_thread():
        next(one_run(train, Settings()))
        start = time.perf_counter()
        run = one_run(train, Settings())
        next(run)
        assert time.perf_counter() - start < 1
        list(run)
        assert time.perf_counter() - start < 15
