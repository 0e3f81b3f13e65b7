"""What a release without e-invoices, notices and copies had delivered, or had still to deliver, brought to this one: nothing leaves again."""

from collections.abc import Iterator
from importlib.resources import files
from itertools import count
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import URL

from billing.period import Period
from sql.migrate import migrate
from tasks import delivery, gates
from tasks.database import connect
from tasks.ledger import Run
from tasks.outside import Outside
from tasks.settings import Settings
from tasks.store import Store
from tasks.waiting import deliver_all, deliver_close
from tests.databases import copy_of
from tests.steps.delivery_scene import Scene, ids
from tests.steps.peppol_scene import content
from tests.steps.test_delivery import through

_names = count(1)
OCTOBER = Period.month("2026-10")


@pytest.fixture
def scene(server: URL, settings: Settings, tmp_path: Path) -> Iterator[Scene]:
    """A ledger of release 0.3.0, before its upgrade."""
    engine = connect(copy_of(server, f"third_release_{next(_names)}"))
    with engine.begin() as conn:
        config = Config()
        config.set_main_option("script_location", str(files("sql").joinpath("migrations")))
        config.attributes["connection"] = conn
        command.upgrade(config, "0004")
    yield Scene(through(Outside(settings, engine, Store(settings.out)), f"maildir:{tmp_path / 'box'}"))
    engine.dispose()


@pytest.fixture
def run(scene: Scene) -> Run:
    """A close whose payers are Belgian: 1 mailed, 2 came back, 3 refused, 4 on the portal, 5 waits for the mail, 6 for the portal."""
    run = scene.close()
    scene.say("insert into run_step (run_id, step, state, import_no) values (:run, 'documents', 'accepted', 1)", run=run.run_id)
    for payer in ("MAILED", "BACK", "REFUSED", "SHOWN", "WAITS", "PORTAL"):
        scene.payer(payer, mail=f"{payer.lower()}@payer.example", channel="portal" if payer in ("SHOWN", "PORTAL") else "email")
        scene.say("update party set vat_number = 'BE0123456749' where party_id = :payer", payer=payer)
        scene.invoice(run, payer)
    scene.say(
        "insert into delivery (run_id, purpose, invoice_id, payer_id, channel, recipients, message_id, state)"
        " select run_id, 'invoice', invoice_id, payer_id, delivery, case delivery when 'portal' then '/portal' else billing_emails end,"
        " '<' || number || '.invoice@operator.example>',"
        " case payer_id when 'REFUSED' then 'failed' when 'WAITS' then 'pending' when 'PORTAL' then 'pending' else 'sent' end"
        " from invoice join party on party_id = payer_id and version = payer_version"
    )
    scene.say("update delivery set bounced_on = '2026-10-30' where payer_id = 'BACK'")
    migrate(scene.outside.engine)
    return run


def everything(scene: Scene) -> list[tuple[object, ...]]:
    return scene.say("select payer_id, purpose, state from delivery order by delivery_id")


@pytest.mark.clause("CG-2.b")
def test_after_the_upgrade_what_waits_leaves_once_and_nothing_else_does(scene: Scene, run: Run, tmp_path: Path) -> None:
    deliver_close(scene.outside, OCTOBER)
    deliver_all(scene.outside)
    deliver_close(scene.outside, OCTOBER)
    assert ids(tmp_path / "box") == ["<2026-000005.invoice@operator.example>"]
    assert everything(scene) == [
        ("MAILED", "invoice", "sent"),
        ("BACK", "invoice", "sent"),
        ("REFUSED", "invoice", "failed"),
        ("SHOWN", "invoice", "sent"),
        ("WAITS", "invoice", "sent"),
        ("PORTAL", "invoice", "sent"),
    ]


def test_a_delivery_step_that_the_upgrade_interrupted_passes_its_gate(scene: Scene, run: Run) -> None:
    scene.say("update delivery set state = 'sent' where payer_id = 'REFUSED'")
    delivery.stage(scene.outside, run)
    assert not gates.check(scene.outside, run, "delivery").warnings


def test_the_next_close_tells_of_its_own_documents_alone_and_sends_its_e_invoices(scene: Scene, run: Run, tmp_path: Path) -> None:
    november = scene.close("2026-11", run.on.replace(month=11))
    number = scene.invoice(november, "SHOWN")
    scene.document(november, number, "e_invoice", content(number))
    delivery.stage(scene.outside, november)
    deliver_close(scene.outside, OCTOBER)
    assert scene.say("select run_id, payer_id, purpose from delivery where purpose in ('e_invoice', 'notice') order by delivery_id") == [
        (november.run_id, "SHOWN", "e_invoice"),
        (november.run_id, "SHOWN", "notice"),
    ]
