"""No button of the desk is unknown: those of its templates, and the actions of its lists by role.

`make audit` presses them all, also in hands that they are not shown to: tests/audit/test_buttons.py.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import RequestFactory

from tests.admin.desk import signed_in
from tests.admin.test_permissions import RECORDS, ROLES

pytestmark = pytest.mark.usefixtures("restored")

# Name of the button -> which roles it is for, and what keeps it from others. A name with braces stands for a constant.
BUTTONS = {
    "": "epa",  # the one button of a form: who may open the page may press it (deleting, uploading, comparing, a code)
    "_save": "epa",
    "_show_changes": "epa",  # like saving, taken back
    "{{ edit_name }}": "epa",
    "{{ simplify_name }}": "epa",
    "confirmed": "epa",  # publishing, restoring, an import: with the right to open the question
    "codes": "epa",  # the rest is about one's own account
    "end": "epa",
    "end_others": "epa",
    "app": "epa",
    "passkey": "epa",
}

# Model -> its actions -> roles.
ACTIONS = {f"measures.{model}": {"delete_selected": "a"} for model in (*RECORDS, "plan")} | {
    "auth.user": {"delete_selected": "a", "remove_second_factor": "a"},
    "axes.accessattempt": {"delete_selected": "a"},
}
ACTIONS["measures.measure"] |= {"publish": "pa", "unpublish": "pa"}


def test_every_button_of_the_templates_is_known():
    found = {}
    for template in sorted(Path(settings.BASE_DIR, "templates", "admin").rglob("*.html")):
        text = template.read_text(encoding="utf-8")
        for tag in re.findall(r"<(?:button|input)\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>", text):
            kind = re.search(r'\btype="(\w+)"', tag)
            pressed = kind[1] if kind else ("submit" if tag.startswith("<button") else "text")
            if pressed in ("submit", "image") and template.name != "styleguide.html":
                name = re.search(r'\bname="([^"]*)"', tag)
                found.setdefault(name[1] if name else "", template.name)
    assert found.keys() == BUTTONS.keys(), found


def test_every_action_of_a_list_is_known_and_offered_to_its_roles():
    found = {}
    for role in ROLES:
        signed_in(role, role)
        request = RequestFactory().get("/")
        request.user = User.objects.get(username=role)
        for model, records in admin.site._registry.items():
            for name in records.get_actions(request) if records.has_view_permission(request) else ():
                actions = found.setdefault(model._meta.label_lower, {})
                actions[name] = actions.get(name, "") + role[0]
    assert found == ACTIONS
