"""The dearest queries: a search over hostile inputs, which keeps the dearest and changes them, and prints the worst ten.

    FUTIAN_DATA=/tmp/scratch .venv/bin/python -m benchmarks.queries --seconds=600

A query costs the CPU time of the page that answers it, in this process and in its PostgreSQL backend. The designed answer of a
query that takes too long (503) is counted as such. Three minutes unless told otherwise.
"""

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

from .scratch import say, scratch_database

SECONDS = 180
MAX_LENGTH = 200  # characters, as the form takes them
KEPT = 25  # of the dearest, which are changed to find dearer ones
SHOWN = 10
HAN = "的一是深圳福田教育改革创新社区服务企业政府金融科技人才医疗环境建设机制管理试点示范区打造推进"
SYLLABLES = [
    "yi",
    "shi",
    "ji",
    "zhi",
    "xi",
    "li",
    "yu",
    "qi",
    "ying",
    "jian",
    "xian",
    "shang",
    "huan",
    "jing",
    "gai",
    "ge",
    "jiao",
    "fu",
    "tian",
    "shen",
    "zhen",
    "a",
    "e",
    "o",
    "er",
    "an",
    "ang",
]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789'+-.& "
WORDS = [
    "reform",
    "education",
    "the",
    "of",
    "in",
    "district",
    "shenzhen",
    "measures",
    "service",
    "innovation",
    "system",
    "pilot",
    "building",
    "and",
]


def seeds(chance: random.Random) -> list[str]:
    """Queries of every kind that search treats in its own way, as long as they may be."""
    found = [syllable * (MAX_LENGTH // len(syllable)) for syllable in SYLLABLES]
    found += [f"{syllable} " * (MAX_LENGTH // (len(syllable) + 1)) for syllable in SYLLABLES]
    found += [f"{syllable}'" * (MAX_LENGTH // (len(syllable) + 1)) for syllable in SYLLABLES]
    for _each in range(25):
        found += [
            "".join(chance.choices(SYLLABLES, k=60)),
            " ".join(chance.choices(SYLLABLES, k=50)),
            " ".join("".join(chance.choices(SYLLABLES, k=chance.randint(2, 12))) for _word in range(8)),
            "".join(chance.choices(HAN, k=MAX_LETTERS)),
            " ".join(chance.choices(HAN, k=100)),
            " ".join("".join(chance.choices(HAN, k=chance.randint(2, 20))) for _word in range(12)),
            " ".join(
                "".join(chance.choices("bcdfghjklmnpqrstwxyz", k=chance.randint(2, 10)))
                for _word in range(24)
            ),
            " ".join("".join(chance.choices(LETTERS, k=chance.randint(1, 40))) for _word in range(12)),
            " ".join(chance.choices(WORDS, k=30)),
            "".join(chance.choices(WORDS, k=20)),
            " ".join(f"{word}{chance.choice(WORDS)}" for word in chance.choices(WORDS, k=12)),
            " ".join(f'"{chance.choice(WORDS)} {chance.choice(HAN)}"' for _word in range(20)),
            " ".join(f"{chance.choice(HAN)}{chance.choice(SYLLABLES)}" for _word in range(24)),
            " ".join(str(chance.randint(0, 99)) for _word in range(60)),
        ]
    return found


MAX_LETTERS = 60  # Chinese characters that are divided


def changed(query: str, other: str, chance: random.Random) -> str:
    """The query with one change."""
    start = chance.randrange(len(query) + 1)
    end = min(len(query), start + chance.choice((1, 2, 5, 20, 80)))
    piece = chance.choice(
        (
            "",
            " ",
            "'",
            query[start:end] * 2,
            chance.choice(SYLLABLES),
            chance.choice(HAN),
            chance.choice(LETTERS),
            " " + chance.choice(WORDS),
            other[: chance.randrange(len(other) + 1)],
            "".join(chance.sample(query[start:end], end - start)),
        )
    )
    return (query[:start] + piece + query[end:])[:MAX_LENGTH].strip()


def cost_of_pages() -> Callable[[str], tuple[float, int]]:
    """A function from a query to the CPU milliseconds of its page and its status."""
    from django.db import connections
    from django.test import Client

    client = Client(headers={"host": "localhost"}, raise_request_exception=False)

    def backend() -> float:
        with connections["reader"].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6

    def cost(query: str) -> tuple[float, int]:
        here, there = time.process_time(), backend()
        response = client.get("/en/measures/", {"q": query}, follow=True)
        return 1000 * (time.process_time() - here) + backend() - there, response.status_code

    return cost


def worst(
    cost: Callable[[str], tuple[float, int]], seconds: float, chance: random.Random
) -> list[tuple[float, int, str]]:
    """The dearest queries that are found in this time, dearest first, and (to the log) how many were tried."""
    tried: dict[str, tuple[float, int]] = {}
    waiting = seeds(chance)
    chance.shuffle(waiting)
    cost("教育")  # connected, and the catalogue read
    deadline = time.monotonic() + seconds
    dearest: list[str] = []
    while time.monotonic() < deadline:
        if waiting and (len(tried) < KEPT or chance.random() < 0.5):
            query = waiting.pop().strip()[:MAX_LENGTH]
        else:
            query = changed(chance.choice(dearest), chance.choice(dearest), chance)
        if not query or query in tried:
            continue
        tried[query] = cost(query)
        dearest = sorted([*dearest, query], key=tried.__getitem__, reverse=True)[:KEPT]
    say(f"{len(tried):,} queries tried")
    # A chance peak is not dear the second time.
    again = [(min(tried[query][0], (now := cost(query))[0]), now[1], query) for query in dearest]
    return sorted(again, reverse=True)[:SHOWN]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with scratch_database():
        print("CPU ms  status  query")
        for milliseconds, status, query in worst(
            cost_of_pages(), options.seconds, random.Random(options.seed)
        ):
            print(f"{milliseconds:6.0f}  {status:6}  {query}")


if __name__ == "__main__":
    main()
