"""The vocabulary of a call: what came in, where the call stands, and what happens next. Frozen values, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class CallState:
    """Where a call stands. Kept sealed in the store, by call id.

    name: a state of `menu.yml`. turn: number of the next post. back: states that * goes back to, latest last.
    silences, misses: no input and no match so far, counted across states. keys_only: speech is not listened to.
    speech_refused: the caller does not want speech to become text, and said so by key or word.
    slow: the caller wants, or seems to need, slower speech and more time. corrections: read-backs that were refused.
    refused: the last look-up found nothing that may be told. text: the row of digits being confirmed. listed: what the
    keys 1, 2, 3 choose now, as (title, what is asked). chunks, chunk: an answer in pieces and the piece being said.
    topics: titles that were spoken of, for the whisper. joined: the channel that a code joined to this call.
    ticket, pin: of what the caller was promised.
    """

    name: str = "main"
    turn: int = 0
    back: tuple[str, ...] = ()
    silences: int = 0
    misses: int = 0
    keys_only: bool = False
    speech_refused: bool = False
    slow: bool = False
    corrections: int = 0
    refused: bool = False
    prefix: str = ""
    code: str = ""
    text: str = ""
    group: int = 0
    page: int = 0
    entry: str = ""
    category: str = ""
    listed: tuple[tuple[str, str], ...] = ()
    chunks: tuple[str, ...] = ()
    chunk: int = 0
    topics: tuple[str, ...] = ()
    joined: str = ""
    ticket: str = ""
    pin: str = ""
    outcome: str = "none"


@dataclass(frozen=True, slots=True)
class Began:
    """The call was answered."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Digits, * and # that the caller pressed."""

    digits: str


@dataclass(frozen=True, slots=True)
class Speech:
    """What the caller said, as recognised."""

    text: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came within the time-out."""


@dataclass(frozen=True, slots=True)
class PersonLegEnded:
    """The attempt to reach a person is over. result: `completed`, or why it was not."""

    result: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """The caller left a message. seconds: its length; recording: the carrier's address of it."""

    seconds: int
    recording: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The conversation answered. chunks: spoken pieces. choices: (title, payload). asks: the next field of a form.

    entry: what was answered, by id. joined: the channel that it was carried over from by a code just now.
    """

    status: str
    chunks: tuple[str, ...]
    choices: tuple[tuple[str, str], ...] = ()
    title: str = ""
    asks: str = ""
    slower: bool = False
    entry: str = ""
    joined: str = ""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The dossier was asked for. found: it may be told. said: two sentences, or the refusal. after: what to do next."""

    found: bool
    said: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class TicketTaken:
    """A promise to the caller is on the books. number: what the caller is told. window: by when, in words.

    pin: with the number, looks a complaint up; "" for what cannot be looked up.
    """

    number: str
    window: str
    pin: str = ""


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """No conversation goes with the six digits. said: why."""

    said: str


@dataclass(frozen=True, slots=True)
class PapersSent:
    """The papers stand in the joined conversation. said: so; "" when that conversation has ended."""

    said: str


@dataclass(frozen=True, slots=True)
class Settled:
    """Nobody is owed a person in this call any more."""


Input = (
    Began
    | Keys
    | Speech
    | Silence
    | PersonLegEnded
    | Recorded
    | Answered
    | LookedUp
    | TicketTaken
    | CodeRefused
    | PapersSent
    | Settled
)


@dataclass(frozen=True, slots=True)
class Ask:
    """Hand words or a button's payload to the conversation. keys: whether they were pressed."""

    text: str
    keys: bool


@dataclass(frozen=True, slots=True)
class LookUp:
    """Look a dossier up. number: its second factor, from keys only."""

    code: str
    number: str


Kind = Literal["hand_over", "callback", "complaint", "voicemail"]


@dataclass(frozen=True, slots=True)
class TakeTicket:
    """Promise something. contact: digits of the number to call; None for the number that calls."""

    kind: Kind
    category: str = ""
    contact: str | None = None
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Settle:
    """The caller has talked with a person: close the hand-over."""


@dataclass(frozen=True, slots=True)
class CarryOn:
    """Go on with the conversation on another channel that gave out these six digits."""

    code: str


@dataclass(frozen=True, slots=True)
class SendPapers:
    """Write the papers of an entry into the conversation that a code joined to this call."""

    entry: str


Effect = Ask | LookUp | TakeTicket | CarryOn | SendPapers | Settle


@dataclass(frozen=True, slots=True)
class Line:
    """Words to say. recording: the prompt's name when staff may replace it by a WAV file.

    parts: the same words cut around what differs from call to call, so that the rest may be replaced by recordings.
    """

    text: str
    recording: str | None = None
    parts: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Listen:
    """What the caller may do now.

    digits: how many keys at most, None for as many as are pressed before `finish` or the time-out. finish: the key that
    ends the entry. timeout: seconds of silence. speech_end: seconds of silence that end a spoken sentence.
    """

    digits: int | None = 1
    finish: str = ""
    speech: bool = False
    hints: tuple[str, ...] = ()
    timeout: int = 6
    speech_end: int = 1


@dataclass(frozen=True, slots=True)
class End:
    """What happens instead of listening: hang up, ring the operators, join the queue, or record a message."""

    kind: Literal["hangup", "dial", "queue", "record"]


@dataclass(frozen=True, slots=True)
class CallStep:
    """The outcome of one input: an effect to run first, or words followed by listening or an end."""

    state: CallState
    say: tuple[Line, ...] = ()
    listen: Listen | None = None
    end: End | None = None
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What the flow must know beside the caller's input.

    opening: when people work again, in words. window: by when a callback is promised, in words. operators: numbers are
    configured. queue, speech: the carrier offers them. caller_known: the calling number is shown. banner: an emergency
    that every caller is told. pause: what staff have written for callers while the assistant pauses, which leaves only
    people. overloaded: too many calls are being answered; a new one is offered a callback.
    """

    open: bool
    opening: str
    window: str
    operators: bool = False
    queue: bool = True
    speech: bool = True
    caller_known: bool = True
    whole_number: bool = False
    province_code: str = "H00"
    banner: str = ""
    pause: str = ""
    overloaded: bool = False
    values: dict[str, str] = field(default_factory=dict)
