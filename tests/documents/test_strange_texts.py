"""Names nobody expected, figures of millions, invoices of nothing and of very much: each a page that reads well, and PDF/A-1b."""

import unicodedata
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.invoice_pdf import render
from reports.lettering import cleaned, fitted, printable, width_of, wrapped
from reports.reading_order import as_seen, joined
from reports.records import EndClientSection, InvoiceRecord, Language, VatLine
from reports.summary_pdf import render_summary
from reports.typefaces import REGULAR
from reports.wording import LANGUAGES, wording
from tests.documents import preflight
from tests.documents.kinds import STRANGE, every_kind, with_head
from tests.documents.reading import overlaps, pages, plain, text
from tests.documents.samples import invoice, line, partner_invoice, payer, renamed, summary

D = Decimal
NAMES = {
    "of_four_hundred_characters": "Ik heb een heel lange naam met veel woorden " * 9,
    "of_one_word_without_end": "Donaudampfschifffahrtsgesellschaftskapitän" * 8,
    "of_wide_letters": "W" * 160,
    "in_arabic": "مخبز السلام (فرع 12) ذ.م.م",
    "in_hebrew": "מאפיית שלום (סניף 3) בע״מ",
    "of_two_directions": STRANGE,
    "of_emoji_alone": "😀🎉👩‍👩‍👧‍👦🇧🇪",
    "of_signs_of_control": "A\x00B\x07C\x1b[31mD\x7fE\u202eF\u2066G\ufeffH",
    "of_markup": "<b>&amp;</b> <script>alert(1)</script> \\(x\\) %d {name} ]]>",
    "of_combining_accents": "Cafe\u0301 Ne\u0301on \u0301 a\u0300\u0301\u0302\u0303 Z\u0335a\u0321l\u0322g\u0327o",
    "of_invisible_signs": "A\u200bB\u200cC\u200dD\u2060E\u00adF",
    "in_chinese_and_thai": "日本語 中文 ภาษาไทย",
    "of_nothing": "",
    "of_spaces": " \t\n \u00a0 \u2003 ",
}


def millions(record: InvoiceRecord, sign: int = 1) -> InvoiceRecord:
    """The same invoice with lines of 123,456.5 pieces at 123,456.789012 that come to 1,234,567.89 each."""
    lines = tuple(
        replace(one, net=sign * D("1234567.89"), unit_price=D("123456.789012"), quantity=D("123456.5"))
        for one in record.end_clients[0].lines
    )
    return of_lines(record, lines)


def of_lines(record: InvoiceRecord, lines: tuple[object, ...], category: str = "S", rate: str = "21.00") -> InvoiceRecord:
    net = sum((one.net for one in lines), D("0.00"))  # type: ignore[attr-defined]
    vat = (net * D(rate) / 100).quantize(D("0.01"))
    section = replace(record.end_clients[0], lines=lines, net=net) if lines else EndClientSection("P-1", "", (), net)
    return replace(
        with_head(record, net=net, vat_total=vat, gross=net + vat),
        end_clients=(section,),
        vat=(VatLine(category, D(rate), net, vat),),  # type: ignore[arg-type]
    )


def addressed(name: str, language: Language = "fr") -> InvoiceRecord:
    """An invoice whose payer, clients, lines, street, city and number are all so called."""
    who = replace(payer(language, name or " "), street=name, city=name, postal_code=name[:20], payer_id=name[:60], name=name)
    return with_head(renamed(invoice(4, 3, language), name), payer=who)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_name_lies_over_another_text_or_leaves_the_paper(name: str) -> None:
    pdf = render(addressed(name))
    assert overlaps(pdf) == []
    for amount in ("72,60 €", "12,60 €", "60,00 €"):
        assert amount in pages(pdf)[0]


def test_every_invoice_of_a_strange_name_is_one_for_the_archive(tmp_path: Path) -> None:
    assert preflight.faults({name: render(addressed(shown)) for name, shown in NAMES.items()}, tmp_path) == {}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_partner_of_strange_clients_gets_each_amount(name: str) -> None:
    pdf = render(renamed(partner_invoice(3), name))
    assert overlaps(pdf) == []
    assert text(pdf).count("62,50") >= 3


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_summary_of_a_strange_client_is_readable(name: str) -> None:
    assert overlaps(render_summary(replace(summary(), name=name, end_client_id=name[:40]))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_texts_of_any_document_lie_over_each_other(language: Language) -> None:
    drawn = {name: pdf for name, pdf in every_kind(language).items() if not name.startswith("draft")}  # whose mark lies below the text
    assert {name: found for name, pdf in drawn.items() if (found := overlaps(pdf))} == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lines", [4, 60])
@pytest.mark.parametrize("sign", [1, -1], ids=["to be paid", "in favour of the payer"])
def test_amounts_of_millions_stand_beside_each_other(lines: int, sign: int, language: Language) -> None:
    record, figures = millions(invoice(lines, 0, language), sign), wording(language).figures
    pdf = render(record)
    assert overlaps(pdf) == []
    shown = text(pdf)
    for amount in (record.head.net, record.head.vat_total, record.head.gross):
        assert plain(figures.money(amount)) in shown
    assert shown.count(plain(figures.amount(sign * D("1234567.89")))) >= lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_twenty_lines_exempt_from_vat_say_so_once_and_charge_none(language: Language) -> None:
    exempt = tuple(line(number, language=language) for number in range(20))
    record = of_lines(invoice(1, 0, language), exempt, "E", "0.00")
    assert (record.head.net, record.head.vat_total, record.head.gross) == (D("250.00"), D("0.00"), D("250.00"))
    pdf, words = render(record), wording(language)
    shown = text(pdf)
    assert plain(words.figures.money(D("250.00"))) in shown
    assert shown.count(plain(words("vat.E"))) == 1
    assert overlaps(pdf) == []


@pytest.mark.parametrize(("lines", "call_count"), [(0, 0), (1, 1), (60, 0), (60, 1500)])
def test_much_and_nothing_are_drawn_without_a_fault(lines: int, call_count: int) -> None:
    assert overlaps(render(invoice(lines, call_count))) == []


def test_figures_of_every_size_are_for_the_archive(tmp_path: Path) -> None:
    exempt = of_lines(invoice(1), tuple(line(number) for number in range(20)), "E", "0.00")
    sized = {"nothing": invoice(0), "much": invoice(60, 1500), "millions": millions(invoice(60)), "credit": millions(invoice(60), -1)}
    assert preflight.faults({name: render(record) for name, record in {**sized, "exempt": exempt}.items()}, tmp_path) == {}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("Café", "Café", id="an accent that goes with its letter"),
        pytest.param("Cafe\u0301", "Café", id="an accent written by itself"),
        pytest.param("Z\u0335alg\u0322o", "Zalgo", id="accents that go with no letter"),
        pytest.param("A\u200bB\u00adC\ufeff", "ABC", id="invisible signs"),
        pytest.param("A\x00B\x1bC", "ABC", id="signs of control"),
        pytest.param("A\tB\nC", "A B C", id="tabs and line ends are spaces"),
        pytest.param("fun 😀", "fun ▯", id="emoji"),
        pytest.param("日本", "▯▯", id="letters the font lacks"),
        pytest.param("<b>&amp;", "<b>&amp;", id="markup is text"),
        pytest.param("A\u202eB\u2066C", "ABC", id="orders to turn the direction"),
    ],
)
def test_a_text_is_shown_as(written: str, shown: str) -> None:
    assert printable(written) == shown


@pytest.mark.parametrize(
    ("written", "from_left_to_right"),
    [
        pytest.param("Café", "Café", id="what runs left to right"),
        pytest.param("שלום", "םולש", id="Hebrew"),
        pytest.param("שלום 12", "12 םולש", id="a number after Hebrew"),
        pytest.param("12 שלום", "12 םולש", id="a number before Hebrew"),
        pytest.param("שלום 12.50 א", "א 12.50 םולש", id="a number with decimals inside Hebrew"),
        pytest.param("Bar שלום NV", "Bar םולש NV", id="Hebrew inside a name"),
        pytest.param("שלום (אב) NV", "(בא) םולש NV", id="brackets turn with the text inside them"),
        pytest.param("שלום (NV)", "םולש (NV)", id="brackets around another direction stay"),
    ],
)
def test_a_line_is_seen_as_its_readers_expect(written: str, from_left_to_right: str) -> None:
    assert as_seen(written) == from_left_to_right


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("ببب", "\ufe91\ufe92\ufe90", id="a letter has four forms: first, middle, last"),
        pytest.param("ب", "\ufe8f", id="and alone"),
        pytest.param("بدب", "\ufe91\ufeaa\ufe8f", id="dal joins only what comes before it"),
        pytest.param("سلام", "\ufeb3\ufefc\ufee1", id="lam and alef are one sign"),
        pytest.param("گپ", "\ufb94\ufb57", id="Persian letters"),
    ],
)
def test_arabic_letters_are_joined(written: str, shown: str) -> None:
    assert joined(written) == shown
    assert joined(shown) == shown


TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("אבגدبل ا()12.éW😀\u0301\u200d")), max_size=60)


@given(TEXTS)
def test_what_is_printable_stays_so_and_needs_one_line_of_known_characters(written: str) -> None:
    shown = printable(written)
    assert printable(shown) == shown
    assert all(unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in shown)
    assert sorted(as_seen(shown)) == sorted(shown) or any(bracket in shown for bracket in "()[]{}<>«»")
    assert len(as_seen(shown)) == len(shown)
    assert len(cleaned(written)) >= len(shown)


@given(TEXTS, st.integers(10, 300))
def test_lines_and_what_is_cut_are_no_wider_than_their_room(written: str, room: int) -> None:
    assert all(width_of(part, REGULAR, 8.5) <= room for part in wrapped(written, REGULAR, 8.5, room) if len(part) > 1)
    assert width_of(fitted(printable(written), REGULAR, 8.5, room), REGULAR, 8.5) <= room
