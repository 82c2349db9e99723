"""Lessons for the dialogue: propose, review by a second person, train, and see what the training measured."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from console import learning, unanswered_steps
from console.accounts import Staff
from console.drafts import DraftError
from console.intents import INTENTS
from console.learning import LessonError
from console.pages import Console, ConsoleRoute, posted, see, text_of
from console.training import SHIPPED, key_of

Form = Annotated[FormData, Depends(posted)]
LEARNING = "/console/learning"


def learning_router(console: Console) -> APIRouter:
    """The pages of lessons."""
    router = APIRouter(route_class=ConsoleRoute)
    reader, editor = Depends(console.may("unanswered")), Depends(console.may("entries.edit"))
    publisher = Depends(console.may("entries.publish"))

    @router.get(LEARNING)
    def lessons(done: str | None = None, staff: Staff = reader) -> HTMLResponse:
        """What waits for review, what was accepted, and the last trainings."""
        return _show(console, staff, done=done)

    @router.post(LEARNING + "/propose")
    def propose(sent: Form, staff: Staff = editor) -> Response:
        """A message, or all wordings of a group of unanswered questions, with the intent they have."""
        group, text = text_of(sent, "group", 10), text_of(sent, "text", 300)
        try:
            with console.database.write() as session:
                texts = [unanswered_steps.as_example(text)]
                if group.isdigit():
                    row = unanswered_steps.find(session, int(group))
                    texts = unanswered_steps.wordings(session, row)[: unanswered_steps.EXAMPLES]
                learning.propose(session, staff, texts, text_of(sent, "intent", 32))
        except (DraftError, LessonError) as error:
            return _show(console, staff, 409, error=str(error))
        return see(LEARNING, "proposed")

    @router.post(LEARNING + "/train")
    def train(staff: Staff = publisher) -> Response:
        """Ask for a training; it runs in the background."""
        try:
            with console.database.write() as session:
                learning.ask_training(session, staff, key_of(SHIPPED.resolve()))
        except LessonError as error:
            return _show(console, staff, 409, error=str(error))
        return see(LEARNING, "training")

    @router.post(LEARNING + "/{lesson}")
    def review(lesson: int, sent: Form, staff: Staff = publisher) -> Response:
        """Accept or refuse a lesson of somebody else."""
        try:
            with console.database.write() as session:
                learning.review(session, staff, lesson, accept=bool(text_of(sent, "accept", 1)))
        except LessonError as error:
            return _show(console, staff, 409, error=str(error))
        return see(LEARNING, "lesson")

    return router


def _show(
    console: Console, staff: Staff, status: int = 200, *, done: str | None = None, error: str | None = None
) -> HTMLResponse:
    with console.database.read() as session:
        proposed, accepted = learning.lessons(session, "proposed"), learning.lessons(session, "accepted")
        untaught, trainings = learning.untaught(session), learning.trainings(session)
        in_work = learning.in_work(session)
    return console.page(
        staff, "learning.html", status, done=done, error=error, proposed=proposed, accepted=accepted,
        untaught=untaught, trainings=trainings, in_work=in_work, intents=INTENTS,
    )  # fmt: skip
