"""Who has answered which task: a table for the instructor's page, and all answers as CSV."""

import csv
import io
from html import escape

from workbench.classroom.ballot import Ballot, Vote
from workbench.classroom.votes import Votes
from workbench.core.score import Verdict
from workbench.results.attempts import find_task, judge_prediction
from workbench.view.votes.question import measured_of

COLUMNS = (
    *("pseudonym", "voter", "task", "vote", "low", "high", "answer", "mechanism", "verdict"),
    *("attempts", "seconds"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet would begin to compute


def verdict_of(ballot: Ballot, vote: Vote) -> Verdict | None:
    """What an answer was worth; nothing while the task is still asked."""
    if not ballot.revealed:
        return None
    chapter, task = find_task(ballot.task)
    return judge_prediction(chapter, task, vote.given, measured_of(chapter, task))


def matrix_of(votes: Votes) -> str:
    """A row for each reader, a column for each task, as HTML. The last vote counts."""
    ballots = {ballot.task: ballot for ballot in votes.ballots}  # of a task the newest
    voters = {voter for each in ballots.values() for votes in each.rounds for voter in votes}
    if not voters:
        return ""
    titles = [find_task(id)[1].title for id in ballots]
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in ["Reader", *titles])
    rows = []
    for voter in sorted(voters, key=lambda each: votes.title(each).lower()):
        cells = "".join(f"<td>{_cell(ballot, voter)}</td>" for ballot in ballots.values())
        rows.append(f'<tr><th scope="row">{escape(votes.title(voter))}</th>{cells}</tr>')
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _cell(ballot: Ballot, voter: str) -> str:
    """What a reader has done in a task: the verdict once it is revealed."""
    answers = [votes[voter] for votes in ballot.rounds if voter in votes]
    if not answers:
        return ""
    verdict = verdict_of(ballot, answers[-1])
    words = "answered" if verdict is None else verdict.word
    return escape(words) + (f", {len(answers)} votes" if len(answers) > 1 else "")


def csv_of(votes: Votes) -> str:
    """Every counted answer as a row of CSV, the oldest task first.

    attempts: how often the reader has answered in this vote. seconds: until the last of them.
    """
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for ballot in votes.ballots:
        for number, answers in enumerate(ballot.rounds, 1):
            for voter, vote in answers.items():
                writer.writerow(map(_plain, _row(votes, ballot, number, voter, vote)))
    return table.getvalue()


def _row(votes: Votes, ballot: Ballot, number: int, voter: str, vote: Vote) -> list[object]:
    _, task = find_task(ballot.task)
    given, verdict = dict(vote.given), verdict_of(ballot, vote)
    low, high = given.pop("low", ""), given.pop("high", "")
    answer = next(iter(given.values()), "")
    if "choice" in given and task.predict is not None:
        answer = task.predict.outcomes[given["choice"]].text
    reason = "" if vote.reason is None else task.reasons[vote.reason].text
    return [
        *(votes.title(voter), voter, ballot.task, number, low, high, answer, reason),
        *("" if verdict is None else verdict.word, ballot.answers[number, voter], vote.seconds),
    ]


def _plain(value: object) -> object:
    """The value, with a mark before a text that a spreadsheet would compute."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
