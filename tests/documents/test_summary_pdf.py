"""The monthly summary (BT-2.f)."""

from dataclasses import replace

import pytest

from reports.records import Language
from reports.summary_pdf import render_summary
from reports.wording import LANGUAGES, wording
from tests.documents.reading import pages, text
from tests.documents.samples import HASH, NAMES, summary, summary_of_every_rule


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


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        pytest.param(
            "BT-2.h",
            "Référence R = 10, le nombre commandé : aucune clôture avant le 4e trimestre 2026. Minimum du trimestre : R moins un dixième, "
            "arrondi vers le bas = 9.",
            id="8 users counted, 10 ordered, at the first close: 9",
        ),
        pytest.param(
            "BT-2.h",
            "Référence R = 30, facturés à la dernière clôture avant le 4e trimestre 2026. Minimum du trimestre : R moins un dixième, "
            "arrondi vers le bas = 27.",
            id="25 users counted, 30 charged in the quarter before: 27",
        ),
        pytest.param("BT-2.h", "Référence R = 12, le plus grand nombre facturé pendant le 4e trimestre 2026.", id="raised to 12 since"),
        pytest.param("CG-3.a", "La durée minimale court jusqu’au 28 février 2027", id="the minimum term and its last day"),
        pytest.param(
            "BT-2.i", "reste dû pendant 12 mois depuis son premier jour, ici jusqu’au 26 avril 2027", id="12 months and until when"
        ),
        pytest.param("GC-5.4", "Jamais vu sur la plateforme : la quantité commandée est due", id="not configured yet: as ordered"),
        pytest.param("GC-13.3", "Solde du contrat : comme sur la facture précédente GC-13.3", id="the balance as on the previous invoice"),
        pytest.param("GC-13.3", "est dû jusqu’au 28 février 2027", id="the balance until the end of the term"),
        pytest.param("BT-2.g", "Utilisateur Business – 10 2 14/10 – 31/10/26 Ajout dans le mois BT-2.g", id="an addition charged back"),
        pytest.param(
            "BT-2.b", "Numéro national 5 3 5 01/10 – 14/10/26 01/11 – 30/11/26 Nombre compté", id="all days charged, stretch by stretch"
        ),
    ],
)
def test_each_rule_is_told_so_that_a_reader_can_check_it_by_hand(clause: str, said: str) -> None:
    shown = text(render_summary(summary_of_every_rule("fr")))
    assert said in shown
    assert clause in shown or clause == "BT-2.b"


@pytest.mark.clause("BT-2.i")
def test_a_number_removed_and_still_due_stands_apart_with_the_day_until_which() -> None:
    shown = text(render_summary(summary_of_every_rule("fr")))
    assert "Numéro international · Retirés de la plateforme, encore dus (BT-2.i) · 2 éléments" in shown
    assert "+442079460000 N-44 depuis le 27/02/2026, dû jusqu’au 26/02/2027" in shown
    assert "Numéro international · ligne L-6 · 1 élément" in shown


@pytest.mark.clause("BT-2.f")
@pytest.mark.parametrize(
    ("language", "authority"),
    [
        ("fr", "En cas de contestation, le résumé fera foi (BT-2.f)."),
        ("nl", "Bij betwisting geldt het overzicht (BT-2.f)."),
        ("en", "In a dispute the summary shall be authoritative (BT-2.f)."),
    ],
)
def test_it_says_what_it_is_worth_in_a_dispute_and_how_to_check_it(language: Language, authority: str) -> None:
    shown, words = text(render_summary(summary(language))), wording(language)
    assert authority in shown
    assert "SHA-256" in shown
    assert words.counted("elements", 1234).replace("\u202f", " ") in shown
    assert "billing verify-summary 2026-10 P-1" in shown
    assert words.figures.long_day(summary(language).snapshot_on) in shown  # type: ignore[arg-type]


def test_a_long_label_is_whole_in_a_list_of_one_column() -> None:
    shown = text(render_summary(summary_of_every_rule("nl")))
    for number in range(25):
        assert f"long.first.name.and.long.last.name{number}@example.be E-{number} sinds 27/01/2026" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_counting_can_be_drawn_in_every_language(language: Language) -> None:
    assert HASH in text(render_summary(summary_of_every_rule(language)))


def test_a_close_without_a_snapshot_claims_no_hash() -> None:
    shown = text(render_summary(replace(summary("en"), snapshot_on=None, snapshot_hash="", snapshot_elements=0)))
    assert "SHA-256" not in shown
    assert "frozen" not in shown


def test_a_long_name_of_the_end_client_is_shown_whole() -> None:
    name = "Société Anonyme Très Longuement Dénommée de Télécommunications et de Boulangerie Artisanale du Brabant Wallon et Environs"
    assert name in text(render_summary(replace(summary(), name=name)))
