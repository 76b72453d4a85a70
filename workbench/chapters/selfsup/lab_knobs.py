"""What a reader can choose in the lab of this chapter. Nothing here loads a model."""

WAYS = {  # how the tiles of a puzzle are cut: (with a gap, normalised)
    "Open": (False, False),
    "Gap": (True, False),
    "Normalised": (False, True),
    "Both": (True, True),
}
