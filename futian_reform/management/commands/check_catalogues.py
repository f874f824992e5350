import gettext
import re
from io import BytesIO
from pathlib import Path
from subprocess import PIPE, CalledProcessError, run

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

LOCALE = "zh_Hans"
IGNORED = [".venv", "node_modules", "tests", "benchmarks"]
OPTIONS = {"no_location": True, "no_wrap": True, "no_obsolete": True, "verbosity": 0}


class Command(BaseCommand):
    help = (
        "Fails when the catalogue lacks a text of the site, holds a fuzzy or stale one, or is not compiled."
    )

    def handle(self, **options):
        catalogue = Path(settings.LOCALE_PATHS[0], LOCALE, "LC_MESSAGES", "django.po")
        kept = catalogue.read_bytes()
        try:  # makemessages writes into the catalogue itself
            call_command("makemessages", locale=[LOCALE], ignore_patterns=[*IGNORED], **OPTIONS)
            renewed = attributes(catalogue)
            incomplete = attributes(catalogue, "--untranslated") | attributes(catalogue, "--only-fuzzy")
        finally:
            catalogue.write_bytes(kept)
        faults = [f"not translated: {text}" for text in sorted(incomplete)]
        faults += [f"no longer used: {text}" for text in sorted(attributes(catalogue) - renewed)]
        catalogues = [Path(folder, LOCALE, "LC_MESSAGES", "django.po") for folder in settings.LOCALE_PATHS]
        if not faults and not all(map(is_compiled, catalogues)):
            faults.append("django.mo is older than django.po")
        if faults:
            raise CommandError(
                "\n".join(faults)
                + f"\nRun `django-admin makemessages -l {LOCALE} --no-location --no-wrap --no-obsolete "
                f"{' '.join(f'-i {name}' for name in IGNORED)}`, translate, then `django-admin compilemessages`."
            )


def attributes(catalogue: Path, *choice: str) -> set[str]:
    """The texts of a catalogue, with their contexts, or of its entries that msgattrib chooses."""
    output = tool("msgattrib", "--no-obsolete", "--no-wrap", *choice, str(catalogue)).decode()
    return set(re.findall(r'^(?:msgctxt ".+"\n)?msgid ".+"$', output, re.MULTILINE))


def is_compiled(catalogue: Path) -> bool:
    compiled = tool("msgfmt", "--check-format", "--output-file=-", str(catalogue))
    return translations(compiled) == translations(catalogue.with_suffix(".mo").read_bytes())


def translations(compiled: bytes) -> dict:
    return gettext.GNUTranslations(BytesIO(compiled))._catalog


def tool(*command: str) -> bytes:
    try:
        return run(command, check=True, stdout=PIPE).stdout  # noqa: S603  a fixed command of gettext
    except FileNotFoundError as error:
        raise CommandError(
            f"{command[0]} is missing. Install gettext (Debian: apt install gettext)."
        ) from error
    except CalledProcessError as error:  # the tool has said why
        raise CommandError(f"{command[0]} refuses the catalogue.") from error
