"""The features of a frozen ResNet-18 that was trained on a million other pictures.

Wang et al. 2017 fine-tune all of a pre-trained network. On a CPU that takes hours, so here it is
frozen: it turns every picture into 512 numbers, once, and a small network learns on those.
"""

import io

import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from workbench.data import DataError, ImageSet, data_folder, weights

SIDE = 64  # pixels that pictures are brought to; the time grows with their square
MOST_PICTURES = 10_000  # 5 ms each on a core
PICTURES_AT_ONCE = 50
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pixels by channel


def load() -> torch.nn.Module:
    """ResNet-18 (He et al. 2016) without its last layer: [n, 3, height, width] -> [n, 512].

    Raises DataMissing when the weights are absent, DataError when the file holds anything else.
    """
    from torchvision.models import resnet18  # seconds of import, for this alone

    content = weights.read(data_folder())
    net = resnet18()
    try:
        net.load_state_dict(torch.load(io.BytesIO(content), "cpu", weights_only=True))
    except Exception:  # what a foreign file makes torch raise is nearly anything
        raise DataError(
            f"{weights.FILE} does not hold ResNet-18's weights: remove it and run `{weights.HOW}`"
        ) from None
    net.fc = torch.nn.Identity()
    return net.eval()


def features(images: ImageSet, device: str = "cpu") -> tuple[Tensor, Tensor]:
    """The 512 features of every training and every test picture, on the device.

    Each has mean 0 and deviation 1 over the training pictures. Raises DataError for sets of more
    than MOST_PICTURES pictures, and as `load` does.
    """
    count = len(images.x_train) + len(images.x_test)
    if count > MOST_PICTURES:
        raise DataError(
            f"{images.name} has {count} pictures, and a ResNet-18 would look at them "
            f"for minutes: choose data of at most {MOST_PICTURES}."
        )
    net = load().to(device)
    train, test = (_pooled(net, x, device) for x in (images.x_train, images.x_test))
    mean, deviation = train.mean(0), train.std(0).clamp_min(1e-6)
    return (train - mean) / deviation, (test - mean) / deviation


@torch.no_grad()
def _pooled(net: torch.nn.Module, x: NDArray, device: str) -> Tensor:
    """x [n, height, width] or [n, height, width, 3] -> [n, 512]."""
    mean, std = (torch.tensor(values, device=device).view(3, 1, 1) for values in (MEAN, STD))
    parts = []
    for start in range(0, len(x), PICTURES_AT_ONCE):
        part = torch.tensor(x[start : start + PICTURES_AT_ONCE], device=device)
        colour = part.movedim(3, 1) if part.ndim == 4 else part[:, None].expand(-1, 3, -1, -1)
        large = F.interpolate(colour, (SIDE, SIDE), mode="bilinear")
        parts.append(net((large - mean) / std))
    return torch.cat(parts)
