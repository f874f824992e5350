from pathlib import Path

from django.core.exceptions import BadRequest
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from measures.open_data.verifying import verify


class Command(BaseCommand):
    help = "Works out whether the address of a citation still gives what it gave; ends with an error where it does not."

    def add_arguments(self, parser):
        parser.add_argument("address", help="the address of the list, with as_of")
        parser.add_argument(
            "fingerprint", nargs="?", default="", help="the fingerprint that the citation has"
        )
        parser.add_argument(
            "--measures", type=Path, metavar="FILE", help="a file with the codes that the list had"
        )

    def handle(self, address, fingerprint, measures, **options):
        try:
            codes = measures.read_text(encoding="utf-8") if measures else ""
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file of measures cannot be read: {error}") from error
        with override("en"):  # as all that commands say
            try:
                found = verify(address, fingerprint, codes)
            except BadRequest as error:
                raise CommandError(str(error.args[0])) from None
        self.stdout.write(f"data version {found.moment.number}, {found.moment.at:%Y-%m-%d %H:%M:%S} UTC")
        self.stdout.write(f"measures     {found.count}\nfingerprint  {found.fingerprint}")
        if found.same:
            self.stdout.write("same")
            return
        if found.came or found.went:
            why = "the search was improved since" if found.is_search else "the list is another"
            came, went = (", ".join(codes) or "none" for codes in (found.came, found.went))
            raise CommandError(f"not the same: {why}. These came: {came}. These went: {went}.")
        if found.given:
            raise CommandError("not the same: the fingerprint is another")
