"""The votes of a class: exact counts, a file that is the memory, and what is refused."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from workbench.classroom import votes as module
from workbench.classroom.ballot import Vote
from workbench.classroom.record import Record, RecordError
from workbench.classroom.room import Classroom
from workbench.classroom.tally import count, count_reasons, moves, places
from workbench.classroom.votes import DELETED, VoteRefused, Votes, voter_of
from workbench.core.lesson import Curve, Direction, Outcome, Pick, Range

TASK = "beta-vae/silent"
ADA, GRACE, ALAN = (voter_of(f"{number:032x}") for number in range(3))
OLD, NEW = {"low": 0, "high": 4}, {"low": 2, "high": 3}


@pytest.fixture
def votes():
    return Votes(lambda: [])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "class.jsonl"


def answers(votes, voter, given=OLD, name="", id="a", round=None):
    """One reader's answer to the open task."""
    round = votes.ballot.round if round is None else round
    answer = {"task": TASK, "round": round, "given": given, "reason": 1, "id": id}
    votes.vote(voter, name, answer)


def opened(path) -> Votes:
    """The votes of a server that has just been started with this record."""
    votes = Votes(lambda: [])
    votes.remember(path)
    return votes


def recorded(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


# --- who has answered


def test_a_reader_counts_once_however_often_they_answer(votes):
    votes.open(TASK)
    for voter, id in ((ADA, "a"), (GRACE, "b"), (ADA, "c"), (ADA, "c")):
        answers(votes, voter, id=id)
    assert len(votes.ballot.votes) == 2 and votes.voters() == {ADA, GRACE}
    assert votes.ballot.answers == {(1, ADA): 2, (1, GRACE): 1}  # the same answer sent twice is one


def test_two_pages_of_a_reader_are_one_and_a_page_that_left_keeps_its_vote():
    room = Classroom()
    seats = [room.sit("rad", print) for _ in range(4)]
    for seat, voter in zip(seats, (ADA, ADA, GRACE, ""), strict=True):
        seat.voter = voter
    room.votes.open(TASK)
    answers(room.votes, ADA)
    assert (len(room.votes.ballot.votes), len(room.votes.voters())) == (1, 2)
    for seat in seats[:2]:
        room.leave(seat)
    assert (len(room.votes.ballot.votes), len(room.votes.voters())) == (1, 2)
    room.leave(seats[2])
    assert room.votes.voters() == {ADA}


def test_all_pages_hear_of_a_step_and_a_readers_own_of_their_answer():
    room, heard = Classroom(), []
    seats = [room.sit("rad", print) for _ in range(2)]
    for seat, voter in zip(seats, (ADA, GRACE), strict=True):
        seat.voter, seat.changed = voter, lambda voter=voter: heard.append(voter)
    room.votes.open(TASK)
    assert sorted(heard) == sorted([ADA, GRACE])
    heard.clear()
    answers(room.votes, ADA)
    assert heard == [ADA]


def test_a_vote_goes_through_its_steps(votes):
    votes.open(TASK)
    answers(votes, ADA)
    votes.step("talk", 120)
    assert votes.ballot.talk_until and not votes.ballot.accepting and not votes.ballot.shown
    votes.step("again")
    assert votes.ballot.round == 2 and votes.ballot.accepting and votes.ballot.votes == {}
    answers(votes, ADA, NEW, id="b")
    votes.step("show")
    assert votes.ballot.shown and not votes.ballot.accepting and not votes.ballot.revealed
    votes.step("reveal")
    assert votes.ballot.revealed and [len(each) for each in votes.ballot.rounds] == [1, 1]
    votes.close()
    assert votes.ballot is None and len(votes.ballots) == 1


@pytest.mark.parametrize("step", ["show", "talk", "reveal"])
def test_an_answer_that_comes_too_late_does_not_count(votes, step):
    votes.open(TASK)
    votes.step(step, 60)
    with pytest.raises(VoteRefused, match="Wait for the next vote"):
        answers(votes, ADA)
    assert votes.ballot.votes == {}


def test_an_answer_to_another_vote_does_not_count(votes):
    with pytest.raises(VoteRefused, match="not open"):
        votes.vote(ADA, "", {"task": TASK, "round": 1, "given": OLD, "reason": 0, "id": "a"})
    votes.open(TASK)
    votes.step("show")
    votes.step("again")
    with pytest.raises(VoteRefused, match="Wait for the next vote"):
        answers(votes, ADA, round=1)


def test_what_cannot_be_done_now_is_refused_in_a_sentence(votes):
    for step in ("show", "again", "reveal"):
        with pytest.raises(VoteRefused, match="Open one first"):
            votes.step(step)
    with pytest.raises(VoteRefused, match="No task is open"):
        votes.close()
    votes.open(TASK)
    with pytest.raises(VoteRefused, match="Close the open task first"):
        votes.open(TASK)
    for seconds in (0, -1, 3601, "ten", None, float("nan")):
        with pytest.raises(VoteRefused, match="between a second and an hour"):
            votes.step("talk", seconds)
    votes.step("reveal")
    with pytest.raises(VoteRefused, match="revealed already"):
        votes.step("again")


@pytest.mark.parametrize("key", [None, 7, "", "x" * 32, "0" * 15, "0" * 65, "A" * 32])
def test_a_page_that_does_not_say_who_it_is_is_not_counted(key):
    with pytest.raises(VoteRefused, match="Load it again"):
        voter_of(key)


def test_two_readers_of_one_name_are_told_apart(votes):
    votes.open(TASK)
    for voter, name in ((ADA, "Ada"), (GRACE, "Ada"), (ALAN, "")):
        answers(votes, voter, name=name)
    assert votes.title(ADA) == f"Ada ({ADA[:4]})" and votes.title(ALAN) == f"reader {ALAN[:4]}"
    answers(votes, GRACE, name="Grace", id="b")
    assert (votes.title(ADA), votes.title(GRACE)) == ("Ada", "Grace")


# --- the file


def test_a_server_that_starts_again_goes_on_from_the_file(file):
    votes = opened(file)
    votes.open(TASK)
    answers(votes, ADA, name="Ada")
    votes.step("show")
    votes.step("again")
    answers(votes, ADA, NEW, id="b", name="Ada")
    answers(votes, GRACE, NEW)
    before = votes.ballot
    votes.record.close()
    again = opened(file)
    assert again.ballot == before and again.names == votes.names
    again.step("reveal")
    again.close()
    again.record.close()
    third = opened(file)
    assert third.ballot is None and third.ballots[0].revealed


def test_nothing_is_kept_without_a_file_and_the_key_is_in_none(votes, file, tmp_path):
    votes.open(TASK)
    answers(votes, ADA)
    assert list(tmp_path.iterdir()) == []
    kept = opened(file)
    kept.open(TASK)
    answers(kept, voter_of("f" * 32), name="Ada")
    assert "f" * 20 not in file.read_text()  # nobody can vote as a reader who is in the file
    assert [each["event"] for each in recorded(file)] == ["begin", "open", "vote"]
    assert file.stat().st_mode & 0o077 == 0


def test_an_answer_that_cannot_be_written_does_not_count(file, monkeypatch):
    votes = opened(file)
    votes.open(TASK)
    whole = file.read_bytes()
    write = os.write
    monkeypatch.setattr(os, "write", lambda at, text: write(at, text[:9]))  # the disk is full
    with pytest.raises(VoteRefused, match="does not count"):
        answers(votes, ADA)
    monkeypatch.undo()
    assert votes.ballot.votes == {} and file.read_bytes() == whole
    answers(votes, ADA)
    votes.record.close()
    assert opened(file).ballot.votes.keys() == {ADA}


def test_a_line_that_was_not_written_to_its_end_is_cut_off(file):
    votes = opened(file)
    votes.open(TASK)
    answers(votes, ADA)
    votes.record.close()
    with file.open("a") as record:
        record.write('{"at": 1, "event": "vote", "vot')
    again = opened(file)
    assert again.ballot.votes.keys() == {ADA}
    answers(again, GRACE)
    again.record.close()
    assert opened(file).ballot.votes.keys() == {ADA, GRACE}


@pytest.mark.parametrize(
    "content, sentence",
    [
        ("Dear diary", "not a record"),
        ("a,b\n1,2\n", "Line 1 of .* is not of a record"),
        ('{"event": "open"}\n', "not a record"),
        ('{"event": "begin", "version": 1}\n{"event": "fly"}\n[]\n', "Line 3 of"),
        ('{"event": "begin", "version": 1}\n{"event": "open", "task": 1}\n', "cannot read"),
        ('{"event": "begin", "version": 1}\n{"event": "open", "task": "x/y", "at": 1}\n', "cannot"),
    ],
)
def test_a_file_of_something_else_is_left_as_it_is(file, content, sentence):
    file.write_text(content)
    with pytest.raises(RecordError, match=sentence):
        opened(file)
    assert file.read_text() == content


def test_two_servers_do_not_write_into_one_file(file, tmp_path):
    first = Record(file)
    with pytest.raises(RecordError, match="still runs"):
        Record(file)
    first.close()
    Record(file).close()
    with pytest.raises(RecordError, match="cannot be written"):
        Record(tmp_path / "nowhere" / "class.jsonl")


def test_to_delete_the_file_is_to_delete_the_votes(file):
    votes = opened(file)
    votes.open(TASK)
    answers(votes, ADA, name="Ada")
    file.unlink()
    with pytest.raises(VoteRefused, match=DELETED):
        answers(votes, GRACE)
    assert votes.ballot is None and votes.ballots == [] and votes.names == {}
    votes.open(TASK)
    answers(votes, GRACE)
    assert [each["event"] for each in recorded(file)] == ["begin", "open", "vote"]
    file.unlink()
    votes.look()  # which the instructor's page does every second
    assert votes.ballot is None and votes.ballots == []


WRITER = """
    import sys
    from pathlib import Path
    from workbench.classroom.votes import Votes, voter_of
    votes = Votes(lambda: [])
    votes.remember(Path(sys.argv[1]))
    if votes.ballot is None:
        votes.open("beta-vae/silent")
    for number in range(int(sys.argv[2]), 10**6):
        answer = {"task": "beta-vae/silent", "round": 1, "given": {"low": 0, "high": 1}}
        votes.vote(voter_of(f"{number:032x}"), "", answer | {"reason": 0, "id": str(number)})
        print(number, flush=True)
"""


def test_a_vote_that_was_acknowledged_survives_a_kill(file):
    counted = 0
    for _ in range(3):
        command = [sys.executable, "-c", textwrap.dedent(WRITER), file, str(counted)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for _ in range(40):
            counted = int(writer.stdout.readline()) + 1
        writer.send_signal(signal.SIGKILL)
        counted = max([counted, *(int(line) + 1 for line in writer.stdout if line.endswith("\n"))])
        writer.wait()
    votes = opened(file)
    acknowledged = {voter_of(f"{number:032x}") for number in range(counted)}
    # the one that was under way may be there as well
    assert acknowledged <= votes.ballot.votes.keys()
    assert len(votes.ballot.votes) <= counted + 1


# --- what they answered


def vote(reason=None, **given) -> Vote:
    return Vote("", given, reason, 0.0, "")


def test_answers_are_counted_by_what_they_name():
    pick = Pick((Outcome("a", ""), Outcome("b", ""), Outcome("c", "")))
    assert count(pick, [vote(choice=1), vote(choice=1), vote(choice=2)]) == [0, 2, 1]
    ways = [vote(direction="down"), vote(direction="up"), vote(direction="down")]
    assert count(Direction(0.1), ways) == [1, 0, 2]
    assert count_reasons([vote(0), vote(2), vote(2), vote(None)], 3) == [1, 0, 2]
    assert count(Curve((1, 2), 0, 1, 0.1), [vote(curve=[0, 1])]) == []


def test_ranges_are_counted_at_the_places_that_they_reach_over():
    scale = Range(0, 10, 1, 0.5)
    assert places(scale) == list(range(11))
    assert count(scale, [vote(low=2, high=3)]) == [0, 0, 1, 1] + [0] * 7
    assert count(scale, [vote(low=2, high=3), vote(low=3, high=10)]) == [0, 0, 1, 2] + [1] * 7
    assert sum(count(scale, [vote(low=2.5, high=2.5)])) == 1  # no range falls between two places
    assert count(scale, [vote(low=0, high=10)]) == [1] * 11
    fine = Range(-30, -20, 0.1, 0.5)
    assert len(places(fine)) == 21 and places(fine)[0] == -30 and places(fine)[-1] == -20


def test_moves_are_those_of_readers_who_answered_both_times():
    scale, pick = Range(0, 10, 1, 0.5), Pick((Outcome("a", ""), Outcome("b", "")))
    first = {ADA: vote(low=0, high=4), GRACE: vote(low=2, high=3), ALAN: vote(low=1, high=1)}
    last = {ADA: vote(low=3, high=4), GRACE: vote(low=1, high=4), "other": vote(low=0, high=0)}
    assert moves(scale, first, last) == {1: 1, 0: 1}
    first, last = {ADA: vote(choice=0), GRACE: vote(choice=1)}, {ADA: vote(choice=1)}
    assert moves(pick, first, last) == {(0, 1): 1}


def test_seconds_are_those_since_the_round_began(votes, monkeypatch):
    clock = iter([100.0, 103.26, 200.0, 201.5])
    monkeypatch.setattr(module.time, "time", lambda: next(clock))
    votes.open(TASK)
    answers(votes, ADA)
    assert votes.ballot.votes[ADA].seconds == pytest.approx(3.3)
    votes.step("again")
    answers(votes, ADA)
    assert votes.ballot.votes[ADA].seconds == pytest.approx(1.5)
