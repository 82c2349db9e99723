"""Encryption and peppered hashes, all keyed from the one `SECRET_KEY`.

Each purpose gets a key of its own by HKDF (RFC 5869), so a value sealed for one purpose cannot be opened as another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["InvalidToken", "Vault"]


class Vault:
    """Seals, opens and fingerprints values. secret: `SECRET_KEY`, at least 32 characters."""

    def __init__(self, secret: str) -> None:
        if len(secret) < 32:
            raise ValueError("SECRET_KEY needs at least 32 characters")
        self._secret = secret.encode()
        self._keys: dict[str, bytes] = {}

    def seal(self, value: str, purpose: str) -> bytes:
        """`value` encrypted and authenticated for `purpose`."""
        return self._fernet(purpose).encrypt(value.encode())

    def open(self, sealed: bytes, purpose: str) -> str:
        """The value sealed for `purpose`; raises `InvalidToken` for anything else."""
        return self._fernet(purpose).decrypt(sealed).decode()

    def fingerprint(self, value: str, purpose: str) -> str:
        """A keyed SHA-256 of `value` as 64 hex digits: equal values compare equal, nobody can guess back."""
        return hmac.new(self._key(purpose), value.encode(), hashlib.sha256).hexdigest()

    def _fernet(self, purpose: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._key(purpose)))

    def _key(self, purpose: str) -> bytes:
        if purpose not in self._keys:
            kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
            self._keys[purpose] = kdf.derive(self._secret)
        return self._keys[purpose]
