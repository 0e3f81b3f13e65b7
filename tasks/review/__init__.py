"""The review of the drafts before issue: who is asked, what is decided, and what an answer changes. Prefect may forget; this may not."""

from tasks.review.asking import ask_open, asks_of, drafts_hash, end_ask, open_ask, waiting
from tasks.review.deciding import decide, decisions_of, exclusions_of, has_approved
from tasks.review.records import Answer, Ask, Choice, Decision, Waiting, moment

__all__ = [
    "Answer", "Ask", "Choice", "Decision", "Waiting", "ask_open", "asks_of", "decide", "decisions_of", "drafts_hash", "end_ask",
    "exclusions_of", "has_approved", "moment", "open_ask", "waiting",
]  # fmt: skip
