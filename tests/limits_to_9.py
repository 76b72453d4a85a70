"""Where the answers of chapters 1 to 9 do not hold, each measured by runs."""

from limits import Limit

TEN = range(10)

LIMITS = (
    Limit(
        "autoencoder/linear",
        "with few steps the descent is not there yet",
        ({"steps": 200},),
        lambda few: all(few["train_mse"] > 1.1 * few["pca_train_mse"]),
    ),
    Limit(
        "autoencoder/bend",
        "PCA loses nothing at all, and needs no training, while the network still makes an error",
        ({"latent": 64},),
        lambda end: all(end["pca_mse"] < 1e-6) and all(end["mse"] > 1e-4),
    ),
    Limit(
        "autoencoder/bits",
        "hardly a unit goes to its end, and yet the rounded numbers find nearly as many neighbours",
        ({"latent": 32, "code_noise": 0.0}, {"latent": 32, "code_noise": 4.0}),
        lambda free, noisy: (
            all(free["saturation"] < 0.1)
            and abs(free["precision"].mean() - noisy["precision"].mean()) < 0.05
        ),
    ),
    Limit(
        "beta-vae/silent",
        "latents stay in use at beta 4 and even at 16",
        tuple({"data": "sprites", "beta": beta} for beta in (4.0, 16.0)),
        lambda dear, dearer: min(dear["active"]) >= 2 and min(dearer["active"]) >= 1,
    ),
    Limit(
        "beta-vae/price",
        "the rate goes on growing with the steps of training",
        tuple({"beta": 0.0, "steps": steps} for steps in (500, 1500, 3000)),
        lambda few, more, most: (
            all(few["rate"] < more["rate"]) and all(more["rate"] < most["rate"])
        ),
    ),
    Limit(
        "beta-vae/room",
        "With room for two or three, every latent is used. And at beta 0, where nothing costs, all",
        ({"latent": 2}, {"latent": 3}, {"latent": 32, "beta": 0.0}),
        lambda two, three, free: (
            all(two["active"] == 2) and all(three["active"] == 3) and all(free["active"] == 32)
        ),
    ),
    Limit(
        "beta-vae/three",
        "With other data the range lies elsewhere",
        ({"data": "sprites", "beta": 4.0}, {"beta": 4.0}),
        lambda sprites, digits: all(sprites["active"] > digits["active"]),
    ),
    Limit(
        "clustering/floor",
        "the least variance hardly matters",
        tuple({"features": "pca", "ridge": ridge} for ridge in (1e-3, 1e-9)),
        lambda floor, none: all(abs(floor["acc"] - none["acc"]) < 0.03),
    ),
    Limit(
        "selfsup/edges",
        "On the digits many edges are empty, and all empty edges fit",
        ({}, {"data": "digits"}),
        lambda photos, digits: max(digits["edges"]) < min(photos["edges"]) - 0.1,
    ),
    Limit(
        "selfsup/grey",
        "the mean is that colour, so squared error can answer in colour",
        ({"paint": "one a kind"},),
        lambda end: min(end["chroma"] / end["chroma_true"]) > 0.5,
    ),
    Limit(
        "mil/witness",
        "on some seeds the weights point elsewhere in nearly every bag",
        ({"bags": 10},),
        lambda few: sum(few["top_witness"] < 0.2) >= 2,
    ),
    Limit(
        "mil/nothing",
        "nearly as firmly as in positive ones",
        ({"bags": 20, "size": 10},),
        lambda few: (few["spread_negative"] - few["spread_positive"]).mean() < 0.1,
        TEN,
    ),
    Limit(
        "mil/more",
        "Make half of each positive bag witnesses, and a mean is a good answer",
        ({"share": 0.5},),
        lambda half: all(half["auc"] > 0.95),
    ),
    Limit(
        "mil/balance",
        "Bags of five drawn blindly are more often negative than positive, and little is lost",
        tuple({"size": 5, "balanced": balanced} for balanced in (True, False)),
        lambda even, blind: (even["auc"] - blind["auc"]).mean() < 0.06,
        TEN,
    ),
    Limit(
        "mil/few",
        "With bags of twenty attention falls short of it on most seeds",
        ({"size": 20},),
        lambda end: sum((end["auc"] >= 0.9) & (end["top_witness"] >= 0.85)) <= 2,
    ),
    Limit(
        "bootstrap/by-heart",
        "Without wrong labels, or with few steps, the curve does not fall",
        ({"noise": 0.0}, {"steps": 200}),
        lambda *ends: all(
            (end.course("accuracy").max(1) - end["accuracy"]).mean() < 0.02 for end in ends
        ),
    ),
    Limit(
        "bootstrap/soft",
        "With much smaller betas the network is heard, and the accuracy moves",
        ({"beta": 0.3},),
        lambda heard: all(abs(heard["accuracy"] - heard["plain_accuracy"]) > 0.1),
    ),
    Limit(
        "bootstrap/votes",
        "the majority is ahead on every seed",
        ({"annotators": 9, "careless": 0.6},),
        lambda end: all(end["majority_accuracy"] > end["hard_accuracy"]),
    ),
    Limit(
        "bootstrap/heard",
        "repeats more than half of the wrong ones",
        ({"loss": "hard", "beta": 0.6, "pattern": "permutation", "noise": 0.4},),
        lambda end: end["memorised"].mean() > 0.5,
    ),
    Limit(
        "pseudo/at-once",
        "no harm is done; with a weight of 0.1 they may even without a ramp",
        ({"full": 0.6}, {"alpha": 0.1}),
        lambda *ends: all(
            min(end["accuracy"] - end["supervised_accuracy"]) > -0.05 for end in ends
        ),
    ),
    Limit(
        "pseudo/helps",
        "all of them together reach this on some seeds and miss it on others",
        ({"labels": 1, "mixup": True, "least": True, "balance": True, "certainty": True},),
        lambda end: 0 < sum((end["accuracy"] >= 0.8) & (end["ece"] <= 0.13)) < len(TEN),
        TEN,
    ),
)
