"""Other words for the same, as staff write them down: who searches for one finds the other too."""

from collections.abc import Mapping

from measures.catalogue import Catalogue

from .text import words

Synonyms = Mapping[str, tuple[str, ...]]  # words as a query has them -> the texts that are looked for as well


def synonyms(catalogue: Catalogue) -> Synonyms:
    return catalogue.kept("synonyms", lambda: _synonyms(catalogue))


def _synonyms(catalogue: Catalogue) -> Synonyms:
    found: dict[str, list[str]] = {}
    for record in catalogue.vocabulary.synonym.values():
        word, means = as_searched(record.word), as_searched(record.means)
        found.setdefault(word, []).append(means)
        if record.both_ways:
            found.setdefault(means, []).append(word)
    found.pop("", None)
    return {word: tuple(dict.fromkeys(filter(None, own))) for word, own in found.items()}


def as_searched(text: str) -> str:
    """`text` as the words of a query stand in it."""
    return " ".join(word.text for word in words(text))
