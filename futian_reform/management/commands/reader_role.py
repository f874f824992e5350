from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from futian_reform.operations.reader_role import grant_reader
from measures.readers.choice import readers
from measures.readers.rights import RightsRefused


class Command(BaseCommand):
    help = "Creates or refreshes the role that public pages read with, and looks whether they can do no more than that."

    def handle(self, **options):
        if settings.READER_ROLE:
            self.grant()
        try:
            for reader in readers().all:
                self.stdout.write(self.look_at(reader))
        finally:
            for reader in readers().all:
                connections[reader.alias].close()

    def grant(self):
        try:
            grant_reader(settings.READER_ROLE)
        except DatabaseError as error:
            raise CommandError(
                f"The role {settings.READER_ROLE} cannot be set up ({str(error).strip()}). Let an administrator of the "
                f"database run: CREATE ROLE {settings.READER_ROLE}; GRANT {settings.READER_ROLE} TO <your account>; "
                "or set DATABASE_READER_ROLE= (empty) to let public pages read with the account of DATABASE_URL."
            ) from error

    def look_at(self, reader) -> str:
        """The rights of public pages on one server, as found there."""
        try:
            reader.open().end()
        except RightsRefused as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            return f"{reader.name} does not answer ({str(error).strip().partition(chr(10))[0]}); the others fill in."
        if not reader.is_limited:
            return "DATABASE_READER_ROLE is empty: public pages read with the account of DATABASE_URL."
        if len(readers().all) > 1:
            return f"Public pages can read the content on {reader.name} and nothing else."
        return f"The role {settings.READER_ROLE} can read the content and nothing else."
