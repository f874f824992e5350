"""The catalogue of translations, held against the texts of the site: `.venv/bin/python -m tests.translations`.

Ends with 1 where it lacks a text, has a fuzzy one or one that nothing uses any more, or is not compiled.
"""

import gettext
import os
import re
import sys
from io import BytesIO
from pathlib import Path
from subprocess import PIPE, CalledProcessError, run

import django
from django.conf import settings
from django.core.management import call_command

LOCALE = "zh_Hans"
IGNORED = [".venv", "node_modules", "tests", "benchmarks"]
OPTIONS = {"no_location": True, "no_wrap": True, "no_obsolete": True, "verbosity": 0}
REMEDY = (
    f"Run `django-admin makemessages -l {LOCALE} --no-location --no-wrap --no-obsolete "
    f"{' '.join(f'-i {name}' for name in IGNORED)}`, translate, then `django-admin compilemessages`."
)


def catalogues() -> list[Path]:
    """The catalogue of the site's own texts, and those of packages that it completes."""
    return [Path(folder, LOCALE, "LC_MESSAGES", "django.po") for folder in settings.LOCALE_PATHS]


def faults() -> list[str]:
    catalogue = catalogues()[0]
    kept = catalogue.read_bytes()
    try:  # makemessages writes into the catalogue itself
        call_command("makemessages", locale=[LOCALE], ignore_patterns=IGNORED, **OPTIONS)
        used, lacking = texts(catalogue), incomplete(catalogue)
    finally:
        catalogue.write_bytes(kept)
    found = [f"not translated: {text}" for text in sorted(lacking)]
    found += [f"no longer used: {text}" for text in sorted(texts(catalogue) - used)]
    if not found and not all(map(is_compiled, catalogues())):
        found.append("django.mo is older than django.po")
    return found


def texts(catalogue: Path, *choice: str) -> set[str]:
    """The texts of a catalogue, with their contexts, or of its entries that msgattrib chooses."""
    output = tool("msgattrib", "--no-obsolete", "--no-wrap", *choice, str(catalogue)).decode()
    return set(re.findall(r'^(?:msgctxt ".+"\n)?msgid ".+"$', output, re.MULTILINE))


def incomplete(catalogue: Path) -> set[str]:
    return texts(catalogue, "--untranslated") | texts(catalogue, "--only-fuzzy")


def is_compiled(catalogue: Path) -> bool:
    compiled = tool("msgfmt", "--check-format", "--output-file=-", str(catalogue))
    return translations(compiled) == translations(catalogue.with_suffix(".mo").read_bytes())


def translations(compiled: bytes) -> dict:
    return gettext.GNUTranslations(BytesIO(compiled))._catalog


def tool(*command: str) -> bytes:
    try:
        return run(command, check=True, stdout=PIPE).stdout  # noqa: S603  a fixed command of gettext
    except FileNotFoundError:
        sys.exit(f"{command[0]} is missing. Install gettext (Debian: apt install gettext).")
    except CalledProcessError:  # the tool has said why
        sys.exit(f"{command[0]} refuses the catalogue.")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "futian_reform.settings")
    django.setup()
    sys.exit("\n".join([*found, REMEDY]) if (found := faults()) else 0)
