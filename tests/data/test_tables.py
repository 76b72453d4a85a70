"""Simulated and real tables: flow statistics against a slow reference, and what can go wrong."""

import math
from collections import defaultdict

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler

from workbench.chapters.rad.stream import mislabel
from workbench.data import DataError, DataMissing, ImageSet, load, tables
from workbench.data.tables import cluster_trace as cluster
from workbench.data.tables import iot, real, windows

# --- damped windows, packet by packet


class Window:
    """One damped statistic: weight, sum, sum of squares, and when it was last touched."""

    def __init__(self):
        self.w = self.s = self.q = 0.0
        self.last, self.deviation = None, 0.0

    def add(self, t, v, decay):
        keep = 0.0 if self.last is None else 2.0 ** (-decay * (t - self.last))
        self.w, self.s, self.q = self.w * keep + 1, self.s * keep + v, self.q * keep + v * v
        self.last = t

    @property
    def mean(self):
        return self.s / self.w

    @property
    def variance(self):
        spread = self.q / self.w - self.mean**2
        return spread if spread > 1e-9 * self.mean**2 else 0.0


def slowly(packets, decay):
    """The 23 statistics [n, 23] of one decay rate, one packet after the other."""
    hosts, ways, jitters = (defaultdict(Window) for _ in range(3))
    products, seen, rows = {}, {}, []
    for t, size, a, b, pa, pb in zip(*packets, strict=True):
        hosts[a].add(t, size, decay)
        row = [hosts[a].w, hosts[a].mean, hosts[a].variance] * 2
        groups = []
        for ends in (((a,), (b,)), ((a, pa), (b, pb))):
            key, back = (*ends[0], *ends[1]), (*ends[1], *ends[0])
            mine, other = ways[key], ways.get(back)
            mine.add(t, size, decay)
            mine.deviation = size - mine.mean
            pair = (min(key, back), max(key, back))
            total, weight, last = products.get(pair, (0.0, 0.0, t))
            keep = 2.0 ** (-decay * (t - last))
            total = total * keep + mine.deviation * (other.deviation if other else 0.0)
            products[pair] = total, weight * keep + 1, t
            covariance = total / products[pair][1]
            mean, variance = (other.mean, other.variance) if other else (0.0, 0.0)
            spread = math.sqrt(mine.variance * variance)
            groups.append(
                [
                    mine.w,
                    mine.mean,
                    math.sqrt(mine.variance),
                    math.hypot(mine.mean, mean),
                    math.hypot(mine.variance, variance),
                    covariance,
                    covariance / spread if spread else 0.0,
                ]
            )
        jitter = jitters[a, b]
        jitter.add(t, t - seen.get((a, b), t), decay)
        seen[a, b] = t
        rows.append([*row, *groups[0], jitter.w, jitter.mean, jitter.variance, *groups[1]])
    return np.array(rows)


@pytest.mark.parametrize("name", ["benign", "gafgyt junk", "gafgyt combo", "mirai scan"])
def test_flow_statistics_are_those_of_a_slow_reference(name):
    packets, _ = iot.episode(name, np.random.default_rng(1))
    packets = windows.Packets(*(part[:200] for part in packets))
    fast = windows.statistics(packets).reshape(len(packets.time), 5, 23)
    for i, decay in enumerate(windows.DECAYS):
        slow = slowly(packets, decay)
        assert fast[:, i] == pytest.approx(slow, rel=1e-6, abs=1e-6)
    assert len(packets.time) > 100 and (np.abs(fast[..., -2]) > 0).any() or name == "mirai scan"


def test_statistics_of_all_episodes_at_once_are_those_of_each():
    rng = np.random.default_rng(0)
    two = [iot.episode(name, rng)[0] for name in ("gafgyt junk", "benign")]
    apart = two[1]._replace(source=two[1].source + 2**20, target=two[1].target + 2**20)
    both = windows.Packets(*map(np.concatenate, zip(two[0], apart, strict=True)))
    together = windows.statistics(both)
    alone = np.concatenate([windows.statistics(part) for part in two])
    assert together == pytest.approx(alone, rel=1e-9, abs=1e-9)


def test_a_damped_sum_by_hand():
    found = windows.damped_sums(np.array([0, 1, 0]), np.array([0.0, 5.0, 2.0]), np.ones((3, 1)))
    assert found[..., 0] == pytest.approx(
        np.stack([np.ones(5), np.ones(5), 1 + 2.0 ** (-2 * windows.DECAYS)])
    )


def test_an_episode_labels_what_the_flow_itself_sent():
    for name, flow in iot.FLOWS.items():
        packets, rows = iot.episode(name, np.random.default_rng(0))
        assert len(rows) == iot.ROWS and (np.diff(packets.time) >= 0).all()
        assert (packets.size >= 60).all()
        if flow.sources == 1:
            assert (packets.source[rows] == 0).all()
        if flow.replies == 0.0 and name != "benign":
            assert not np.isin(packets.source, packets.target[rows]).any()


# --- what the simulators are good for


@pytest.fixture(scope="module")
def flows():
    data = tables.load("iot")
    scale = StandardScaler().fit(data.x_train)
    return scale.transform(data.x_train), data.y_train, scale.transform(data.x_test), data.y_test


def test_iot_has_115_named_features_and_eleven_equal_classes():
    data = tables.load("iot")
    assert data.x_train.shape[1] == len(data.features) == len(set(data.features)) == 115
    assert len(data.classes) == 11 and len(set(np.bincount(data.y_train))) == 1
    assert np.isfinite(data.x_train).all() and np.isfinite(data.x_test).all()
    again = iot.simulate()
    assert (tables.magnitude(again[0]) == data.x_train).all()
    assert (iot.simulate(1)[0] != again[0]).any()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_forest_knows_flows_and_suffers_from_wrong_labels(flows, seed):
    x, y, x_test, y_test = flows
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(x))[:2000]
    noisy = mislabel(y[rows], 800, 11, rng)
    clean, hurt = (
        RandomForestClassifier(20, random_state=seed).fit(x[rows], labels).score(x_test, y_test)
        for labels in (y[rows], noisy)
    )
    assert clean >= 0.95 and hurt <= clean - 0.04


def test_cluster_tasks_end_in_four_ways_that_can_be_learnt():
    data = tables.load("cluster")
    shares = np.bincount(data.y_train) / len(data.y_train)
    assert data.x_train.shape[1] == len(cluster.FEATURES) == 27 and len(shares) == 4
    assert shares[2] > 0.5 and shares.min() < 0.06
    forest = RandomForestClassifier(20, random_state=0).fit(data.x_train, data.y_train)
    assert shares.max() + 0.15 < forest.score(data.x_test, data.y_test) < 0.95


# --- pictures as rows


def test_pictures_are_averaged_over_whole_blocks():
    x = np.arange(20.0 * 5, dtype=np.float32).reshape(1, 20, 5)
    small = tables.shrink(x)
    assert small.shape == (1, 10, 5)
    assert small[0, 3] == pytest.approx(x[0, 6:8].mean(0))
    uneven = tables.shrink(np.arange(33.0, dtype=np.float32).reshape(1, 1, 33))
    assert uneven.ravel() == pytest.approx([*range(1, 31, 3), 31])
    assert (tables.rows_of("digits").x_train == load("digits").x_train.reshape(-1, 64)).all()


def test_pictures_without_labels_get_clusters_and_say_so():
    rng = np.random.default_rng(0)
    x = rng.random((60, 5, 7), np.float32)
    data = tables.from_images(ImageSet(name="x", title="x", source="own", x_train=x, x_test=x[:9]))
    assert set(data.y_train) == set(range(5)) and "K-means" in data.source


def test_one_class_is_refused():
    x, y = np.zeros((30, 4, 4), np.float32), np.zeros(30, np.int64)
    images = ImageSet(
        name="same", title="x", source="x", x_train=x, x_test=x, y_train=y, y_test=y, classes=("0",)
    )
    with pytest.raises(DataError, match="one class only"):
        tables.from_images(images)


def test_a_table_of_ones_own_keeps_columns_of_any_scale(tmp_path):
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3
    small, large = y * 1e-3 + rng.normal(0, 1e-5, 60), rng.normal(0, 1e9, 60)
    lines = [f"{a},{b},{'abc'[k]}" for a, b, k in zip(small, large, y, strict=True)]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(["tiny,huge,label", *lines]))
    data = tables.rows_of(str(path))
    assert data.classes == ("a", "b", "c") and data.x_train.shape == (48, 2)
    gap = np.abs(data.x_train[:, 0] - data.y_train * 1e-3).max()
    assert gap < 1e-4
    path.write_text("\n".join(["tiny,huge", *(line.rsplit(",", 1)[0] for line in lines)]))
    with pytest.raises(DataError, match="no column label"):
        tables.rows_of(str(path))


# --- real tables


def test_what_is_not_there_is_not_offered_and_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    assert tables.names() == ("iot", "cluster")
    with pytest.raises(DataMissing, match="put nsl_kdd/"):
        tables.load("nsl-kdd")
    with pytest.raises(DataMissing, match="choose from iot, cluster"):
        tables.load("google")


def nsl_rows(n):
    rng = np.random.default_rng(0)
    for i in range(n):
        numbers = ",".join(f"{v:.2f}" for v in rng.random(37))
        label = ["normal", "neptune"][i % 2] if i else "rare"
        yield f"{i},{'udp tcp'.split()[i % 2]},http,SF,{numbers},{label},21"


@pytest.mark.parametrize("header", [False, True])
def test_nsl_kdd_is_read_with_and_without_its_header(tmp_path, monkeypatch, header):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    monkeypatch.setattr(real, "COMMONEST", 2)
    (tmp_path / "nsl_kdd").mkdir()
    names = ["duration", "protocol_type", "service", "flag", *(f"f{i}" for i in range(37))]
    top = [",".join([*names, "label", "difficulty"])] if header else []
    name = "nsl_kdd_train.csv" if header else "KDDTrain+.txt"
    text = "\n".join([*top, *nsl_rows(61)])
    if header:
        import gzip

        with gzip.open(tmp_path / "nsl_kdd" / f"{name}.gz", "wt") as file:
            file.write(text)
    else:
        (tmp_path / "nsl_kdd" / name).write_text(text)
    data = tables.load("nsl-kdd")
    assert data.classes == ("neptune", "normal") and len(data.x_train) + len(data.x_test) == 60
    assert data.x_train.shape[1] == 38 + 2 + 1 + 1  # the difficulty is no feature


def test_the_publishers_files_give_their_names_as_classes(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    folder = tmp_path / "nbaiot"
    folder.mkdir()
    head = "MI_dir_L5_weight,HH_jit_L5_mean,a,b,c"
    for name in ("benign_traffic", "scan"):
        body = [f"{i},{1.5e9 if i == 0 else 0.1},1,2,3" for i in range(30)]
        (folder / f"{name}.csv").write_text("\n".join([head, *body]))
    data = tables.load("n-baiot")
    assert data.classes == ("benign_traffic", "scan") and data.shape == (5, 1)
    assert data.x_train[:, 1].max() < 1  # the first packet of a channel has no gap to tell


def test_a_broken_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    (tmp_path / "cmu_faces").mkdir()
    (tmp_path / "cmu_faces" / "cmu_faces_60x64.npz").write_bytes(b"no archive")
    with pytest.raises(DataError, match="faces is damaged"):
        tables.load("faces")


@pytest.mark.skipif("nsl-kdd" not in tables.names(), reason="the real tables are not here")
def test_the_real_tables_have_the_documented_shapes():
    shapes = {"nsl-kdd": (25_114, 10), "n-baiot": (1196, 4), "faces": (624, 20)}
    for name, (rows, classes) in shapes.items():
        data = tables.load(name)
        assert len(data.x_train) + len(data.x_test) == rows and len(data.classes) == classes
        assert np.isfinite(data.x_train).all()
