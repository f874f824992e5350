"""The staff desk as a browser without scripts sees it: signed-in clients, forms read from the page and posted back."""

from html.parser import HTMLParser

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils.translation import override
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "a long enough pass phrase"


def account(name: str, group: str = "", password: str | None = None) -> User:
    user = User.objects.create_user(name, password=password, is_staff=bool(group))
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def signed_in(name: str, group: str = "") -> Client:
    """A client whose user `name` is in `group`; the account is made if there is none."""
    client = Client(headers={"host": "localhost"})
    user = User.objects.filter(username=name).first() or account(name, group)
    client.force_login(user, backend=BACKEND)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = second_factor(user).persistent_id
    session.save()
    return client


def second_factor(user: User) -> TOTPDevice:
    """The authenticator app of the account, set up if it has none."""
    return TOTPDevice.objects.get_or_create(user=user, confirmed=True, defaults={"name": "app"})[0]


def code_of(device: TOTPDevice) -> str:
    """The code that the app shows now."""
    return f"{totp(device.bin_key, device.step, device.t0, device.digits):0{device.digits}}"


def session_of(user: User) -> str:
    """The key of a new session in which `user` is signed in."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[DEVICE_ID_SESSION_KEY] = second_factor(user).persistent_id
    session.save()
    return session.session_key


def signed_in_page(page, site: str, name: str, group: str):
    """A page of a browser that is driven, in which this person is signed in at `site`."""
    session = session_of(account(name, group))
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
    return page


class FormReader(HTMLParser):
    """What a browser would post of the form with the given id (or of the first posting form of #content)."""

    def __init__(self, form_id: str):
        super().__init__()
        self.form_id, self.inside, self.data = form_id, False, {}
        self.select = self.textarea = None

    def put(self, name, value):
        self.data.setdefault(name, []).append(value)

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if tag == "form":
            self.inside = attributes.get("id", attributes.get("class", "")) == self.form_id
        if not self.inside or "disabled" in attributes:
            return
        name = attributes.get("name")
        if tag == "input" and name and attributes.get("type") not in ("submit", "file"):
            if attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes:
                ticked = attributes.get("type") in ("checkbox", "radio")
                self.put(name, attributes.get("value", "on" if ticked else ""))
        elif tag == "select":
            self.select = (name, "multiple" in attributes, [])
        elif tag == "option" and self.select:
            self.select[2].append((attributes.get("value", ""), "selected" in attributes))
        elif tag == "textarea":
            self.textarea = (name, [])

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select" and self.select:
            name, multiple, options = self.select
            chosen = [value for value, selected in options if selected]
            if not multiple and not chosen and options:
                chosen = [options[0][0]]
            for value in chosen:
                self.put(name, value)
            self.select = None
        elif tag == "textarea" and self.textarea:
            name, parts = self.textarea
            self.put(name, "".join(parts).removeprefix("\n"))
            self.textarea = None


def posted(response, form_id: str) -> dict[str, list[str]]:
    reader = FormReader(form_id)
    reader.feed(response.text)
    assert reader.data, f"no form {form_id} in the answer"
    return {name: values for name, values in reader.data.items() if "__prefix__" not in name}


def change_address(record) -> str:
    return f"/en/admin/measures/{record._meta.model_name}/{record.pk}/change/"


def opened(client, record) -> dict[str, list[str]]:
    """The record's change form as just opened."""
    response = client.get(change_address(record))
    assert response.status_code == 200
    return posted(response, f"{record._meta.model_name}_form")


def saved(client, record, data, **changes):
    """The answer to saving `data` with `changes`."""
    return client.post(change_address(record), {**data, "_save": "Save", **changes})


def error_texts(response) -> list[str]:
    with override("en"):  # some texts are read only now
        context = response.context
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        forms = [context["adminform"].form, *(form for formset in formsets for form in formset.forms)]
        found = [str(error) for form in forms for errors in form.errors.values() for error in errors]
        return found + [str(error) for formset in formsets for error in formset.non_form_errors()]


def type_at(page, selector: str, text: str) -> None:
    """Type on the keyboard once the field has the focus, which a page or a script gives it a moment after it is there."""
    page.wait_for_selector(f"{selector}:focus")
    page.keyboard.type(text)
