from django.core.management import call_command
from django.core.management.base import BaseCommand

from measures.models import Plan
from measures.snapshots import editing_as

FIXTURES = ["synonyms", "plan", "vocabulary", "measures", "terms"]


class Command(BaseCommand):
    help = "Loads the shipped content into an empty database; never touches one that has a plan."

    def handle(self, **options):
        if Plan.objects.exists():
            self.stdout.write("The database has content; it stays as it is.")
            return
        with editing_as("load_content"):
            call_command("loaddata", *FIXTURES, verbosity=0)
        self.stdout.write("The shipped content is loaded.")
