"""The portal: names nobody can guess and that stay, documents that never change, an index that lists them, and what goes wrong on the way."""

import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tasks import delivery, portal
from tasks.ledger import Run, Stopped
from tasks.outside import Outside
from tasks.portal import document_link, open_portal, portal_link, publish, publish_for
from tasks.store import Store
from tests.steps import shelf
from tests.steps.delivery_scene import Scene, pdf

PORTAL_URL = "https://documents.operator.example/portal/"


@pytest.fixture
def scene(outside: Outside) -> Scene:
    return Scene(outside)


@pytest.fixture
def run(scene: Scene) -> Run:
    """A close with 2026-000001 to ALFA, with a summary, and 2026-000002 to BETA, both of the portal; 2026-000003 to MAILED, by mail."""
    run = scene.close()
    for payer, channel in (("ALFA", "portal"), ("BETA", "portal"), ("MAILED", "email")):
        scene.payer(payer, channel=channel)
    scene.invoice(run, "ALFA", "121.00", clients=("E1",))
    scene.invoice(run, "BETA", "60.50")
    scene.invoice(run, "MAILED", "10.00")
    return run


def with_url(outside: Outside) -> Outside:
    return replace(outside, settings=outside.settings.model_copy(update={"portal_url": PORTAL_URL}))


def files(outside: Outside) -> dict[str, bytes]:
    """Everything on the portal, by path."""
    store = open_portal(outside.settings)
    return {path: store.read(path) for top in ("payers", "documents") for path in store.paths(top) if path not in portal.BLANK_PAGES}


class Killed(BaseException):
    """Ends the process where it stands, as a signal would: nothing catches it."""


def killed_at(monkeypatch: pytest.MonkeyPatch, number: int, *, after: bool) -> None:
    """The process ends at the `number`-th file it writes, before or after the file is there."""
    write, seen = Store.write, 0

    def written(store: Store, path: str, content: bytes) -> object:
        nonlocal seen
        seen += 1
        if seen == number and not after:
            raise Killed
        stored = write(store, path, content)
        if seen == number:
            raise Killed
        return stored

    monkeypatch.setattr(Store, "write", written)


# ------------------------------------------------------------------------------------------------ names
def test_no_name_says_anything_of_the_payer_or_leads_to_another_document(outside: Outside, run: Run) -> None:
    delivery.stage(outside, run)
    folders = [re.fullmatch(r"(payers|documents)/([A-Za-z0-9_-]{24})/[^/]+", path) for path in files(outside)]
    assert all(folders)
    randoms = {found[2] for found in folders if found}
    assert len(randoms) == 5  # two payers, two invoices, a summary: each its own
    assert not any("ALFA" in path or "BETA" in path for path in files(outside))


def test_a_server_that_lists_folders_shows_no_name(outside: Outside, run: Run) -> None:
    """Many servers list a folder without an index: those of all payers and of all documents have one, and so has what lies above."""
    delivery.stage(outside, run)
    store = open_portal(outside.settings)
    above = {path.rpartition("/")[0].rpartition("/")[0] for path in files(outside)}
    assert above == {"payers", "documents"}
    shown = [store.read(path) for path in ("index.html", "payers/index.html", "documents/index.html")]
    assert shown == [shown[0]] * 3
    assert b"href" not in shown[0]
    assert b"noindex" in shown[0]


def test_an_index_lists_the_documents_of_its_payer_and_no_other(outside: Outside, run: Run) -> None:
    delivery.stage(outside, run)
    assert shelf.linked(outside, "ALFA") == {"2026-000001.pdf": pdf("2026-000001"), "2026-000001-E1.pdf": pdf("2026-000001", "E1")}
    assert shelf.linked(outside, "BETA") == {"2026-000002.pdf": pdf("2026-000002")}
    assert shelf.folder(outside, "ALFA") != shelf.folder(outside, "BETA")


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hrefs += [value or "" for name, value in attrs if name in {"href", "src"}]


def test_page_and_index_link_the_same_files_all_of_them_there_and_nothing_elsewhere(outside: Outside, run: Run) -> None:
    delivery.stage(outside, run)
    entries = shelf.index(outside, "ALFA")["invoices"]
    of_index = {file["href"]: file["sha256"] for entry in entries for file in entry["files"]}
    assert Links(shelf.page(outside, "ALFA")).hrefs == list(of_index)
    for href, sha256 in of_index.items():
        content = open_portal(outside.settings).read(shelf.path_of(outside, "ALFA", href))
        assert hashlib.sha256(content).hexdigest() == sha256


def test_publishing_once_more_keeps_every_name_and_every_byte(outside: Outside, scene: Scene, run: Run) -> None:
    delivery.stage(outside, run)
    before = files(outside)
    scene.say("update delivery set state = 'pending', sent_at = null")
    delivery.stage(outside, run)
    assert files(outside) == before


def test_other_content_gets_another_name_and_the_document_published_before_stays_as_it_was(
    outside: Outside, scene: Scene, run: Run
) -> None:
    delivery.stage(outside, run)
    before = files(outside)
    anew = pdf("2026-000002", "anew")
    scene.say("delete from document where invoice_id = (select invoice_id from invoice where number = '2026-000002')")
    scene.document(run, "2026-000002", "invoice", anew)
    scene.say("update delivery set state = 'pending', sent_at = null where payer_id = 'BETA'")
    delivery.stage(outside, run)
    assert shelf.linked(outside, "BETA") == {"2026-000002.pdf": anew}
    after = files(outside)
    assert {path: after[path] for path in before if path.startswith("documents/")} == {
        path: content for path, content in before.items() if path.startswith("documents/")
    }


def test_a_document_somebody_changed_on_the_portal_is_not_written_over_but_named(outside: Outside, scene: Scene, run: Run) -> None:
    delivery.stage(outside, run)
    (path,) = [path for path in files(outside) if path.endswith("2026-000002.pdf")]
    open_portal(outside.settings).write(path, b"other")
    scene.say("update portal_name set published_at = null where payer_id = 'BETA'")
    scene.say("update delivery set state = 'pending', sent_at = null where payer_id = 'BETA'")
    with pytest.raises(Stopped, match=r"2026-000002\.pdf was changed after it was published; move it away, then run again"):
        delivery.stage(outside, run)
    assert open_portal(outside.settings).read(path) == b"other"


# ------------------------------------------------------------------------------------------------ killed
@pytest.mark.parametrize("after", [False, True], ids=["before it is there", "when it is there"])
@pytest.mark.parametrize("number", range(1, 8), ids=lambda number: f"at file {number} of 7")
def test_killed_between_two_files_and_done_again_every_name_is_the_first_one(
    number: int, after: bool, outside: Outside, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        killed_at(patched, number, after=after)
        with pytest.raises(Killed):
            delivery.stage(outside, run)
    left = files(outside)
    delivery.stage(outside, run)
    whole = files(outside)
    assert len(whole) == 7  # an index and a page each, two documents of ALFA, one of BETA: nothing was left behind under another name
    assert left.keys() <= whole.keys()
    assert {path: whole[path] for path in left} == left
    assert set(shelf.linked(outside, "ALFA")) == {"2026-000001.pdf", "2026-000001-E1.pdf"}


def test_a_document_that_is_not_there_yet_is_on_no_index(outside: Outside, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery.record(outside, run)
    with outside.engine.connect() as conn, monkeypatch.context() as patched:
        killed_at(patched, 1, after=False)
        with pytest.raises(Killed):
            publish_for(outside, conn, 1)
    publish(outside, "ALFA", {"note.txt": b"a note"})
    assert shelf.index(outside, "ALFA")["invoices"] == []


# ------------------------------------------------------------------------------------------------ links in mails
def test_links_lead_to_the_index_and_to_a_document_and_stay(outside: Outside, run: Run) -> None:
    delivery.stage(outside, run)
    sha256 = hashlib.sha256(pdf("2026-000002")).hexdigest()
    with outside.engine.connect() as conn:
        link, settings = portal_link(conn, with_url(outside).settings, "BETA"), with_url(outside).settings
        assert link == f"{PORTAL_URL}{shelf.folder(outside, 'BETA')}/index.html"
        assert portal_link(conn, settings, "BETA") == link
        found = document_link(conn, settings, "BETA", sha256)
        assert re.fullmatch(re.escape(PORTAL_URL) + r"documents/[A-Za-z0-9_-]{24}/2026-000002\.pdf", found)
        assert document_link(conn, settings, "ALFA", sha256) == ""  # not its document
        assert (portal_link(conn, outside.settings, "BETA"), document_link(conn, outside.settings, "BETA", sha256)) == ("", "")


def test_an_invoice_whose_mail_is_too_large_is_published_for_a_payer_that_gets_mail(outside: Outside, scene: Scene, run: Run) -> None:
    ((invoice_id,),) = scene.say("select invoice_id from invoice where number = '2026-000003'")
    with outside.engine.connect() as conn:
        link = publish_for(with_url(outside), conn, int(str(invoice_id)))
    assert link == f"{PORTAL_URL}{shelf.folder(outside, 'MAILED')}/index.html"
    assert shelf.linked(outside, "MAILED") == {"2026-000003.pdf": pdf("2026-000003")}
    before = files(outside)
    with outside.engine.connect() as conn:
        assert publish_for(with_url(outside), conn, int(str(invoice_id))) == link
    assert files(outside) == before


# ------------------------------------------------------------------------------------------------ existing installations
def published_by_an_earlier_release(outside: Outside, scene: Scene, run: Run) -> Store:
    """ALFA's folder as it was: named by the payer, its documents in it, and an index of file names."""
    store = open_portal(outside.settings)
    store.write("ALFA/2026-000001.pdf", pdf("2026-000001"))
    store.write("ALFA/2026-000001-E1.pdf", pdf("2026-000001", "E1"))
    store.write("ALFA/index.json", b'{"payer": "ALFA"}')
    delivery.record(outside, run)
    scene.say("update delivery set state = 'sent', sent_at = now() where payer_id = 'ALFA'")
    return store


def test_what_an_earlier_release_published_stays_and_is_in_the_new_index_too(outside: Outside, scene: Scene, run: Run) -> None:
    store = published_by_an_earlier_release(outside, scene, run)
    november = scene.close("2026-11", on=run.on.replace(month=11))
    scene.invoice(november, "ALFA", "30.00")
    delivery.stage(outside, november)
    assert set(shelf.linked(outside, "ALFA")) == {"2026-000001.pdf", "2026-000001-E1.pdf", "2026-000004.pdf"}
    assert store.read("ALFA/2026-000001.pdf") == pdf("2026-000001")
    assert store.read("ALFA/index.json") == b'{"payer": "ALFA"}'


def test_a_document_of_an_earlier_release_that_is_lost_holds_nothing_up(
    outside: Outside, scene: Scene, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    published_by_an_earlier_release(outside, scene, run)
    outside.out.remove("2026-10/invoice/2026-000001.pdf")
    november = scene.close("2026-11", on=run.on.replace(month=11))
    scene.invoice(november, "ALFA", "30.00")
    delivery.stage(outside, november)
    assert set(shelf.linked(outside, "ALFA")) == {"2026-000001-E1.pdf", "2026-000004.pdf"}
    assert "2026-10/invoice/2026-000001.pdf was published by an earlier release and is not there any more" in caplog.text


def test_a_letter_that_an_earlier_release_published_is_in_the_new_index_words_and_pdf(outside: Outside, scene: Scene, run: Run) -> None:
    store = published_by_an_earlier_release(outside, scene, run)
    letter = pdf("letter")
    store.write("ALFA/reminder-2026-12-04-1.txt", b"Please pay")
    outside.out.write("2026-12/letters/ALFA-1-2026-12-04.pdf", letter)
    ((delivery_id,),) = scene.say(
        "insert into delivery (purpose, payer_id, channel, recipients, message_id, state)"
        " values ('reminder', 'ALFA', 'portal', 'x', '<l@x>', 'sent') returning delivery_id"
    )
    scene.say(
        "insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, clause, path,"
        " sha256, delivery_id) select 'ALFA', 'contract', 1, '2026-12-04', invoice_id, due_on, 121, 'CG-2.d',"
        " '2026-12/letters/ALFA-1-2026-12-04.pdf', :sha256, :delivery_id from invoice where number = '2026-000001'",
        sha256=hashlib.sha256(letter).hexdigest(), delivery_id=delivery_id,
    )  # fmt: skip
    portal.publish_invoices(outside, "ALFA", [])
    found = shelf.linked(outside, "ALFA")
    assert (found["reminder-2026-12-04-1.txt"], found["reminder-2026-12-04-1.pdf"]) == (b"Please pay", letter)


@pytest.mark.parametrize("client", ["E/BÉTA", "E 1", "50%", "..", "#7?x=&y", "É" * 80])
def test_the_link_to_the_summary_of_a_client_of_a_strange_number_leads_to_it(client: str, outside: Outside, scene: Scene) -> None:
    run = scene.close()
    scene.payer("ALFA", channel="portal")
    scene.invoice(run, "ALFA", "121.00", clients=(client,))
    delivery.stage(outside, run)
    assert pdf("2026-000001", client) in shelf.linked(outside, "ALFA").values()
    assert all(re.fullmatch(r"[\w./%-]+", href) for href in Links(shelf.page(outside, "ALFA")).hrefs)


# ------------------------------------------------------------------------------------------------ the page
def test_the_page_needs_nothing_but_itself_and_no_search_engine_keeps_it(outside: Outside, run: Run) -> None:
    delivery.stage(outside, run)
    page = shelf.page(outside, "ALFA")
    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in page
    assert '<meta name="referrer" content="no-referrer">' in page
    assert not re.search(r"<script|<img|<link|https?://|url\(|@import", page)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Vos documents", "Facture", "121,00\u00a0€", "Communication structurée", "Résumé E1")),
        ("nl", ("Uw documenten", "Factuur", "€\u00a0121,00", "Gestructureerde mededeling", "Overzicht E1")),
        ("en", ("Your documents", "Invoice", "€121.00", "Structured communication", "Summary E1")),
    ],
)
def test_the_page_speaks_the_language_of_its_payer(language: str, said: tuple[str, ...], outside: Outside, scene: Scene) -> None:
    run = scene.close()
    scene.payer("ALFA", channel="portal", language=language)
    scene.invoice(run, "ALFA", "121.00", clients=("E1",))
    delivery.stage(outside, run)
    page = shelf.page(outside, "ALFA")
    assert f'<html lang="{language}">' in page
    assert [word for word in (*said, "2026-000001", "28/10/2026", "27/11/2026", "+++260/0000/00170+++") if word not in page] == []


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", 'O\'Hara & "Zonen"', "\u05e9\u05dc\u05d5\u05dd \U0001f60a"],
    ids=["markup", "quotes", "right to left, and a face"],
)
def test_a_strange_name_of_a_payer_is_text_on_its_page(name: str, outside: Outside, scene: Scene) -> None:
    run = scene.close()
    scene.payer("ALFA", channel="portal", name=name)
    scene.invoice(run, "ALFA")
    delivery.stage(outside, run)

    class Text(HTMLParser):
        said = ""

        def handle_data(self, data: str) -> None:
            self.said += data

    reader = Text()
    reader.feed(shelf.page(outside, "ALFA"))
    assert name in reader.said
    assert "<script" not in shelf.page(outside, "ALFA")
