"""What the check of the translations finds."""

import shutil
from pathlib import Path

import pytest

from tests import translations


@pytest.fixture
def catalogue(tmp_path):
    """A copy of the site's catalogue."""
    own = translations.catalogues()[0]
    shutil.copy(own.with_suffix(".mo"), tmp_path)
    return Path(shutil.copy(own, tmp_path))


def test_the_shipped_catalogue_is_whole_and_compiled(catalogue):
    assert translations.incomplete(catalogue) == set()
    assert translations.is_compiled(catalogue)


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ('\nmsgid "Nowhere"\nmsgstr ""\n', 'msgid "Nowhere"'),
        ('\nmsgctxt "place"\nmsgid "Nowhere"\nmsgstr ""\n', 'msgctxt "place"\nmsgid "Nowhere"'),
        ('\n#, fuzzy\nmsgid "Nowhere"\nmsgstr "无处"\n', 'msgid "Nowhere"'),
    ],
)
def test_what_is_not_translated_is_named(catalogue, entry, found):
    with catalogue.open("a", encoding="utf-8") as file:
        file.write(entry)
    assert translations.incomplete(catalogue) == {found}


def test_a_translation_that_is_not_compiled_is_noticed(catalogue):
    with catalogue.open("a", encoding="utf-8") as file:
        file.write('\nmsgid "Nowhere"\nmsgstr "无处"\n')
    assert not translations.is_compiled(catalogue)


def test_a_missing_tool_and_a_broken_catalogue_are_named(catalogue, monkeypatch):
    catalogue.write_text("msgid broken")
    with pytest.raises(SystemExit, match="msgattrib refuses the catalogue"):
        translations.incomplete(catalogue)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="msgattrib is missing. Install gettext"):
        translations.incomplete(catalogue)
