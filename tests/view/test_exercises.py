"""What the cells of a notebook call: set-up, predictions, and the checks of exercises."""

import panel as pn

from workbench.view.notebook import holds, judge, reveal, setup


def test_setup_puts_the_scripts_into_the_notebook_unless_told_otherwise(monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(pn, "extension", lambda *args, **more: calls.append((args, more)))
    setup()
    setup(offline=False)
    assert calls == [((), {"inline": True}), ((), {"inline": False})]
    offline, online = capsys.readouterr().out.splitlines()
    assert "travel in this notebook" in offline and "come from the network" in online


def test_a_check_is_silent_until_its_sentence_does_not_hold(capsys):
    holds("the rate falls with beta", True)
    assert capsys.readouterr().out == ""
    holds("the rate falls with beta", False)
    assert capsys.readouterr().out == (
        "With your changes this is no longer so: the rate falls with beta.\n"
    )


def test_reveal_compares_a_guess_with_what_was_measured(capsys):
    reveal("Latents", None, 2)
    reveal("Gain", 1.5, 0.42, digits=1)
    assert capsys.readouterr().out == (
        "Latents: you made no guess, measured 2.\n"
        "Gain: you guessed 1.5, measured 0.4, off by 1.1.\n"
    )


def test_judge_says_by_how_much_an_answer_misses(capsys):
    assert judge("the rate", 2.8, 2.6, 3, "Up.", "Down.")
    assert not judge("the rate", 2.1, 2.6, 3, "Up.", "Down.")
    assert not judge("the rate", 3.5, 2.6, 3, "Up.", "Down.")
    assert capsys.readouterr().out == (
        "Solved: the rate is 2.80, between 2.6 and 3.\n"
        "Not yet: the rate is 2.10, 0.50 below 2.6. Up.\n"
        "Not yet: the rate is 3.50, 0.50 above 3. Down.\n"
    )
