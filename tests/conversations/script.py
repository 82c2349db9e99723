"""Conversations as staff write them in the YAML files of this folder: ``python -m tests.conversations.script`` checks.

A key that is not known here would assert nothing, so it is refused.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from bot.messages import Status
from knowledge.text_file import read_yaml
from knowledge.vocabulary import Aspect

FOLDER = Path(__file__).parent
Part = Annotated[str, Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(_Model):
    """What the citizen does, `citizen` (writes) or `press` (the title of an offered button), and what must come back.

    status: of the reply. answer: entry first named. aspect: of a message. choices: entries offered. says, never: parts
    of the text, whatever their case. answers: how many messages.
    """

    citizen: Part | None = None
    press: Part | None = None
    status: Status | None = None
    answer: Part | None = None
    aspect: Aspect | None = None
    choices: tuple[Part, ...] = ()
    says: tuple[Part, ...] = ()
    never: tuple[Part, ...] = ()
    answers: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.citizen is None) == (self.press is None):
            raise ValueError("a turn has one of citizen and press")
        if not self.model_fields_set - {"citizen", "press"}:
            raise ValueError("a turn says what must come back")
        return self


class Conversation(_Model):
    """One conversation.

    gate: a publication must not break it. dialogue: `silent` when Rasa does not answer as long as it lasts.
    """

    conversation: Part
    gate: bool = False
    dialogue: Literal["up", "silent"] = "up"
    turns: tuple[Turn, ...] = Field(min_length=1)


_FILE = TypeAdapter(tuple[Conversation, ...])


def read(file: Path) -> tuple[Conversation, ...]:
    """The conversations of a file. Raises ValueError, naming the file and each place in it that is wrong."""
    try:
        found = _FILE.validate_python(read_yaml(file))
    except ValidationError as error:
        where = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ValueError("\n".join(f"{file.name}: {line}" for line in where)) from error
    twice = [name for name, count in Counter(c.conversation for c in found).items() if count > 1]
    if twice:
        raise ValueError(f"{file.name}: two conversations are called {', '.join(twice)}")
    return found


def main(folder: Path = FOLDER) -> int:
    """Print what is wrong in the files of a folder; the exit status says whether anything is."""
    wrong: list[str] = []
    count = 0
    for file in sorted(folder.glob("*.yml")):
        try:
            count += len(read(file))
        except ValueError as error:
            wrong.append(str(error))
    print(*wrong, f"{count} conversations read, {len(wrong)} files with findings", sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
