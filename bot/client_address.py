"""The address that a request counts under, wherever an address is a key: rate limits and the budgets of look-ups.

A household or a telephone gets a whole /64 of IPv6 (RFC 6177, RFC 7934) and may use any address of it, so they all
count as one. A server that listens on both protocols sees IPv4 as ``::ffff:a.b.c.d`` (RFC 4291, 2.5.5.2), which counts
as the IPv4 address.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request

from store.crypto import Vault

UNKNOWN = "unknown"
SUBNET_BITS = 64


def client_address(request: Request) -> str:
    """The address of who sent the request, as `grouped`; `UNKNOWN` when the server does not tell it."""
    return grouped(request.client.host) if request.client else UNKNOWN


def client_fingerprint(vault: Vault, address: str) -> str:
    """What the budgets know an address by. address: as `client_address` gives it."""
    return vault.fingerprint(address, "client")


def grouped(host: str) -> str:
    """An IPv4 address as it is, an IPv6 address as its /64; what is no address as it is."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), SUBNET_BITS), strict=False))
