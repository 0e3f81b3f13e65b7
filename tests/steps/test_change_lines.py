"""The lines of a close as the reasons of a change are told from them: in the words of the reader."""

from decimal import Decimal

import sql
from billing.change_reasons import Line
from billing.change_words import sentence
from tasks.outside import Outside
from tests.steps.gate_rows import RUN, write, write_close

D = Decimal
FREE_TEXT = """
insert into invoice_line (invoice_id, line_seq, contract_id, end_client_id, line_id, product, description, charge, from_day, to_day, quantity,
    unit_price, net, vat_category, vat_rate, clause)
select invoice_id, 90 + added.at, 'C2', 'P2', '', added.product, added.text, added.charge, '2026-10-12', '2026-10-12', 1, added.net, added.net, 'S', 21, 'GC-4.5'
from invoice
cross join (values
    (1, 'one_off', '', 'Interventie ter plaatse', 150.00), (2, 'credit', '', 'SLA-krediet', -12.00), (3, 'one_off', 'setup', 'Opstart', 20.00)
) as added (at, charge, product, text, net)
where payer_id = 'P2'
"""


def test_products_bear_their_english_names_and_what_has_none_the_text_of_the_invoice(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        write_close(conn, "drafts")
        write(conn, FREE_TEXT)
        lines = sql.rows(conn, Line, "report/lines", run_id=RUN.run_id, import_no=RUN.import_no)
    told = {(line.payer_id, line.product, line.charge, line.unit, line.net) for line in lines}
    assert told == {
        ("P1", "User", "recurring", "user", D("62.00")), ("P1", "belgium_fixed", "usage", "", D("1.00")),
        ("P2", "Channel", "recurring", "channel", D("40.00")), ("P2", "Interventie ter plaatse", "one_off", "", D("150.00")),
        ("P2", "", "credit", "", D("-12.00")), ("P2", "setup", "one_off", "", D("20.00")),
    }  # fmt: skip
    ours = [line for line in lines if line.payer_id == "P2"]
    assert sentence(ours[:1], ours) == "one-off Interventie ter plaatse (+150.00), one-off setup (+20.00), credit (-12.00)"
