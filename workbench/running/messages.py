"""What is sent through the pipe between a server and a process that trains for it.

To the process: (BEGIN, number, chapter, knobs of each run), (LEAVE, number), (HALT, number) for a
run that shall have no turn until (GO_ON, number), and the signal POKE for an order that must not
wait for the end of a frame. Back come (number, TURN, seconds) before each frame, so that everybody
knows whose fault the end of the process is, then (number, list of frames, seconds), and at a
training's end (number, None or the exception that ended it, seconds). `seconds` is the CPU time of
the process.
"""

import signal

BEGIN, LEAVE, HALT, GO_ON, TURN = "begin", "leave", "halt", "go on", "turn"
POKE = getattr(signal, "SIGUSR1", None)  # Windows has none: there a run ends at its next frame
