"""Recall of the search: every Latin word of the content, and 1,000 runs of Chinese characters."""

from tests.search.recall import check_latin_words, check_substrings


def test_recall_of_1000_random_substrings(databases):
    check_substrings(1000)


def test_recall_of_every_latin_word(databases):
    check_latin_words(nth=1)
