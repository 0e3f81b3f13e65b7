"""Letters as a day of dunning sends them: the words fit the policy in force, and paper, mail and portal say the same."""

from datetime import date
from pathlib import Path

import pytest

from tasks.dunning import run_dunning
from tasks.outside import Outside
from tasks.suspension.deciding import approve
from tests.documents.reading import plain, qr_code, text
from tests.steps.delivery_scene import mails
from tests.steps.dunning_scene import FIRST, FORMAL, SECOND, SUSPENDED, Ladder, ladder, via

__all__ = ["ladder"]


def paper(outside: Outside, level: int, on: date) -> bytes:
    """The PDF of a letter to ALFA in the store."""
    return outside.out.read(f"{on:%Y-%m}/letters/ALFA-{level}-{on}.pdf")


@pytest.mark.clause("CG-2.e")
@pytest.mark.parametrize(
    ("policy", "rate"),
    [
        pytest.param("contract", "1%", id="the contract's one per cent a month"),
        pytest.param("article119", "0.375%", id="under the law's caps a twelfth of 4.5 % a year"),
    ],
)
def test_a_letter_names_the_rate_that_its_policy_charges(outside: Outside, ladder: Ladder, policy: str, rate: str) -> None:
    run_dunning(via(outside, dunning_policy=policy), FIRST)
    assert f"The rate is {rate} per month late (CG-2.e)" in text(paper(outside, 1, FIRST))


def test_the_four_levels_lead_from_a_friendly_word_to_a_limited_service(outside: Outside, ladder: Ladder) -> None:
    for day in (FIRST, SECOND, FORMAL, SUSPENDED):
        run_dunning(outside, day)
    approve(outside.engine, 1, by="Ann", on=date(2026, 12, 29))
    run_dunning(outside, date(2026, 12, 30))
    said = {level: text(paper(outside, level, on)) for level, on in enumerate((FIRST, SECOND, FORMAL, date(2026, 12, 30)), start=1)}
    assert "please pay the amount by 10 December 2026 at the latest" in said[1]
    assert "we will send another reminder, on 11 December 2026 at the earliest" in said[1]
    assert "The reminder fee is €10.00 (CG-2.d)." in said[2]
    assert "we will send a formal notice, on 18 December 2026 at the earliest" in said[2]
    assert "we may from 28 December 2026 limit the services under your contracts" in said[3]
    assert "Limited services, by client • Alfa" in said[4]
    assert [level for level, shown in said.items() if "€121.00" not in shown] == []


def test_the_mail_carries_the_letter_of_the_store_whose_code_asks_for_what_is_open(
    outside: Outside, ladder: Ladder, tmp_path: Path
) -> None:
    run_dunning(outside, FIRST)
    [mail] = mails(tmp_path / "mailbox")
    [attached] = [part.get_content() for part in mail.iter_attachments()]
    assert attached == paper(outside, 1, FIRST)
    assert "EUR121.00" in qr_code(attached)
    assert "Friendly reminder: €121.00 to pay by 10 December 2026" in plain(mail["Subject"])
