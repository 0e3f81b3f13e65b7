"""A mail to the operator's own people: a run failed, why, and where to look."""

import hashlib
import html
from datetime import datetime

from billing.period import BRUSSELS
from tasks.mail import Mail, open_sender
from tasks.message import Letter, mime_bytes, stable_message_id
from tasks.settings import Settings, read_settings


def tell(run_name: str, state: str, message: str, page: str, settings: Settings | None = None) -> str:
    """Mail the notice to the setting `tell`; returns what was done. Raises MailUnavailable."""
    in_force = settings or read_settings()
    if not in_force.tell:
        return f"nobody is told of {run_name}: set BILLING_TELL to a mail address"
    advice = "Put it right, then Retry in the run's page, or run the command again: what was accepted stays."
    text = f"{run_name}: {state}\n\n{message}\n\n{page}\n\n{advice}\n"
    own = hashlib.sha256(f"{run_name} {state} {message} {page}".encode()).hexdigest()[:24]
    message_id = stable_message_id(f"notice-{own}", in_force.mail_from)
    content = mime_bytes(
        Letter(
            message_id=message_id,
            sender_name=in_force.seller_name,
            sender=in_force.mail_from,
            recipients=(in_force.tell,),
            on=datetime.now(BRUSSELS).date(),
            subject=f"{run_name}: {state}",
            text=text,
            html=f"<pre>{html.escape(text)}</pre>",
        )
    )
    with open_sender(in_force) as sender:
        outcome = sender.send(Mail(message_id, in_force.mail_from, (in_force.tell,), content))
    return f"notice of {run_name} to {in_force.tell}: {outcome.state} {outcome.note}".strip()
