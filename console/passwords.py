"""Passwords as argon2id hashes, with the parameters of RFC 9106 for machines with little memory."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

SHORTEST = 12
LONGEST = 128
_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


class WeakPasswordError(ValueError):
    """A password that is not accepted; the text says why, in Vietnamese."""


def hash_password(password: str, name: str) -> str:
    """The hash of a new password of the account `name`. Raises WeakPasswordError."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPasswordError(f"Mật khẩu cần từ {SHORTEST} đến {LONGEST} ký tự.")
    if name.lower() in password.lower() or len(set(password)) < 5:
        raise WeakPasswordError("Mật khẩu quá dễ đoán: không chứa tên đăng nhập, không lặp vài ký tự.")
    return _HASHER.hash(password)


def is_password(password: str, hashed: str | None) -> bool:
    """Whether `password` fits; without a hash it takes as long and is False, so that nobody finds out names."""
    try:
        return _HASHER.verify(hashed or _nobody(), password) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")
