"""Who may do what: the one table of permissions, which every route names its line of."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["curator", "publisher", "agent", "supervisor", "admin"]
Permission = Literal[
    "account", "desk", "replies", "parked", "entries.read", "entries.edit", "entries.publish", "unanswered", "numbers",
    "notices", "audit", "users", "subjects", "settings",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)

PERMISSIONS: dict[Permission, frozenset[Role]] = {
    "account": frozenset(ROLES),
    "desk": frozenset(("agent", "supervisor", "admin")),
    "replies": frozenset(("supervisor", "admin")),
    "parked": frozenset(("supervisor", "admin")),
    "entries.read": frozenset(ROLES),
    "entries.edit": frozenset(("curator", "publisher", "admin")),
    "entries.publish": frozenset(("publisher", "admin")),
    "unanswered": frozenset(("curator", "publisher", "supervisor", "admin")),
    "numbers": frozenset(ROLES),
    "notices": frozenset(("supervisor", "admin")),
    "audit": frozenset(("supervisor", "admin")),
    "users": frozenset(("admin",)),
    "subjects": frozenset(("admin",)),
    "settings": frozenset(("admin",)),
}

ROLE_NAMES: dict[Role, str] = {
    "curator": "Biên tập",
    "publisher": "Duyệt và xuất bản",
    "agent": "Trực hỗ trợ",
    "supervisor": "Giám sát",
    "admin": "Quản trị",
}


def allowed(role: str, permission: Permission) -> bool:
    """Whether a role may do something; an unknown role may do nothing."""
    return role in PERMISSIONS[permission]
