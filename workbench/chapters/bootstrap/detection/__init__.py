"""Detection from incomplete annotations: the third experiment of Reed et al. 2015, small and whole.

A scene is a canvas of 4 x 4 cells with a few pictures on it, and as many scrambled ones that are
no objects. A detector looks at all cells at once: from the window of 2 x 2 cells around each it
says how sure it is that an object has its centre there, and where its box lies. In training scenes
a share of the boxes was never drawn, and such an object looks like background. Four losses on the
confidences train side by side.
"""
