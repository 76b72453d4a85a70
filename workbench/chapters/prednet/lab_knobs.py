"""What a reader can choose in the lab of this chapter. Nothing here loads a model."""

FRAMES_SHOWN = 10  # of the clip, from frame 1 on
SIDE = 16  # of a frame
STEPS = 40  # mini-batches that the lab's network has learnt from
