"""The pages of signing in: setting up a second factor, being asked for it, one's sessions and sign-ins."""

from io import BytesIO

import segno
from axes.models import AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.signals import user_login_failed
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django_otp import devices_for_user, login, match_token
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from .factors import codes_left, has_factor, must_have_factor, new_codes
from .sessions import end_sessions, sessions_of

SHOWN = 20  # sign-ins


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code of the app"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )

    def clean_code(self):
        return self.cleaned_data["code"].replace(" ", "").lower()


def page(request, template: str, **context):
    context = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, f"admin/sign_in/{template}", context)


def next_page(request) -> str:
    wanted = request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if allowed else reverse("admin:index")


def is_trusted(request) -> bool:
    """Whether devices may be set up or removed: the second factor was given, or there is none yet."""
    return request.user.is_verified() or not has_factor(request.user)


@never_cache
def overview(request):
    """The second factor of one's account, where it is signed in, and its last sign-ins."""
    if not is_trusted(request):
        return HttpResponseRedirect(reverse("sign-in-verify"))
    user = request.user
    if request.method == "POST":
        return posted(request)
    return page(
        request,
        "overview.html",
        title=_("Signing in"),
        required=must_have_factor(user),
        enrolled=has_factor(user),
        app=TOTPDevice.objects.filter(user=user, confirmed=True).first(),
        passkeys=WebAuthnCredential.objects.filter(user=user, confirmed=True),
        codes_left=codes_left(user),
        sessions=sessions_of(user, request.session.session_key),
        sign_ins=AccessLog.objects.filter(username=user.get_username())[:SHOWN],
        failures=AccessFailureLog.objects.filter(username=user.get_username())[:SHOWN],
    )


def posted(request):
    """Does what a button of the overview says."""
    user, given = request.user, request.POST
    if "codes" in given and has_factor(user):
        return page(request, "codes.html", title=_("Recovery codes"), codes=new_codes(user))
    if "end" in given:
        ended = end_sessions(user, given["end"])
    elif "end_others" in given:
        ended = end_sessions(user, but=request.session.session_key)
    else:
        return removed(request)
    said = ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", ended)
    messages.success(request, said % {"count": ended})
    return HttpResponseRedirect(reverse("sign-in"))


def removed(request):
    """Removes an app or a passkey, unless the account must have one and has no other."""
    user, given = request.user, request.POST
    kind, key = (
        (WebAuthnCredential, given.get("passkey")) if "passkey" in given else (TOTPDevice, given.get("app"))
    )
    device = kind.objects.filter(user=user, pk=key if key and key.isdecimal() else None).first()
    if not device:
        raise Http404
    others = TOTPDevice.objects.filter(user=user, confirmed=True).count()
    others += WebAuthnCredential.objects.filter(user=user, confirmed=True).count()
    if others == 1 and must_have_factor(user):
        messages.error(
            request, _("Your account needs a second factor: set up another one before you remove this one.")
        )
    else:
        device.delete()
        messages.success(request, _("It was removed."))
    return HttpResponseRedirect(reverse("sign-in"))


@never_cache
def verify(request):
    """Asks for the code of the app, a recovery code or a passkey."""
    if request.user.is_verified() or not has_factor(request.user):
        return HttpResponseRedirect(next_page(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        slowed = waiting(request.user)
        if device := match_token(request.user, form.cleaned_data["code"]):
            login(request, device)
            request.session.cycle_key()
            return HttpResponseRedirect(next_page(request))
        user_login_failed.send(
            sender=__name__, credentials={"username": request.user.get_username()}, request=request
        )
        form.add_error("code", slowed or _("This code does not fit. Each code is good for once."))
    return page(request, "verify.html", title=_("Second factor"), form=form, next=next_page(request))


def waiting(user) -> str:
    """The words for somebody whose codes are not looked at for a while, because too many were wrong; else empty."""
    for device in devices_for_user(user):
        allowed, about = device.verify_is_allowed()
        if not allowed and about and about.get("locked_until"):
            return _("Too many wrong codes. Please wait a little before the next one.")
    return ""


@never_cache
def app(request):
    """Sets up an authenticator app, instead of an earlier one: the key is shown until a first code from it fits."""
    if not is_trusted(request):
        return HttpResponseRedirect(reverse("sign-in-verify"))
    device, _made = TOTPDevice.objects.get_or_create(
        user=request.user, confirmed=False, defaults={"name": "app"}
    )
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device.verify_token(form.cleaned_data["code"]):
            device.confirmed = True
            device.save()
            # A new phone takes the place of the one before, which may be lost.
            TOTPDevice.objects.filter(user=request.user).exclude(pk=device.pk).delete()
            login(request, device)
            return page(request, "codes.html", title=_("Recovery codes"), codes=new_codes(request.user))
        form.add_error("code", _("This code does not fit. Is the clock of your phone right?"))
    key = device.config_url.partition("secret=")[2].partition("&")[0]
    return page(request, "app.html", title=_("Set up an authenticator app"), form=form, key=key)


@never_cache
def app_picture(request):
    """The key of an app that is being set up, as a QR code."""
    device = TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
    if not device or not is_trusted(request):
        raise Http404
    picture = BytesIO()
    segno.make(device.config_url, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")
