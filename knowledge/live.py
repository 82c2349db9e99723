"""The knowledge base as the running gateway uses it: the live snapshot, one understanding, typed answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import structlog

from knowledge.answer import Answer, Entries, answer
from knowledge.province import Profile
from knowledge.publish import LiveSnapshot
from knowledge.question import Context, Question, Understanding
from knowledge.retriever import Retriever
from knowledge.vocabulary import Aspect

log = structlog.get_logger()
FOLLOW_SECONDS = 1.0
DIMENSIONS = 384
MAX_QUESTIONS = 2
