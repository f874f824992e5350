"""The records that a reader may be about to search for, by what is typed so far: in their names, nothing else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from django.db.models import Q

from measures.catalogue import Catalogue
from measures.catalogue.records import Term
from measures.language.unicode_ranges import HAN

from .index import Index
from .lexicon import look_up
from .matching import Combined, Tree, combined, find, in_title, leaves
from .query import parts
from .synonyms import synonyms
from .text import Word, code, words

MAX_TYPED = 60  # characters; who has typed more knows what to look for
MAX_WORDS = 8
MAX_MEASURES = 5  # suggested
MAX_READ = 20  # measures with all characters in their titles, which need not stand there as a text
PIECES = re.compile(f"[{HAN}]+|[^{HAN}]+")


@dataclass(frozen=True)
class Suggested:
    """Measures by code with their title or headline, vocabulary by its facet tokens ("centre:finance"), and terms."""

    measures: list[tuple[str, str]]
    tokens: set[str]
    terms: list[Term]


NOTHING = Suggested([], set(), [])


def suggested(typed: str, catalogue: Catalogue) -> Suggested:
    """The records that fit `typed`, whose last word may be unfinished. Measures are only a few of them."""
    if len(typed) > MAX_TYPED:
        return NOTHING
    own = _words(typed)
    if not 0 < len(own) <= MAX_WORDS:
        return NOTHING
    index = Index(catalogue.using, catalogue.number)
    found = parts(own, look_up(own, index, synonyms(catalogue)))
    tree = Combined(tuple(part.tree for part in found), all_of=True)
    return Suggested(
        _numbered(typed, catalogue) or _titled(tree, index, catalogue),
        _named(tree, index),
        [term for term in catalogue.terms.values() if stands_in(tree, (term.name_zh, term.name_en))],
    )


def _words(typed: str) -> list[Word]:
    """The words, divided where scripts meet, the last of them unfinished."""
    own = [
        replace(word, text=piece)
        for word in words(typed)
        for piece in ([word.text] if word.quoted else PIECES.findall(word.text))
    ]
    return [*own[:-1], replace(own[-1], unfinished=not own[-1].quoted)] if own else []


def _numbered(typed: str, catalogue: Catalogue) -> list[tuple[str, str]]:
    """The measures with the number that is typed, those of the newest plan first."""
    if not (number := code(typed)):
        return []
    years = [plan.year for plan in catalogue.plans if number.year in (None, plan.year)]
    codes = [f"{year}-{number.number:02}" for year in years[:MAX_MEASURES]]
    own = catalogue.measures_by_code(codes)
    return [(each, own[each].title) for each in codes if each in own]


def _titled(tree: Tree, index: Index, catalogue: Catalogue) -> list[tuple[str, str]]:
    register = catalogue.register
    bitmap = index.bitmap(Q(lexemes__matches=in_title(tree)), register)
    keys = list(islice(register.keys_of(bitmap, register.in_plan_order), MAX_READ))
    found = []
    for measure in catalogue.measures(keys):
        title, headline = (measure.title_zh, measure.title_en), (measure.headline_zh, measure.headline_en)
        if stands_in(tree, (*title, *headline)):
            by_headline = measure.headline and stands_in(tree, headline) and not stands_in(tree, title)
            found.append((measure.code, measure.headline if by_headline else measure.title))
    return found[:MAX_MEASURES]


def _named(tree: Tree, index: Index) -> set[str]:
    """The tokens of the vocabulary in whose names the tree fits."""
    own = list(leaves(tree))
    named = {id(leaf): set(tokens) for leaf, tokens in zip(own, index.named(own), strict=True)}
    return combined(tree, lambda leaf: named[id(leaf)])


def stands_in(tree: Tree, texts: Iterable[str]) -> bool:
    """Whether what the tree asks for stands in these texts."""
    text = "\n".join(texts)
    return combined(tree, lambda leaf: find(leaf, text) is not None)
