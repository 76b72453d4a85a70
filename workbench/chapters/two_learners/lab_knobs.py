"""What a reader can choose in the lab of this chapter. Nothing here loads a model."""

ITEMS = 16  # in a batch
BATCHES = 20
LABELS = {  # pattern and share of the wrong ones
    "Half wrong, any class": ("symmetric", 0.5),
    "45 % wrong, the next class": ("pair", 0.45),
}
NETWORKS = {"after 3 epochs": "early", "after 100 epochs": "late"}
