"""The description of the API as a file: `manage.py openapi > openapi.json`."""

from django.core.management.base import BaseCommand

from measures.open_data.api.openapi import openapi
from measures.open_data.json_list import indented


class Command(BaseCommand):
    help = "Writes the OpenAPI document of the JSON API, as /api/schema/ answers it."

    def add_arguments(self, parser):
        parser.add_argument("--lang", default="en", choices=["en", "zh-hans"], help="of the explanations")

    def handle(self, **options):
        self.stdout.write(indented(openapi(options["lang"])), ending="")
