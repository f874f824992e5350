"""The readings shown beside hits are pypinyin's own, though most of its phrases are let go."""

import json
import subprocess
import sys

from measures.language.readings import toned
from tests.search.queries import everything_searched

WHOLE_DICTIONARY = """
import json, sys
from pypinyin import Style, lazy_pinyin
print(json.dumps([" ".join(lazy_pinyin(text, style=Style.TONE)) for text in json.load(sys.stdin)]))
"""


def test_readings_are_those_of_the_whole_dictionary(databases):
    texts = sorted({text for _code, own in everything_searched() for text in own})
    done = subprocess.run(
        [sys.executable, "-c", WHOLE_DICTIONARY],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        env={},
    )
    assert len(texts) > 500
    assert [toned(text) for text in texts] == json.loads(done.stdout)
