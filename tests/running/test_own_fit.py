"""A reader's own training loop: the same pictures, and one sentence for whatever is wrong."""

import sys
import threading
import time
from contextlib import suppress
from functools import partial

import pytest
import torch
from doubles import NAME, PATIENCE, Changed, plain, until

from workbench import play
from workbench.chapters import NAMES, find
from workbench.chapters.beta_vae import lesson
from workbench.core.frames import Diverged
from workbench.running import own_fit
from workbench.running.errors import KNOWN, FitError
from workbench.running.players import Here
from workbench.running.run import RunFailed
from workbench.running.runner import Runner
from workbench.running.store import Store
from workbench.science import formulas

STEPS = 100


def trained(fit, **knobs):
    return list(play(NAME, "cpu", fit, steps=STEPS, **knobs))


def sentence(fit):
    """What the reader is told about a fit that cannot be used."""
    with pytest.raises(FitError) as caught:
        trained(fit)
    text = str(caught.value)
    assert text.endswith(".") and "\n" not in text and len(text) < 400
    return text


def line_of(function, offset):
    """How a sentence names a line of a function in this file."""
    return f"Line {function.__code__.co_firstlineno + offset} of test_own_fit.py"


# --- a fit that can be used


def test_the_chapters_own_loop_given_as_a_readers_trains_alike():
    own, chapters = trained(lesson.fit), trained(None)
    assert [frame.step for frame in own] == [frame.step for frame in chapters]
    for mine, frame in zip(own, chapters, strict=True):  # autograd, and the gradient by hand
        assert mine.pictures.keys() == frame.pictures.keys()
        for name, value in frame.scalars.items():
            assert mine.scalars[name] == pytest.approx(value, rel=0.02, abs=0.02)


def test_a_readers_loss_is_what_is_trained():
    def free_bits(vae, x, eps, price, likelihood):
        mu, logvar = vae.encode(x)
        out = vae.decoder(formulas.reparameterise(mu, logvar, eps))
        rates = formulas.gaussian_kl(mu, logvar).mean(1).clamp_min(0.5).sum(-1)
        return lesson.distortion(out, x, likelihood).mean(-1) + rates

    changed = trained(partial(lesson.fit, loss=free_bits), beta=4)[-1]
    assert changed.scalars["rate"] > trained(None, beta=4)[-1].scalars["rate"] + 1


def test_a_readers_network_serves_that_can_do_the_same():
    class Mine:
        def __init__(self, vae):
            self.encoder, self.decoder, self.latent = vae.encoder, vae.decoder, vae.latent
            self.encode, self.parameters = vae.encode, vae.parameters

    def fit(runs, data, device):
        for step, vae in lesson.fit(runs, data, device):
            yield step, Mine(vae)

    assert plain(tuple(trained(fit))) == plain(tuple(trained(lesson.fit)))


def test_a_loop_may_be_handed_on_or_be_an_object():
    class Loop:
        def __call__(self, runs, data, device):
            yield from lesson.fit(runs, data, device)

    def fit(runs, data, device):
        return lesson.fit(runs, data, device)

    assert len(trained(Loop())) == len(trained(fit)) > 10


def test_a_readers_run_is_never_kept_as_the_chapters(tmp_path):
    store = Store(tmp_path, "cpu")
    runner = Runner([Here("cpu", lesson.fit)], store=store)
    run = runner.open(NAME, find(NAME).Settings(steps=STEPS), "me").wait(PATIENCE)
    runner.close()
    assert run.status == "done" and store.entries() == []


# --- a fit that cannot be called


def test_what_is_no_function_is_named():
    assert "called as fit(runs, data, device), not 'fast'" in sentence("fast")
    assert FitError in KNOWN


def test_wrong_parameters_are_named_before_training():
    def fit(runs):
        yield 1

    with pytest.raises(FitError) as caught:
        play(NAME, "cpu", fit)
    assert str(caught.value) == (
        f"{line_of(fit, 0)} (`def fit(runs):`) cannot be called as fit(runs, data, device): "
        "too many positional arguments."
    )
    assert "unexpected keyword argument 'los'" in sentence(partial(lesson.fit, los=lesson.loss))


def test_a_function_that_yields_nothing_is_named():
    def fit(runs, data, device):
        return lesson.loss

    text = sentence(fit)
    assert text.startswith(f"{line_of(fit, 0)} (`def fit(runs, data, device):`) must yield")
    assert "(step, Vae) after every step, and it returned function." in text


# --- a fit that yields something else than the lesson's


@pytest.mark.parametrize(
    ("change", "shape"),
    [
        (lambda step, vae: vae, "Vae"),
        (lambda step, vae: None, "None"),
        (lambda step, vae: (vae, step), "(Vae, int)"),
        (lambda step, vae: (step, vae, 0.1), "(int, Vae, float)"),
        (lambda step, vae: (step, vae.encoder), "(int, Mlp)"),
        (lambda step, vae: [step, vae], "list"),
        (lambda step, vae: (float(step), vae), "(float, Vae)"),
        (lambda step, vae: (), "()"),
    ],
)
def test_another_shape_is_named_beside_the_one_expected(change, shape):
    def fit(runs, data, device):
        for step, vae in lesson.fit(runs, data, device):
            yield change(step, vae)

    assert sentence(fit) == (
        f"{line_of(fit, 2)} (`yield change(step, vae)`) must yield (step, Vae), not {shape}."
    )


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ([0], "step 0 is yielded where step 1 is due"),
        ([1, 2, 2], "step 2 is yielded where step 3 is due"),
        ([1, 3], "step 3 is yielded where step 2 is due"),
        ([1, 2], "fit ended after step 2 of 100"),
        ([], "fit ended after step 0 of 100"),
        (range(1, 103), "fit goes on after step 100"),
    ],
)
def test_steps_that_do_not_rise_by_one_to_the_last_are_named(steps, fault):
    def fit(runs, data, device):
        _, vae = next(lesson.fit(runs, data, device))
        for step in steps:
            yield step, vae

    text = sentence(fit)
    assert fault in text
    assert text.startswith(line_of(fit, 3 if steps else 0))


# --- a fit that raises, or whose networks cannot be shown


def test_an_error_is_named_with_the_readers_own_last_line():
    def fit(runs, data, device):
        for step, vae in lesson.fit(runs, data, device):
            torch.zeros(3) @ torch.zeros(4)
            yield step, vae

    text = sentence(fit)
    assert text.startswith(f"{line_of(fit, 2)} (`torch.zeros(3) @ torch.zeros(4)`) raised Runtime")
    assert "size" in text


def test_of_an_exchanged_part_it_is_the_line_in_that_part():
    def loss(vae, x, *rest):
        return vae.encoder(x[..., :3]).sum()

    text = sentence(partial(lesson.fit, loss=loss))
    assert text.startswith(f"{line_of(loss, 1)} (`return vae.encoder(x[..., :3]).sum()`) raised")


def test_where_no_line_is_the_readers_it_is_the_lessons():
    text = sentence(partial(lesson.fit, loss=torch.nn.functional.relu))
    assert text.startswith("Line ") and " of lesson.py (`descend(vae, adam, x" in text


def test_our_own_errors_pass_as_they_are():
    def fit(runs, data, device):
        raise Diverged("Training diverged at step 3.")
        yield

    with pytest.raises(Diverged, match="at step 3"):
        trained(fit)


def test_networks_that_cannot_be_shown_are_named_with_the_yield():
    class Hollow(lesson.Vae):
        def __init__(self):
            pass

    def fit(runs, data, device):
        yield 1, Hollow()

    text = sentence(fit)
    assert text.startswith(f"{line_of(fit, 1)} (`yield 1, Hollow()`): what it yields at step 1")
    assert "AttributeError" in text and "the pictures need (step, Vae)" in text


def test_a_fault_of_the_chapters_is_not_laid_at_the_readers_door():
    def broken(runs, device, fit):
        raise KeyError("ours")
        yield

    with pytest.raises(KeyError, match="ours"):
        list(own_fit.train(Changed(find(NAME), train=broken), [find(NAME).Settings()], "cpu", fit))


def fit(runs, data, device):
    yield from lesson.fit(runs, data, device)


# --- a fit that never ends


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(own_fit, "STEP_SECONDS", 0.3)


def test_a_loop_without_a_yield_is_left_and_its_line_named(hurried):
    def fit(runs, data, device):
        try:
            while True:
                pass
        except Exception:
            yield 1

    text = sentence(fit)
    assert text.startswith(line_of(fit, 2)) or text.startswith(line_of(fit, 3))
    assert "0.3 s went by without a yield, and fit must yield (step, Vae)" in text


def test_a_bare_except_does_not_help(hurried):
    def fit(runs, data, device):
        for step, vae in lesson.fit(runs, data, device):
            with suppress(BaseException):
                time.sleep(0.001 if step < 3 else 0.6)
            yield step, vae

    assert "went by without a yield" in sentence(fit)


def test_so_is_one_in_an_exchanged_part_or_after_the_last_yield(hurried):
    def loss(*batch):
        exec(endless, {})

    def late(runs, data, device):
        yield from lesson.fit(runs, data, device)
        while True:
            time.sleep(0)

    endless = "while True: pass"  # in one line
    assert sentence(partial(lesson.fit, loss=loss)).startswith("Line 1 of your code: 0.3 s went by")
    assert "went by without a yield" in sentence(late)


def test_a_run_that_never_yields_fails_and_its_player_goes_on(hurried):
    def fit(runs, data, device):
        while runs[0].seed == 1:
            pass
        yield from lesson.fit(runs, data, device)

    runner = Runner([Here("cpu", fit)])
    runs = [runner.open(NAME, find(NAME).Settings(steps=STEPS, seed=seed), "me") for seed in (1, 2)]
    with pytest.raises(RunFailed, match="went by without a yield"):
        runs[0].wait(PATIENCE)
    assert runs[1].wait(PATIENCE).status == "done"
    runner.close()


def test_nobody_is_traced_and_no_clock_runs_when_it_is_over(hurried):
    before, threads = sys.gettrace(), threading.active_count()
    tracers = set()

    def loss(*batch):
        tracers.add(sys.gettrace())
        return lesson.loss(*batch)

    trained(partial(lesson.fit, loss=loss))
    assert tracers == {before} and sys.gettrace() is before
    until(lambda: threading.active_count() == threads)


def test_whoever_debugs_a_fit_has_all_the_time(monkeypatch):
    monkeypatch.setattr(
        own_fit, "STEP_SECONDS", 2
    )  # more than a first step takes on a busy machine

    def fit(runs, data, device):
        exec("sleep(3)", {"__name__": "bdb", "sleep": time.sleep})  # it stands at a breakpoint
        time.sleep(0.5)  # and goes on: the watch begins anew
        yield from lesson.fit(runs, data, device)

    assert len(trained(fit)) > 10


def test_a_chapters_own_loop_has_no_watchdog(monkeypatch):
    monkeypatch.setattr(own_fit, "Watchdog", lambda seconds: pytest.fail("it is watched"))
    assert trained(None)


# --- every chapter's


@pytest.mark.parametrize("name", NAMES)
def test_every_chapters_own_loop_keeps_to_what_a_readers_must(name):
    chapter = find(name)
    low = chapter.Settings.knobs()["steps"].low
    for kind in ("", *chapter.lessons):
        settings = chapter.Settings(steps=low, **({"kind": kind} if kind else {}))
        frames = list(play(name, "cpu", chapter.fit(settings), **settings.values_by_name()))
        assert frames[-1].step == settings.steps
