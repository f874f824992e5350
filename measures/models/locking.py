"""Locks on a record and on what is edited with it."""

from django.db import models


def locked(record):
    """The record as it is now, with everything that is edited with it, locked until the transaction ends.

    The lock on the record's own row also makes rows that would join it wait (they lock the row their foreign key names),
    so afterwards its latest version is what the locked rows say. None if it is gone.
    """
    fresh = type(record)._base_manager.select_for_update().filter(pk=record.pk).first()
    if fresh:
        for field in record._meta.related_objects:
            # Paragraphs keep their plan from being deleted, so they do not cascade; but they are edited in its form.
            is_part = field.on_delete is models.CASCADE or field.name == "source_paragraphs"
            if field.one_to_many and is_part:
                parts = field.related_model._base_manager.filter(**{field.field.name: fresh})
                list(parts.select_for_update().order_by("pk").values_list("pk"))
        for field in record._meta.many_to_many:
            rows = field.remote_field.through._base_manager.filter(**{field.m2m_field_name(): fresh})
            list(rows.select_for_update().order_by("pk").values_list("pk"))
    return fresh
