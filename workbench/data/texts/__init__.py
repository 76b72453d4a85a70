"""Texts with a class each: the embedded comments, and a .csv of your own with a column `text`.

Texts without a class, to learn words from, are in `corpora`.
"""

from __future__ import annotations

from workbench.data.texts.own_texts import has_texts, read_texts
from workbench.data.texts.textset import TextSet
from workbench.data.texts.youtube import load_comments

__all__ = ["TextSet", "has_texts", "load_comments", "read_texts"]
