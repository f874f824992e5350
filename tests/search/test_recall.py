"""Recall of the search, by a sample. `make audit` asks for every Latin word and 1,000 runs of characters."""

import pytest

from .recall import check_latin_words, check_substrings


@pytest.mark.no_cover
def test_recall_of_random_substrings(databases):
    check_substrings(300)


@pytest.mark.no_cover
def test_recall_of_latin_words(databases):
    check_latin_words(nth=5)
