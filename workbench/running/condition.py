"""How a training process is, and what its death means for the runs that it trains."""

from workbench.running.errors import Interrupted, NeverBegan, WorkerDied

STILLBORN = 3  # processes in a row after which runs are not kept waiting for another
CLOSED = "The training process has been closed."
DIED = "The training process died; a new one is ready, so you can run this again."
INTERRUPTED = "The training process died; this begins anew in another."
NEVER_BEGAN = "Training processes end here as soon as they start; the server's log may say why."
TOO_LONG = (
    "One picture of this run took longer than {:g} s, so its process was ended; change a knob."
)


class Condition:
    """Of one process after the other: whether it has sent anything, hangs, or is not wanted."""

    def __init__(self) -> None:
        self.awake = False  # whether this process has sent anything
        self.hung = False  # whether one frame has taken too long
        self.closed = False
        self.stillborn = 0  # processes in a row that have not sent anything

    def begin(self) -> None:
        """A new process starts."""
        self.awake = False
        self.hung = False

    def hear(self) -> None:
        """The process has sent something."""
        self.awake = True
        self.stillborn = 0

    def die(self) -> None:
        """The process has ended."""
        self.stillborn += not self.awake

    def judge(self, its_turn: bool, frame_seconds: float | None) -> WorkerDied:
        """What the death of the process means for a run, whose turn it was or not."""
        if self.closed:
            return WorkerDied(CLOSED)
        if not self.awake and self.stillborn >= STILLBORN:
            return NeverBegan(NEVER_BEGAN)
        if not its_turn:
            return Interrupted(INTERRUPTED)
        return WorkerDied(TOO_LONG.format(frame_seconds) if self.hung else DIED)
