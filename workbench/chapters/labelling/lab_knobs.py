"""What a reader can choose in the lab of this chapter. Nothing here loads a model."""

from workbench.chapters.labelling.defaults import COMMENTS

COUNT = 10  # comments on the table
FUNCTIONS = COMMENTS
