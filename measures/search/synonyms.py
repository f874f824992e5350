"""Other words for the same, as staff write them down: who searches for one finds the other too."""

from collections.abc import Iterable, Mapping

from measures.catalogue import Catalogue

from .index import StemAndForms
from .text import LATIN_WORD, words


class Synonyms:
    """The words of a query with the texts that are looked for as well, in English for all forms of the words."""

    def __init__(self, texts: Mapping[str, tuple[str, ...]]):
        self.texts = texts
        #: Their Latin words, and what the site knows of these, once a search has asked.
        self.latin = {
            word for text, own in texts.items() for word in LATIN_WORD.findall(" ".join((text, *own)))
        }
        self.rows: list[StemAndForms] = []
        self._by_stems: dict[str, tuple[str, ...]] = {}

    def learn(self, rows: Iterable[StemAndForms]) -> None:
        own = [row for row in rows if row[0] in self.latin]
        stems = {word: stem for word, stem, _forms in own}
        self._by_stems = {_stemmed(text, stems): means for text, means in self.texts.items()}
        self.rows = own

    def of(self, text: str, stems: Mapping[str, str]) -> tuple[str, ...]:
        """The texts for this one, or for another form of its words: for "doctors" those of "doctor"."""
        return self.texts.get(text) or self._by_stems.get(_stemmed(text, stems), ())


def _stemmed(text: str, stems: Mapping[str, str]) -> str:
    return LATIN_WORD.sub(lambda word: stems.get(word[0], word[0]), text)


def synonyms(catalogue: Catalogue) -> Synonyms:
    return catalogue.kept("synonyms", lambda: _synonyms(catalogue))


def _synonyms(catalogue: Catalogue) -> Synonyms:
    found: dict[str, list[str]] = {}
    for record in catalogue.vocabulary.synonym.values():
        word, means = (" ".join(own.text for own in words(text)) for text in (record.word, record.means))
        found.setdefault(word, []).append(means)
        if record.both_ways:
            found.setdefault(means, []).append(word)
    found.pop("", None)
    return Synonyms({word: tuple(dict.fromkeys(filter(None, own))) for word, own in found.items()})
