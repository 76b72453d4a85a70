"""What a reader can choose in the labs of this chapter, by name. Nothing here loads a model."""

KINDS = {"K-Means": "kmeans", "EM": "mixture"}
STARTS = {  # the first centres
    "Good": [[-3.0, -1.0], [-0.5, 1.5], [4.0, 1.0]],
    "Stuck": [[-2.5, 0.3], [4.6, 1.2], [5.4, -1.2]],
}
PRESETS = {  # where the metric lab begins
    "Perfect": "Every digit with its like: all three are 1.",
    "K-Means": "The clusters of K-Means on pixels, the best of ten starts.",
    "Random": "Each digit into one of ten clusters, by a die. A matching still finds more than a "
    "tenth.",
    "One cluster": "All digits together: ACC is the share of the most frequent digit, the others "
    "are 0.",
    "Every digit alone": "As many clusters as digits: NMI still gives nearly half a mark, the "
    "others hardly any.",
}
