"""A day of dunning killed anywhere and run again, that day or the next: each letter, order and debit note once, and nothing skipped."""

import email
import hashlib
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from tasks.database import connect
from tasks.dunning import run_dunning
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside
from tasks.settings import read_settings
from tasks.store import Store
from tests.databases import copy_of, create_database
from tests.faults.elsewhere import SERVER, done_elsewhere
from tests.faults.killed_dunning import dun_on
from tests.steps.dunning_scene import FIRST, FORMAL, SECOND, SUSPENDED, D, Ladder

NEXT = date(2026, 12, 29)
SERVER.set_forkserver_preload(["tests.faults.killed_dunning", "tasks.steps", "great_expectations"])

LETTERS = [
    ("ALFA", 4, "email"),  # suspended: the order leaves, then its letter; and the debit note of its late charges
    ("BETA", 1, "email"),
    ("GAMMA", 2, "email"),
    ("PORTAL", 1, "portal"),
]


@dataclass(frozen=True)
class Place:
    """A database with late payers, the folder beside it, and the mailbox that mails go to."""

    folder: Path
    url: URL

    def settings(self, smtp_url: str) -> dict[str, str]:
        where = {"STATE": "state", "FEED": "feed", "OUT": "out"}
        return {
            **{f"BILLING_{name}": str(self.folder / below) for name, below in where.items()},
            "BILLING_SMTP_URL": smtp_url,
            "BILLING_DATABASE_URL": self.url.render_as_string(hide_password=False),
            "BILLING_WORKERS": "1",
            "BILLING_SUSPENSION_APPROVAL": "automatic",
        }

    def dun(self, day: date = SUSPENDED, kill_at: int | None = None) -> int:
        """Do the day in another process; returns its exit code, negative for the signal that ended it."""
        (self.folder / "moments").unlink(missing_ok=True)
        with MailboxServer(self.folder / "mailbox") as mailbox:
            return done_elsewhere(dun_on, self.settings(mailbox.url), day, self.folder / "moments", kill_at, patience_s=180)

    def moments(self) -> list[str]:
        return (self.folder / "moments").read_text().splitlines()

    def mails(self) -> dict[str, list[bytes]]:
        """What the mail server took, by Message-ID, however often."""
        found: dict[str, list[bytes]] = {}
        for path in sorted((self.folder / "mailbox").rglob("new/*")):
            found.setdefault(str(email.message_from_bytes(path.read_bytes())["Message-ID"]), []).append(path.read_bytes())
        return found

    def say(self, statement: str) -> list[tuple[object, ...]]:
        engine = connect(self.url)
        with engine.connect() as conn:
            rows = [tuple(row) for row in conn.execute(text(statement))]
        engine.dispose()
        return rows

    def outcome(self) -> dict[str, object]:
        """All that the day leaves, whatever day it was done on in the end."""
        return {
            "letters": self.say(
                "select payer_id, level, channel, state from dunning_notice join delivery using (delivery_id, payer_id)"
                " where noticed_on >= '2026-12-28' order by payer_id"
            ),
            "orders": self.say("select payer_id, measure, state from suspension_order order by order_no"),
            "order files": len(list((self.folder / "out" / "orders").glob("*.json"))),
            "late charges": self.say("select payer_id, what, amount from late_charge order by payer_id, what, amount"),
            "debit notes": self.say("select number, payer_id, gross from invoice where kind = 'debit_note' order by number"),
            "waiting": self.say("select message_id from delivery where state = 'pending'"),
            "mails": sorted(self.mails()),
        }


@pytest.fixture(scope="module")
def late_payers(server: URL, tmp_path_factory: pytest.TempPathFactory) -> URL:
    """The evening before: ALFA had all letters, GAMMA the first; BETA and PORTAL are due for theirs."""
    url, folder = create_database(server), tmp_path_factory.mktemp("before")
    engine = connect(url)
    settings = read_settings(database_url=url.render_as_string(hide_password=False), out=str(folder), smtp_url=f"maildir:{folder}/mailbox")
    outside = Outside(settings, engine, Store(settings.out))
    ladder = Ladder(outside)
    for payer, channel in (("BETA", "email"), ("GAMMA", "email"), ("PORTAL", "portal")):
        ladder.payer(payer, mail=f"{payer.lower()}@payer.example" if channel == "email" else "", channel=channel)
    november = ladder.close("2026-11", date(2026, 11, 28))
    ladder.invoice(november, "GAMMA", "60.00", days=16)  # due on 14 December
    for payer in ("BETA", "PORTAL"):
        ladder.invoice(november, payer, "80.00", days=22)  # due on 20 December
    for day in (FIRST, SECOND, FORMAL, date(2026, 12, 21)):
        run_dunning(replace(outside, settings=settings.model_copy(update={"suspension_approval": "automatic"})), day)
    engine.dispose()
    return url


@pytest.fixture
def here(late_payers: URL, server: URL, tmp_path: Path) -> Place:
    return place(late_payers, server, tmp_path)


def place(late_payers: URL, server: URL, folder: Path) -> Place:
    name = f"kill_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    assert late_payers.database is not None
    return Place(folder, copy_of(server, name, template=late_payers.database))


@pytest.fixture(scope="module")
def undisturbed(late_payers: URL, server: URL, tmp_path_factory: pytest.TempPathFactory) -> Place:
    there = place(late_payers, server, tmp_path_factory.mktemp("undisturbed"))
    assert there.dun() == 0
    return there


def first(begins: str, number: int = 1) -> Callable[[list[str]], int]:
    """The number of the moment that is the `number`-th to begin so, counted from 1."""

    def find(moments: list[str]) -> int:
        return [place for place, what in enumerate(moments, start=1) if what.startswith(begins)][number - 1]

    return find


def after_last(begins: str) -> Callable[[list[str]], int]:
    """The number of the moment after the last that begins so."""
    return lambda moments: max(place for place, what in enumerate(moments, start=1) if what.startswith(begins)) + 1


def _published(number: int) -> Callable[[list[str]], int]:
    """The `number`-th file that the portal takes: the letter, its words, the index for programs, the page."""

    def find(moments: list[str]) -> int:
        named = first("-- Gives the folder of a payer")(moments)
        return [place for place, what in enumerate(moments, start=1) if place > named and what.startswith("file ")][number - 1]

    return find


POINTS: dict[str, Callable[[list[str]], int]] = {
    "before anything": lambda moments: 1,
    "late charges computed": first("-- Notes that a step has written its rows"),
    "debit notes numbered": first("-- Gives all drafts their numbers"),
    "debit notes drawn": first("file invoices"),
    "after the server took the debit note": first("-- Notes what became of a delivery"),
    "after the debit notes": first("-- One row: the debit notes a run issued"),
    "while the order is made": first("-- Records an end client"),
    "before the order leaves": first("-- Notes that an order is about"),
    "as the order leaves": first("file orders"),
    "after the order was taken": first("-- Notes that the platform has taken"),
    "before the letters are recorded": first("-- Records a letter in the outbox"),
    "half way through the record": first("-- Records a letter in the outbox", 3),
    "after the record": after_last("-- Records a document that a letter lists"),
    "before the first letter is drawn": first("file letters"),
    "between two letters drawn": first("file letters", 3),
    "after the drawing": first("-- Notes the hash of the PDF"),
    "before the portal's names are kept": first("-- Gives the folder of a payer"),
    "between the letter on the portal and its words": _published(2),
    "before the index of the portal": first("-- Notes that documents of a payer are there"),
    "between the index for programs and the page": _published(4),
    "after the portal has all of it": lambda moments: _settled(moments, 1),
    "after the first yes of the server": lambda moments: _settled(moments, 2),
    "after the last yes of the server": lambda moments: _settled(moments, 4),
    "at the end": len,
}
ON_THE_NEXT_DAY = (
    "debit notes numbered", "before the order leaves", "as the order leaves", "after the record", "after the drawing",
    "after the portal has all of it", "after the first yes of the server", "after the last yes of the server",
)  # fmt: skip
CASES = [(point, SUSPENDED) for point in POINTS] + [(point, NEXT) for point in ON_THE_NEXT_DAY]


def _settled(moments: list[str], number: int) -> int:
    """The moment before the outcome of the `number`-th letter is noted."""
    drawn = first("-- Notes the hash of the PDF")(moments)
    return [place for place, what in enumerate(moments, start=1) if place > drawn and what.startswith("-- Notes what became of")][
        number - 1
    ]


@pytest.mark.parametrize(("point", "again_on"), CASES, ids=lambda each: {SUSPENDED: "that day", NEXT: "the next day"}.get(each, each))
def test_dunning_killed_and_run_again_does_everything_once(point: str, again_on: date, undisturbed: Place, here: Place) -> None:
    assert here.dun(kill_at=POINTS[point](undisturbed.moments())) == -signal.SIGKILL
    assert here.dun(again_on) == 0
    assert here.outcome() == undisturbed.outcome()
    _require_each_once(here, again_on)


def _require_each_once(here: Place, again_on: date) -> None:
    """At most the one mail under way came twice, with the same Message-ID; on the same day it is the same mail."""
    twice = {message_id: sent for message_id, sent in here.mails().items() if len(sent) > 1}
    assert Counter(len(sent) for sent in twice.values()) in (Counter(), Counter({2: 1}))
    assert again_on != SUSPENDED or all(len(set(sent)) == 1 for sent in twice.values())
    for path, sha256 in here.say("select path, sha256 from dunning_notice where noticed_on >= '2026-12-28'"):
        assert hashlib.sha256((here.folder / "out" / str(path)).read_bytes()).hexdigest() == sha256


def test_undisturbed_each_payer_gets_what_is_due(undisturbed: Place) -> None:
    assert undisturbed.outcome() == {
        "letters": [(payer, level, channel, "sent") for payer, level, channel in LETTERS],
        "orders": [("ALFA", "minimum_service", "sent")],
        "order files": 1,
        "late charges": [("ALFA", "interest", D("1.21")), ("ALFA", "reminder_fee", D("10.00")), ("ALFA", "reminder_fee", D("10.00"))],
        "debit notes": [("D2026-000001", "ALFA", D("21.21"))],
        "waiting": [],
        "mails": [
            "<ALFA.2026-000001.4.reminder@operator.example>",
            "<BETA.2026-000003.1.reminder@operator.example>",
            "<D2026-000001.invoice@operator.example>",
            "<GAMMA.2026-000002.2.reminder@operator.example>",
        ],
    }


def test_the_same_day_again_does_nothing_new(undisturbed: Place) -> None:
    before = undisturbed.outcome()
    assert undisturbed.dun() == 0
    assert undisturbed.outcome() == before
