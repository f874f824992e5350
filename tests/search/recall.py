"""Search held against a plain scan of everything that is searched, as much of it as the caller says."""

import random
import re

from django.db import connection

from measures.language.chinese import HAN
from measures.language.normalising import normalized
from measures.models import Synonym

from .queries import everything_searched, readers_catalogue, searched


def check_substrings(count: int) -> None:
    """Every run of 1 to 8 Chinese characters that stands somewhere is found there, and beyond that only where a synonym of it stands."""
    texts = dict(everything_searched())
    runs = [run for own in texts.values() for text in own for run in re.findall(f"[{HAN}]+", text)]
    others: dict[str, set[str]] = {}
    for synonym in Synonym.objects.all():
        others.setdefault(synonym.word, set()).add(synonym.means)
        if synonym.both_ways:
            others.setdefault(synonym.means, set()).add(synonym.word)
    generator = random.Random(2020)
    queries = set()
    while len(queries) < count:
        run = generator.choice(runs)
        length = generator.randint(1, min(8, len(run)))
        at = generator.randint(0, len(run) - length)
        queries.add(run[at : at + length])
    catalogue = readers_catalogue()
    for q in sorted(queries):
        sought = {q, *others.get(q, ())}
        expected = {code for code, own in texts.items() if any(one in text for one in sought for text in own)}
        assert searched(q, catalogue) == expected, q


def check_latin_words(nth: int) -> None:
    """Every nth word is found wherever it stands; beyond that, only where another form of it does."""
    texts = {code: " ".join(map(normalized, own)) for code, own in everything_searched()}
    words = {code: set(re.findall("[a-z0-9]+", text)) for code, text in texts.items()}
    with connection.cursor() as cursor:
        every = sorted(set.union(*words.values()))
        cursor.execute(
            "SELECT w, coalesce((ts_lexize('measures_english', w))[1], w) FROM unnest(%s::text[]) w", [every]
        )
        stems = dict(cursor.fetchall())
    stems_of = {code: {stems[word] for word in own} for code, own in words.items()}
    assert len(every) > 1000
    catalogue = readers_catalogue()
    for word in every[::nth]:
        expected = {code for code, own in stems_of.items() if stems[word] in own}
        assert searched(f'"{word}"', catalogue) == expected, word
