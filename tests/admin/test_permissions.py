"""Who may open what: anonymous, editor, publisher, administrator x every address of the staff desk; and getting in."""

import re

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Group, User
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from measures.models import Action, Measure, Synonym, Term, Version
from tests.admin.desk import PASSWORD, account, signed_in

pytestmark = pytest.mark.usefixtures("restored")

ROLES = ("editor", "publisher", "administrator")
RECORDS = ("measure", "category", "centre", "audience", "district", "term", "synonym")
EVERYBODY = "".join(role[0] for role in ROLES)  # "epa": the roles that get in, by their first letters


def expected() -> dict[str, str]:
    """{name of the address: roles that may open it}."""
    may = {
        f"measures_{model}_{view}": "epa"
        for model in RECORDS
        for view in ("changelist", "add", "change", "history")
    }
    # What is public as soon as it is saved.
    may |= {f"measures_{model}_add": "pa" for model in ("centre", "audience", "district", "synonym")}
    may |= {f"measures_{model}_delete": "a" for model in RECORDS}
    may |= {f"measures_plan_{view}": "epa" for view in ("changelist", "change", "history")}
    may |= {"measures_plan_add": "a", "measures_plan_delete": "a", "measures_plan_publish": "pa"}
    may |= {f"measures_measure_{view}": "epa" for view in ("preview", "import", "import_template")}
    may |= {
        f"measures_version_{view}": "epa"
        for view in ("changelist", "change", "history", "compare", "restore")
    }
    may |= {"measures_version_add": "", "measures_version_delete": ""}
    may |= {f"measures_sourceparagraph_{view}": "epa" for view in ("changelist", "change", "history")}
    may |= {"measures_sourceparagraph_add": "", "measures_sourceparagraph_delete": ""}
    may |= {
        f"auth_user_{view}": "a"
        for view in ("changelist", "add", "change", "delete", "history", "password_change")
    }
    may |= {f"auth_group_{view}": "a" for view in ("changelist", "change", "history")}
    may |= {"auth_group_add": "", "auth_group_delete": ""}
    for model in ("accessattempt", "accesslog", "accessfailurelog"):
        may |= {f"axes_{model}_{view}": "a" for view in ("changelist", "change", "history")}
        may |= {f"axes_{model}_add": "", f"axes_{model}_delete": "a" if model == "accessattempt" else ""}
    may |= dict.fromkeys(
        ("index", "jsi18n", "autocomplete", "password_change", "password_change_done"), "epa"
    )
    may |= {"app_list": "epa", "view_on_site": "epa", "styleguide": "epa"}
    may |= dict.fromkeys(("sign-in", "sign-in-verify", "sign-in-app", "sign-in-app-picture"), "epa")
    may |= dict.fromkeys(POSTED_ONLY, "epa")
    return may


# What scripts post to; asking for it says no more than that.
POSTED_ONLY = {f"passkey-{what}-{step}" for what in ("register", "use") for step in ("begin", "complete")}

# Open to all, and why: the way in, and ways that lead there.
OPEN = {"login", "logout", None}


def desk_addresses():
    """(name, route) of every address of the desk."""

    def walk(patterns, prefix, inside):
        for pattern in patterns:
            route = prefix + ("" if "Locale" in type(pattern.pattern).__name__ else str(pattern.pattern))
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route, inside)
            elif isinstance(pattern, URLPattern) and route.startswith("admin/"):
                yield pattern.name, route

    return list(walk(get_resolver().url_patterns, "", False))


def keys() -> dict[str, int]:
    """A record for each address that names one; none that others refer to, so that it could be deleted."""
    signed_in("zhang", "editor")
    attempt = {
        "username": "x",
        "ip_address": "192.0.2.1",
        "user_agent": "x",
        "http_accept": "x",
        "path_info": "x",
    }
    logged = {"attempt": AccessAttempt, "log": AccessLog, "failurelog": AccessFailureLog}
    extra = {"attempt": {"failures_since_start": 1, "get_data": "", "post_data": ""}}
    found = {
        f"access{name}": model.objects.create(**attempt, **extra.get(name, {})).pk
        for name, model in logged.items()
    }
    Term.objects.create(
        plan_id=2020, slug="term", name_zh="词", name_en="Term", gloss_zh="义", gloss_en="Gloss"
    )
    Synonym.objects.create(word="数币", means="数字人民币")
    for model in get_admin_models():
        found.setdefault(model._meta.model_name, model.objects.order_by("pk").last().pk)
    found["version"] = Version.objects.filter(kind="measure").first().pk
    found["user"] = User.objects.get(username="zhang").pk
    return found


def get_admin_models():
    from django.contrib import admin

    return [model for model in admin.site._registry if not model._meta.model_name.startswith("access")]


def address(route: str, pks: dict[str, int]) -> str:
    model = route.split("/")[2] if route.count("/") > 2 else ""
    path = re.sub(r"<[^>]*(?:object_id|id|version_id)>", str(pks.get(model, 1)), route)
    path = path.replace("<path:content_type_id>", "1").replace("<url>", "nowhere")
    path = re.sub(r"\^?\(\?P<app_label>[^)]*\)/\$", "measures/", path)
    return f"/en/{path}"


def test_the_matrix_of_roles_and_addresses(monkeypatch):
    rendered = []  # the names of the pages that were rendered: each once, for the first who may open it
    render = SimpleTemplateResponse.rendered_content.fget

    def render_once(response):
        if name in rendered:
            return ""
        rendered.append(name)
        return render(response)

    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", property(render_once))
    pks = keys()
    table = expected()
    clients = {role: signed_in(role, role) for role in ROLES}
    anonymous = Client(headers={"host": "localhost"})
    asked = set()
    for name, route in desk_addresses():
        if name in OPEN:
            continue
        path = address(route, pks)
        if name == "measures_version_compare":
            path += "?old=1&new=1"
        if name == "autocomplete":
            path += "?app_label=measures&model_name=measure&field_name=parent&term=x"
        asked.add(name)
        assert name in table, f"{name} ({route}) has no line in the matrix"
        response = anonymous.get(path)
        assert response.status_code == 302, (name, "anonymous", response.status_code)
        assert "/admin/login/" in response.headers["Location"], name
        for role, client in clients.items():
            status = client.get(path).status_code
            allowed = role[0] in table[name]
            assert (status != 403) is allowed, (name, role, status)
            if allowed:
                found = {"view_on_site": (200, 302, 404)}.get(name, (200, 302))
                found = (405,) if name in POSTED_ONLY else found
                assert status in found, (name, role, status)
    assert asked == set(table)


def test_what_editors_may_not_post():
    editor, publisher = signed_in("lin", "editor"), signed_in("zhou", "publisher")
    measure = Measure.objects.get(code="2020-05")
    versions = Version.objects.count()
    for client in (editor, publisher, Client(headers={"host": "localhost"})):
        for model, pk in (("measure", measure.pk), ("category", 1), ("plan", 1)):
            status = client.post(f"/en/admin/measures/{model}/{pk}/delete/", {"post": "yes"}).status_code
            assert status in (302, 403)
    assert (Measure.objects.count(), Version.objects.count()) == (28, versions)
    # Rows of a measure are part of editing it.
    assert Action.objects.filter(measure=measure).count() > 0


def test_an_administrator_cannot_rise_above_the_role():
    administrator = signed_in("he", "administrator")
    root = User.objects.create_superuser("root", password=None)
    he = User.objects.get(username="he")
    page = administrator.get(f"/en/admin/auth/user/{he.pk}/change/").text
    assert 'name="is_superuser"' not in page
    assert 'name="user_permissions"' not in page
    data = {"username": "he", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": ["3"]}
    administrator.post(f"/en/admin/auth/user/{he.pk}/change/", data)
    he.refresh_from_db()
    assert not he.is_superuser
    assert administrator.get(f"/en/admin/auth/user/{root.pk}/change/").status_code in (302, 403)
    assert administrator.get(f"/en/admin/auth/user/{root.pk}/password/").status_code in (403, 404)


# --- Getting in ---


def sign_in(client, name, password, **extra):
    return client.post("/en/admin/login/?next=/en/admin/", {"username": name, "password": password}, **extra)


@pytest.fixture
def anyone():
    return Client(headers={"host": "localhost"})


def test_signing_in_and_its_log(anyone):
    account("lin", "editor", PASSWORD)
    assert sign_in(anyone, "lin", PASSWORD).status_code == 302
    cookie = anyone.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["expires"]) == (True, "Lax", "")
    assert 7.9 * 3600 < anyone.session.get_expiry_age() <= 8 * 3600
    sign_in(Client(headers={"host": "localhost"}), "lin", "wrong")
    administrator = signed_in("he", "administrator")
    (log,) = administrator.get("/en/admin/axes/accesslog/?q=lin").context["cl"].result_list
    assert (log.username, log.ip_address) == ("lin", "127.0.0.1")
    (failure,) = administrator.get("/en/admin/axes/accessfailurelog/").context["cl"].result_list
    assert (failure.username, failure.locked_out) == ("lin", False)
    assert "wrong" not in AccessAttempt.objects.get().post_data


def test_what_is_said_does_not_tell_which_accounts_exist(anyone):
    account("lin", "editor", PASSWORD)
    account("reader", "", PASSWORD)  # not staff
    User.objects.filter(pk=account("gone", "editor", PASSWORD).pk).update(is_active=False)
    errors = set()
    for name, password in (("lin", "wrong"), ("nobody", "wrong"), ("reader", PASSWORD), ("gone", PASSWORD)):
        response = sign_in(anyone, name, password)
        assert response.status_code == 200
        errors.add(str(response.context["form"].non_field_errors()))
    assert len(errors) == 1


@pytest.mark.parametrize("by", ["user", "address"])
@pytest.mark.parametrize("name", ["lin", "nobody"])
def test_lockout_by_user_and_by_address_says_how_long(anyone, by, name):
    account("lin", "editor", PASSWORD)
    for number in range(8):
        who, where = (name, f"192.0.2.{number}") if by == "user" else (f"{name}{number}", "192.0.2.1")
        last = sign_in(anyone, who, "wrong", REMOTE_ADDR=where)
    assert last.status_code == 429
    where = "192.0.2.99" if by == "user" else "192.0.2.1"
    who = name if by == "user" else "lin"
    response = sign_in(anyone, who, PASSWORD, REMOTE_ADDR=where)
    assert response.status_code == 429
    assert "Please try again in 15 minutes." in response.text
    assert 880 < int(response.headers["Retry-After"]) <= 900
    assert response.headers["Cache-Control"] == "no-store"
    # Others are not kept out.
    account("chen", "editor", PASSWORD)
    assert sign_in(anyone, "chen", PASSWORD, REMOTE_ADDR="192.0.2.200").status_code == 302


def test_the_desk_is_never_cached():
    editor = signed_in("lin", "editor")
    for path in ("/en/admin/", "/en/admin/measures/measure/", "/en/admin/measures/measure/1/change/"):
        directives = set(editor.get(path).headers["Cache-Control"].replace(" ", "").split(","))
        assert {"no-store", "private"} <= directives


def test_what_a_role_may_do_is_said_in_words_of_the_desk():
    editors = Group.objects.get(name="editor")
    page = signed_in("he", "administrator").get(f"/admin/auth/group/{editors.pk}/change/").text
    rights = re.search(r">改革: ([^<]*)|<br>改革: ([^<]*)", page)
    assert set(re.split("[、,，] ?", rights[1] or rights[2])) == {"查看", "录入", "修改"}
    assert "Can " not in page
    root = User.objects.create_superuser("root", password=None)
    assert (
        'name="permissions"' in signed_in(root.username).get(f"/admin/auth/group/{editors.pk}/change/").text
    )
