"""What is sent through the pipe between a server and a process that trains for it.

To the process: (BEGIN, number, chapter, knobs of each run) and (LEAVE, number), and the signal POKE
for an order that must not wait for the end of a frame. Back come (number, TURN) before each frame,
so that everybody knows whose fault the end of the process is, then (number, list of frames), and at
a training's end (number, None or the exception that ended it).
"""

import signal

BEGIN, LEAVE, TURN = "begin", "leave", "turn"
POKE = getattr(signal, "SIGUSR1", None)  # Windows has none: there a run ends at its next frame
