"""Settings: a value that survives an address, and that no input from outside can break."""

import json
import math
from dataclasses import replace

import param
import pytest
from doubles import texts
from hypothesis import example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from workbench.chapters import NAMES, find
from workbench.core.settings import DataName, Settings, SettingsError, Stops

CLASSES = {name: find(name).Settings for name in NAMES}
KNOBS = [(name, knob) for name in NAMES for knob in CLASSES[name].knobs()]
every_chapter = pytest.mark.parametrize("cls", CLASSES.values(), ids=CLASSES)
every_knob = pytest.mark.parametrize("name, knob", KNOBS)


class Toy(Settings):
    """One knob of every kind."""

    data = DataName("digits", label="Data", doc="Pictures.")
    beta = Stops(1.0, [0, 0.5, 1, 16], label="Beta", doc="A number.")
    steps = Stops(200, [100, 200, 400], label="Steps", doc="A whole number.")
    noise = param.Number(0.1, bounds=(0, 1), step=0.1, label="Noise", doc="A number.")
    latent = param.Integer(2, bounds=(1, 32), label="Latents", doc="A whole number.")
    kind = param.Selector(default="a", objects=["a", "b c&d=%"], label="Kind", doc="A choice.")
    mirror = param.Boolean(False, label="Mirror", doc="A switch.")

    relevant = {"noise": lambda s: s.kind == "a"}


def values(knob):
    """Any allowed value of the knob."""
    if knob.kind == "integer":
        return st.integers(math.ceil(knob.low), math.floor(knob.high))
    if knob.kind == "number":
        return st.floats(knob.low, knob.high)
    if knob.kind == "switch":
        return st.booleans()
    if knob.kind == "choice":
        return st.sampled_from(knob.choices)
    if knob.kind == "text":
        return st.sampled_from(["", *texts(knob)])
    return st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True)


def some(cls):
    """Any valid settings of the class, as a dictionary."""
    return st.fixed_dictionaries({name: values(knob) for name, knob in cls.knobs().items()})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
nasty = st.sampled_from(
    ["", " ", "nan", "-inf", "1e999", "1_000", "٣", "0x10", "1,5", "../etc", "a\0b", "True", "½"]
)


def inside(knob, value):
    """Whether the value is one that the knob declares, in the type that it declares."""
    if knob.kind in ("integer", "number"):
        whole = int if knob.kind == "integer" else float
        return type(value) is whole and knob.low <= value <= knob.high
    if knob.kind == "switch":
        return type(value) is bool
    if knob.kind == "choice":
        return value in knob.choices
    if knob.kind == "text":
        return type(value) is str and len(value) <= knob.longest and "\0" not in value
    return type(value) is str and value != "" and "\0" not in value


# --- from a value to text and back


@pytest.mark.parametrize("cls", [Toy, *CLASSES.values()], ids=["toy", *CLASSES])
@given(data=st.data())
def test_an_address_brings_back_the_same_settings(cls, data):
    settings = cls(**data.draw(some(cls)))
    back, notes = cls.from_query(settings.to_query())
    assert back == settings and hash(back) == hash(settings) and notes == []
    assert back.to_query() == settings.to_query()


@pytest.mark.parametrize("cls", [Toy, *CLASSES.values()], ids=["toy", *CLASSES])
@given(data=st.data())
def test_a_value_its_text_and_its_json_are_the_same_value(cls, data):
    for name, value in cls(**data.draw(some(cls))).values_by_name().items():
        for raw in (value, str(value), json.loads(json.dumps(value))):
            parsed = cls.parse(name, raw)
            assert parsed == value and type(parsed) is type(value)


@every_chapter
def test_defaults_are_values_that_parse_to_themselves(cls):
    for name, knob in cls.knobs().items():
        assert inside(knob, cls.parse(name, knob.default)), name
        assert type(cls.parse(name, knob.default)) is type(knob.default), name


# --- nothing from outside breaks them


@every_knob
@hypothesis(max_examples=30)  # for each of nearly three hundred knobs of few kinds
@given(raw=anything | nasty)
@example(raw=10**400)
@example(raw=10**5000)
@example(raw=-(10**5000))
@example(raw="9" * 5000)
@example(raw=float("nan"))
@example(raw=float("inf"))
@example(raw=True)
@example(raw="\ud800")
@example(raw=[1])
def test_any_input_gives_a_value_in_range_or_a_settings_error(name, knob, raw):
    cls = CLASSES[name]
    try:
        value = cls.parse(knob, raw)
    except SettingsError as error:
        assert len(str(error)) < 600
    else:
        assert inside(cls.knobs()[knob], value)
        assert cls(**{knob: raw}).to_query()


@every_chapter
@given(query=st.dictionaries(st.text(max_size=50), st.text() | nasty, max_size=6) | st.text())
def test_any_address_gives_valid_settings(cls, query):
    settings, notes = cls.from_query(query)
    for name, value in settings.values_by_name().items():
        assert inside(cls.knobs()[name], value)
    assert all(len(note) < 700 for note in notes)


@every_chapter
@given(data=st.data())
def test_one_bad_key_costs_only_itself(cls, data):
    good = {k: str(v) for k, v in data.draw(some(cls)).items()}
    bad = data.draw(st.sampled_from(sorted(good)))
    wrong = data.draw(st.sampled_from(["", "a/b", "../1e99", "=nan", "\0"]))
    if cls.knobs()[bad].kind == "text":  # an empty one is the chapter's own, and some take any word
        wrong = "\0"
    settings, notes = cls.from_query(good | {bad: wrong, "unknown": "1"})
    default = cls.knobs()[bad].default
    expected = {name: cls.parse(name, text) for name, text in (good | {bad: default}).items()}
    assert settings.values_by_name() == expected
    assert len(notes) == 2 and any(bad in note for note in notes)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "x.npz", "a b", "~", "c:\\x", "x" * 41])
def test_a_path_comes_from_python_but_never_from_an_address(path):
    assert Toy(data=path).data == path
    for query in ({"data": path, "latent": "3"}, Toy(data=path, latent=3).to_query()):
        settings, notes = Toy.from_query(query)
        assert settings.data == "digits" and settings.latent == 3
        assert len(notes) == 1 and "data" in notes[0]


# --- values


@every_chapter
def test_settings_cannot_be_changed(cls):
    settings = cls()
    for name, knob in cls.knobs().items():
        bound = knob.high if knob.default != knob.high else knob.low
        other = {"number": bound, "integer": bound, "switch": not knob.default, "data": "new"}
        other["text"] = next(iter(texts(knob)), None)
        if len(knob.choices) == 1:  # where data are absent
            continue
        other["choice"] = next((c for c in knob.choices if c != knob.default), None)
        for change in (setattr, lambda s, name, value: s.param.update(**{name: value})):
            with pytest.raises(TypeError):
                change(settings, name, other[knob.kind])
    assert settings.values_by_name() == cls().values_by_name()


@every_chapter
@given(data=st.data())
def test_equal_values_are_equal_settings(cls, data):
    knobs = data.draw(some(cls))
    settings = cls(**knobs)
    again = cls(**{name: str(value) for name, value in knobs.items()})
    assert settings == again and len({settings, again}) == 1
    assert settings != knobs and settings != Toy()


@every_chapter
@given(data=st.data())
def test_replace_changes_what_it_names_and_nothing_else(cls, data):
    settings = cls(**data.draw(some(cls)))
    name = data.draw(st.sampled_from(sorted(cls.knobs())))
    value = data.draw(values(cls.knobs()[name]))
    before = settings.values_by_name()
    changed = settings.replace(**{name: value})
    assert changed.values_by_name() == before | {name: cls.parse(name, value)}
    assert settings.values_by_name() == before
    assert (changed == settings) == (changed.values_by_name() == before)


def test_settings_print_as_they_are_made():
    settings = Toy(beta=0.5, mirror="on", kind="b c&d=%")
    assert eval(repr(settings), {"Toy": Toy}) == settings


# --- what is refused, and in which words


@every_knob
def test_a_refusal_is_one_sentence_that_names_the_range(name, knob):
    cls, declared = CLASSES[name], CLASSES[name].knobs()[knob]
    bad = {"number": declared.high, "integer": declared.high}.get(declared.kind)
    words = {"data": "", "text": 0}
    bad = bad + 1 if bad is not None else words.get(declared.kind, "purple")
    for make in (lambda: cls.parse(knob, bad), lambda: cls(**{knob: bad})):
        with pytest.raises(SettingsError) as refused:
            make()
        sentence = str(refused.value)
        assert sentence.startswith(knob) and sentence.endswith(".") and "\n" not in sentence
        assert repr(str(bad)) in sentence
        bounds = (declared.low, declared.high) if declared.low is not None else ()
        for word in (*(f"{bound:g}" for bound in bounds), *declared.choices):
            assert word in sentence


@every_chapter
def test_an_unknown_knob_is_refused_with_the_knobs_there_are(cls):
    for make in (lambda: cls.parse("betta", 1), lambda: cls(betta=1), lambda: cls(name="x")):
        with pytest.raises(SettingsError) as refused:
            make()
        assert all(knob in str(refused.value) for knob in cls.knobs())


@pytest.mark.parametrize("raw, value", [(150, 150), ("150", 150), (150.0, 150), ("1.5e2", 150)])
def test_whole_stops_take_whole_numbers_between_them(raw, value):
    assert Toy(steps=raw).steps == value and type(Toy(steps=raw).steps) is int


@pytest.mark.parametrize("raw", [150.5, "150.5", 99, 401, True, "", None, "1e99"])
def test_whole_stops_take_nothing_else(raw):
    with pytest.raises(SettingsError, match="steps must be a whole number from 100 to 400"):
        Toy(steps=raw)


@pytest.mark.parametrize("knob", ["latent", "noise", "beta"])
def test_a_truth_is_not_a_number(knob):
    with pytest.raises(SettingsError, match="not 'True'"):
        Toy.parse(knob, True)


@pytest.mark.parametrize("raw", [0, 0.3, "7.25", 16])
def test_stops_that_are_not_whole_take_any_number_between(raw):
    assert Toy(beta=raw).beta == float(raw)


def test_switches_know_their_words_and_no_others():
    assert [Toy(mirror=w).mirror for w in (True, "on", "YES", 1, "1")] == [True] * 5
    assert [Toy(mirror=w).mirror for w in (False, "off", "No", 0, "0")] == [False] * 5
    for word in ("", "maybe", 2, None, [True], 1.5):
        with pytest.raises(SettingsError, match="true or false"):
            Toy(mirror=word)


def test_a_knob_matters_by_its_rule():
    assert Toy().matters("noise") and Toy().matters("beta")
    assert not Toy(kind="b c&d=%").matters("noise")


def test_a_knob_as_plain_values_leaves_out_what_does_not_apply():
    knobs = Toy.knobs()
    assert list(knobs) == ["data", "beta", "steps", "noise", "latent", "kind", "mirror"]
    assert knobs["kind"].as_dict() == dict(
        name="kind",
        kind="choice",
        default="a",
        label="Kind",
        doc="A choice.",
        choices=("a", "b c&d=%"),
    )
    whole = knobs["latent"].as_dict()
    assert (whole["kind"], whole["low"], whole["high"]) == ("integer", 1, 32)
    assert replace(knobs["beta"], low=None).low is None  # a value of its own
    for knob in knobs.values():
        json.dumps(knob.as_dict())
