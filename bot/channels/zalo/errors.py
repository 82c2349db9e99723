"""What Zalo's refusals mean for a message in the queue, and which of them a person must hear of.

-216, -14020 and -224 are documented; -32, -115, -118, -201, -213 and -230 are as integrators report them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Course = Literal["refresh", "retry", "hold", "park", "wait"]
EXPIRED = -216
REFRESH_TOKEN_USED = -14020


@dataclass(frozen=True, slots=True)
class Refusal:
    """course: refresh the access token and try again · retry soon · hold until the person writes · park, it can
    never be sent · wait long, the account itself is refused. alert: what an operator is told, None for nothing.
    """

    course: Course
    alert: str | None = None


_REFUSALS = {
    EXPIRED: Refusal("refresh"),
    -32: Refusal("retry"),
    -213: Refusal("hold"),
    -230: Refusal("hold"),
    -201: Refusal("park", "Zalo refuses the form of a message"),
    -224: Refusal("wait", "the package of the Official Account lacks sending messages"),
}
_UNKNOWN = Refusal("retry")
_NOTIFICATIONS = _REFUSALS | {
    -115: Refusal("wait", "the account has no balance left for notifications"),
    -118: Refusal("park"),
    -201: Refusal("park", "Zalo refuses a template or its parameters"),
    -224: Refusal("wait", "the package of the Official Account lacks notifications"),
}
_UNKNOWN_NOTIFICATION = Refusal("retry", "Zalo refuses a notification")


def refusal(code: int) -> Refusal:
    """What to do about an error code of a message; an unknown one is tried again."""
    return _REFUSALS.get(code, _UNKNOWN)


def notification_refusal(code: int) -> Refusal:
    """The same for a notification by template (ZNS), of which an operator hears at the first unknown code."""
    return _NOTIFICATIONS.get(code, _UNKNOWN_NOTIFICATION)
