"""What a reader can choose in the lab of this chapter. Nothing here loads a model."""

POOLINGS = {
    "Attention": "attention",
    "Max of features": "max",
    "Mean of features": "mean",
    "Max of probabilities": "instance-max",
    "Mean of probabilities": "instance-mean",
}
POSITIVE_BAGS = 4  # test bags on offer, the positive ones first
NEGATIVE_BAGS = 2
