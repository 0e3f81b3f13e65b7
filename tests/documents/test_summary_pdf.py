"""The monthly summary (BT-2.f)."""

from dataclasses import replace

import pytest

from reports.records import Language
from reports.summary_pdf import render_summary
from reports.wording import LANGUAGES, wording
from tests.documents.reading import pages, text
from tests.documents.samples import HASH, NAMES, summary


@pytest.mark.clause("BT-2.f")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_summary_shows_counted_ordered_rule_and_charged_with_the_snapshot_and_its_hash(language: Language) -> None:
    shown, words = text(render_summary(summary(language))), wording(language)
    assert NAMES[language] in shown
    assert HASH in shown
    assert "27/10/2026" in shown
    assert words("title.summary") in shown
    assert words.figures.month(summary(language).period) in shown
    assert words("title.invoice") + " 2026-000123" in shown
    for rule in ("minimum_users", "ordered", "counted"):
        assert words(f"rule.{rule}").split()[0] in shown


@pytest.mark.clause("BT-2.f")
def test_a_line_reads_product_counted_ordered_charged_days_rule_clause() -> None:
    shown = text(render_summary(summary("en")))
    assert "Business user 8 10 9 01/11 – 30/11/26 Minimum: at most 10% fewer a quarter BT-2.h" in shown
    assert "Mobile pack 300 minutes – 3 3 01/11 – 30/11/26 Number ordered BT-2.f" in shown
    assert "SIP channel 4 4 4 01/11 – 30/11/26 Number counted ST-2.b" in shown


@pytest.mark.clause("BT-2.f")
def test_every_element_counted_is_named_with_its_first_day() -> None:
    shown = text(render_summary(summary("nl", users=130)))
    for number in range(130):
        assert f"user{number}@example.be E-{number} sinds 27/01/2026" in shown


def test_pages_are_numbered_and_a_long_list_repeats_its_heading() -> None:
    shown = pages(render_summary(summary("fr", users=400)))
    assert len(shown) > 2
    for number, page in enumerate(shown, start=1):
        assert f"Page {number} / {len(shown)}" in page
        assert number == 1 or "Utilisateur Business · ligne L-0 · 400 éléments" in page


def test_the_same_record_gives_the_same_bytes() -> None:
    assert render_summary(summary()) == render_summary(summary())


@pytest.mark.parametrize("name", ["Ελληνικά 😀 日本語", "x" * 300, "", "a & b <i>"])
def test_no_name_breaks_a_summary(name: str) -> None:
    record = summary()
    elements = tuple(replace(one, label=name) for one in record.lines[0].elements)
    lines = tuple(replace(line, description=name, elements=elements) for line in record.lines)
    assert HASH in text(render_summary(replace(record, name=name, lines=lines)))


def test_a_client_with_nothing_counted_gets_a_page_that_says_so() -> None:
    assert "Aucune prestation" in text(render_summary(replace(summary(), lines=())))
