from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from futian_reform.operations.reader_role import grant_reader


class Command(BaseCommand):
    help = "Creates or refreshes the role that public pages read with: SELECT on the content, nothing else."

    def handle(self, **options):
        if not settings.READER_ROLE:
            self.stdout.write(
                "DATABASE_READER_ROLE is empty: public pages read with the account of DATABASE_URL."
            )
            return
        try:
            grant_reader(settings.READER_ROLE)
        except DatabaseError as error:
            raise CommandError(
                f"The role {settings.READER_ROLE} cannot be set up ({str(error).strip()}). Let an administrator of the "
                f"database run: CREATE ROLE {settings.READER_ROLE}; GRANT {settings.READER_ROLE} TO <your account>; "
                "or set DATABASE_READER_ROLE= (empty) to let public pages read with the account of DATABASE_URL."
            ) from error
        self.stdout.write(f"The role {settings.READER_ROLE} can read the content and nothing else.")
