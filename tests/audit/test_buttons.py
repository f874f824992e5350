"""Every button of the desk in every hand: shown to the roles that it is for, and of no use to others."""

from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Group, User

from measures.models import Measure, Plan, Version
from tests import second_plan
from tests.admin.desk import FormReader, signed_in
from tests.admin.test_permissions import OPEN, POSTED_ONLY, RECORDS, ROLES, address, desk_addresses, keys

pytestmark = pytest.mark.usefixtures("restored")

NO_PAGES = {"jsi18n", "autocomplete", "view_on_site", "sign-in-app-picture", "app_list"}
# About one's own account: they change nothing else, and some end the session that the test presses with.
OWN = {"password_change", "sign-in", "sign-in-app", "sign-in-verify", "passkey-register-begin"}
SAVE = ("_save", "_continue", "_addanother", "_show_changes")


def expected() -> dict[tuple[str, str], str]:
    """(page, button) -> roles. `keys` shows the form of a term of a public plan, of a category and plan that are drafts."""
    may = {}
    for model in RECORDS:
        public_at_once = model in ("centre", "audience", "district", "synonym")
        for button in SAVE:
            may[f"measures_{model}_add", button] = "pa" if public_at_once else "epa"
            may[f"measures_{model}_change", button] = "pa" if public_at_once or model == "term" else "epa"
        if model in ("measure", "audience", "term", "synonym"):  # to others something refers
            may[f"measures_{model}_delete", ""] = "a"
    for button in SAVE:
        may["measures_plan_add", button] = "a"
        may["measures_plan_change", button] = "a" if button == "_addanother" else "epa"
    for model in (*RECORDS, "plan"):
        may[f"measures_{model}_changelist", "index"] = "pa" if model == "measure" else "a"
        may[f"measures_{model}_changelist", "action:delete_selected"] = "a"
    may |= {("measures_measure_changelist", f"action:{name}"): "pa" for name in ("publish", "unpublish")}
    may |= {("measures_measure_import", ""): "epa", ("measures_version_restore", "confirmed"): "epa"}
    may |= {("measures_plan_publish", "confirmed"): "pa"}
    for view in ("add", "change"):
        may |= {(f"auth_user_{view}", button): "a" for button in SAVE[:3]}
    may |= {("auth_user_delete", ""): "a", ("auth_user_password_change", "set-password"): "a"}
    may |= {
        ("auth_user_changelist", name): "a"
        for name in ("index", "action:delete_selected", "action:remove_second_factor")
    }
    may |= {("axes_accessattempt_changelist", name): "a" for name in ("index", "action:delete_selected")}
    return may | {("axes_accessattempt_delete", ""): "a"}


class Forms(HTMLParser):
    """The posting forms of a page: (where it posts to, its fields, its buttons as (name, value))."""

    def __init__(self, response):
        super().__init__()
        self.path, self.forms, self.reader = response.request["PATH_INFO"], [], None
        self.feed(response.text)
        self.forms = [form for form in self.forms if not form[0].endswith("/logout/")]

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if tag == "form" and attributes.get("method", "").lower() == "post":
            self.reader = FormReader("")
            self.reader.inside = True
            self.forms.append((attributes.get("action") or self.path, self.reader.data, []))
        elif self.reader:
            self.reader.handle_starttag(tag, pairs)
            self.button(tag, attributes)

    def button(self, tag, attributes):
        kind, name = attributes.get("type", "submit" if tag == "button" else ""), attributes.get("name", "")
        if kind in ("submit", "image"):
            self.forms[-1][2].append((name, attributes.get("value", "")))
        elif (
            tag == "option"
            and self.reader.select
            and self.reader.select[0] == "action"
            and attributes["value"]
        ):
            self.forms[-1][2].append(("action", attributes["value"]))

    def handle_data(self, data):
        if self.reader:
            self.reader.handle_data(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.reader = None
        elif self.reader:
            self.reader.handle_endtag(tag)


def forms(client, pks):
    """(name of the address, where it posts to, fields, buttons) for every form that the client is shown."""
    for name, route in desk_addresses():
        if name in OPEN | POSTED_ONLY | NO_PAGES | OWN:
            continue
        path = address(route, pks) + ("?old=1&new=1" if name == "measures_version_compare" else "")
        response = client.get(path)
        if response.status_code == 200 and "html" in response.headers["Content-Type"]:
            for form in Forms(response).forms:
                yield name, *form


def called(button: tuple[str, str]) -> str:
    name, value = button
    return f"action:{value}" if name == "action" else name


def test_the_matrix_of_roles_and_buttons():
    second_plan.enter("draft", "draft")
    pks, found = keys(), {}
    for role in ROLES:
        shown = {
            (name, called(button))
            for name, _to, _fields, buttons in forms(signed_in(role, role), pks)
            for button in buttons
        }
        for button in shown:
            found[button] = found.get(button, "") + role[0]
    assert found == expected()


def changed(fields: dict) -> dict:
    """The fields of a form with other texts wherever there is one."""
    more = {"_en": " x", "_zh": "改"}
    return {
        name: [value + more[name[-3:]] if value else value for value in values]
        if name[-3:] in more and not name.startswith("initial-")
        else values
        for name, values in fields.items()
    }


def questions(client, pks):
    """What an administrator is shown, and what is asked after its lists' actions: every post there is at the desk."""
    for name, to, fields, buttons in forms(client, pks):
        for button in buttons:
            yield name, to, changed(fields) | {button[0] or "post": [button[1] or "yes"]}
            if button[0] == "action":
                chosen = {"_selected_action": [str(record_of(name, pks))]}
                answer = client.post(to, {**fields, "action": button[1], **chosen})
                for question, typed, confirming in Forms(answer).forms if answer.status_code == 200 else ():
                    for pressed in confirming:
                        yield name, question, {**typed, **chosen, pressed[0] or "post": [pressed[1] or "yes"]}


def record_of(name: str, pks: dict) -> int:
    return pks[name.split("_")[1]]


def state() -> dict:
    """What only other roles may change: accounts, groups, plans, and what is public in which state."""
    return {
        "accounts": sorted(
            User.objects.exclude(username="editor").values_list(
                "username", "is_active", "is_staff", "password"
            )
        ),
        "groups": {
            group.name: sorted(group.permissions.values_list("codename", flat=True))
            for group in Group.objects.all()
        },
        "members": sorted(User.objects.values_list("username", "groups__name")),
        "status": dict(Measure.objects.values_list("code", "status"))
        | dict(Plan.objects.values_list("slug", "status")),
    }


def test_an_editor_changes_the_texts_of_public_measures_and_nothing_else_of_what_is_public():
    """Whatever forms of others the editor sends, about a public record of each kind."""
    pks = keys()
    pks["measure"] = Measure.objects.get(code="2020-07").pk
    pks["version"] = Version.objects.get(kind="measure", key="2020-07").pk
    administrator = signed_in("he", "administrator")
    posts = list(questions(administrator, pks))
    editor = signed_in("editor", "editor")
    begun, before = Version.objects.newest_id(), state()
    answers = {}
    for name, to, data in posts:
        status = editor.post(to, {**data, "change_note": "forged"}).status_code
        assert status in (200, 302, 403, 404, 409), (name, status)
        answers[status] = answers.get(status, 0) + 1
        told = set(Version.objects.filter(pk__gt=begun).exclude(event="").values_list("kind", "event"))
        assert told <= {("measure", "changed")}, (name, to)
        assert state() == before | {"status": state()["status"]}, (name, to)
        status_now = state()["status"]
        assert {key: status_now.get(key) for key in before["status"]} == before["status"], (name, to)
    assert len(posts) > 100
    assert answers[403] > 50
    # The way is open where it should be: the measure's own form was saved.
    assert Version.objects.filter(pk__gt=begun, event="changed", actor="editor").exists()
