"""TODO."""

from workbench.chapters.clustering.dec import Dec
from workbench.chapters.clustering.em import Em
from workbench.chapters.clustering.kmeans import KMeans
from workbench.chapters.clustering.vade import Vade

METHODS = {"kmeans": KMeans, "mixture": Em, "dec": Dec, "vade": Vade}
