"""The page before a deletion: what goes with a record, without rows that have no name which people know."""

from django.apps import apps
from django.utils.text import capfirst


class SaysWhatGoes:
    """Leaves out the rows that only join two records, and those of the applications in `nameless`."""

    nameless: tuple[str, ...] = ()

    def get_deleted_objects(self, objs, request):
        nested, counts, lacking, protected = super().get_deleted_objects(objs, request)
        left_out = [
            model._meta
            for model in apps.get_models(include_auto_created=True)
            if model._meta.auto_created or model._meta.app_label in self.nameless
        ]
        plurals = {str(options.verbose_name_plural) for options in left_out}
        counts = {name: count for name, count in counts.items() if str(name) not in plurals}
        labels = tuple(f"{capfirst(options.verbose_name)}:" for options in left_out)
        return without(nested, labels), counts, lacking, protected


def without(nested: list, labels: tuple[str, ...]) -> list:
    """The nested list without the texts that begin with one of the labels, and without lists that are empty by that."""
    kept = [without(item, labels) if isinstance(item, list) else item for item in nested]
    return [
        item for item in kept if item != [] and (isinstance(item, list) or not str(item).startswith(labels))
    ]
