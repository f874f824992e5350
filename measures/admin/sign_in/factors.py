"""The second factor: an authenticator app or a passkey, and recovery codes for when neither is at hand."""

import secrets

from django.conf import settings
from django.contrib.auth.models import User
from django_otp import devices_for_user
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

CODES = 10  # recovery codes that somebody gets at once
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one


def has_factor(user: User) -> bool:
    """Whether the account has an app or a passkey; recovery codes alone are none."""
    return any(not isinstance(device, StaticDevice) for device in devices_for_user(user))


def must_have_factor(user: User) -> bool:
    """Whether the account may do what readers see at once, or keep accounts; a closed network may do without."""
    return settings.SECOND_FACTOR_REQUIRED and (
        user.has_perm("measures.publish_measure") or user.has_perm("auth.change_user")
    )


def new_codes(user: User) -> list[str]:
    """Fresh recovery codes, each good for once; the earlier ones no longer count."""
    # The device stays: a session that a code of it let in goes on.
    device, _made = StaticDevice.objects.get_or_create(user=user, defaults={"name": "recovery"})
    device.token_set.all().delete()
    codes = ["".join(secrets.choice(LETTERS) for _letter in range(10)) for _code in range(CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def forget_factors(user: User) -> None:
    """Removes every device of the account: whoever lost it sets up another one at the next sign-in."""
    for model in (TOTPDevice, StaticDevice, WebAuthnCredential):
        model.objects.filter(user=user).delete()
