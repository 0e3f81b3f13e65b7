"""Late charges small enough to check by head, clean at their gate: interest, a fee and a cost of P1 on 28 October 2026.

Invoice 1 of 1000.00 was due on 27 August: two months are 20.00, of which a debit note of 28 September asked 10.00.
"""

LATE_CHARGES = """
insert into run (kind, run_on) values ('late_charges', '2026-10-28'), ('late_charges', '2026-09-28'), ('orders', '2026-07-28');
insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, series, seq, number, issued_on, due_on,
    structured_reference) values
    (3, 'invoice', 'P1', 1, 30, 1000, 0, 1000, 'invoice-2026', 1, '2026-000001', '2026-07-28', '2026-08-27', '1'),
    (2, 'debit_note', 'P1', 1, 30, 10, 0, 10, 'debit_note-2026', 1, 'D2026-000001', '2026-09-28', '2026-10-28', '2');
insert into delivery (purpose, payer_id, channel, recipients, message_id, state, sent_at) values
    ('reminder', 'P1', 'email', 'one@one.example', '<r1@x>', 'sent', '2026-10-01 08:00Z');
insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, fee, clause, delivery_id)
    select 'P1', 'contract', 2, '2026-10-01', 1, '2026-08-27', 1000, 10, 'CG-2.d', delivery_id from delivery;
insert into dunning_notice_invoice (notice_id, invoice_id, open_amount) select notice_id, 1, 1000 from dunning_notice;
insert into feed_record (table_name, record_id, version, valid_import, record) values ('recovery_costs', 'K-1', 1, 1,
    jsonb_build_object('payer_id', 'P1', 'on', '2026-10-02', 'amount', '25.00', 'description', 'writ'));
insert into late_charge (run_id, charge_no, payer_id, what, invoice_id, from_day, to_day, charged_before, amount, policy, clause, debit_note_id,
    line_seq) values
    (2, 1, 'P1', 'interest', 1, '2026-08-28', '2026-09-27', 0, 10, 'contract', 'CG-2.e', 2, 1),
    (1, 1, 'P1', 'interest', 1, '2026-08-28', '2026-10-27', 10, 10, 'contract', 'CG-2.e', null, null);
insert into late_charge (run_id, charge_no, payer_id, what, notice_id, cost_id, from_day, to_day, amount, policy, clause) values
    (1, 2, 'P1', 'reminder_fee', 1, null, '2026-10-01', '2026-10-01', 10, 'contract', 'CG-2.d'),
    (1, 3, 'P1', 'recovery_cost', null, 'K-1', '2026-10-02', '2026-10-02', 25, 'contract', 'CG-2.e');
insert into interest_delay (run_id, charge_no, seq, from_day, to_day, open_amount, per_month, cost) values
    (1, 1, 1, '2026-08-28', '2026-09-27', 1000, 0.01, 10), (1, 1, 2, '2026-09-28', '2026-10-27', 1000, 0.01, 10);
"""

_PAID = "insert into payment (invoice_id, amount, paid_on) values (1, 100, '2026-09-01')"
_PAID_BEFORE = "insert into payment (invoice_id, amount, paid_on) values (1, 1000, '2026-09-30')"
_TRIED_BEFORE = (
    "with other as (insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, fee, clause) "
    "select payer_id, policy, level, '2026-09-15', anchor_invoice_id, anchor_due_on, open_amount, fee, clause from dunning_notice "
    "returning notice_id) insert into late_charge (run_id, charge_no, payer_id, what, notice_id, from_day, to_day, amount, policy, clause) "
    "select 2, 2, 'P1', 'reminder_fee', notice_id, '2026-09-15', '2026-09-15', 10, 'contract', 'CG-2.d' from other"
)
_CREDITED = (
    "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, series, seq, number, issued_on, due_on, "
    "structured_reference, credits_invoice_id) values (3, 'credit_note', 'P1', 1, 0, -900, 0, -900, 'credit_note-2026', 1, 'C2026-000001', "
    "'2026-10-05', '2026-10-05', '3', 1)"
)
_RESTORED = (
    "insert into late_charge (run_id, charge_no, payer_id, what, order_no, from_day, to_day, amount, policy, clause) "
    "values (1, 4, 'P1', 'reactivation', 9, '2026-10-01', '2026-10-01', 30, 'contract', 'CG-2.e')"
)
_UNPLACED = (
    "insert into late_charge (run_id, charge_no, payer_id, what, cost_id, from_day, to_day, amount, policy, clause) "
    "values (1, 1, 'P1', 'recovery_cost', 'K-1', '2026-10-01', '2026-10-01', 30, 'contract', 'CG-2.e')"
)
_OF_FEE = "where run_id = 1 and what = 'reminder_fee'"

# Gate, check, what breaks it, what is counted then, what the examples name, which other checks see it too.
BROKEN: tuple[tuple[str, str, str, str, str, tuple[str, ...]], ...] = (
    ("late_charges", "interest_on_debit_note", "update invoice set kind = 'debit_note' where invoice_id = 1", "1", "2026-000001", ()),
    ("late_charges", "interest_before_late", "update interest_delay set from_day = '2026-08-27' where seq = 1", "1", "2026-08-27", ()),
    ("late_charges", "open_amount_differs", _PAID, "2", "900.00", ()),
    ("late_charges", "interest_differs", "update interest_delay set cost = 11 where seq = 2", "2", "11", ()),
    ("late_charges", "charged_before_differs", "update late_charge set amount = 8 where run_id = 2", "1", "2026-000001", ()),
    ("late_charges", "rate_too_high", "update interest_delay set per_month = 0.02 where charge_no = 1", "2", "0.02", ("interest_differs",)),
    ("late_charges", "letter_undelivered", "update delivery set bounced_on = '2026-10-05'", "1", "2026-10-05", ()),
    ("late_charges", "letter_for_nothing", _PAID_BEFORE, "1", "reminder fee", ("open_amount_differs",)),
    ("late_charges", "charged_twice", _TRIED_BEFORE, "1", "reminder fee", ()),
    ("late_charges", "cost_too_high", "update dunning_notice set fee = 5", "1", "reminder fee", ()),
    ("late_charges", "not_restored", _RESTORED, "1", "reactivation", ("cost_too_high",)),
    ("late_charges", "payer_differs", f"update late_charge set payer_id = 'P2' {_OF_FEE}", "1", "P2", ()),
    ("late_charges", "sum_too_small", f"update late_charge set payer_id = 'P2', amount = 4 {_OF_FEE}", "1", "P2", ("payer_differs",)),
    ("late_charges", "basis_missing", f"update late_charge set clause = '' {_OF_FEE}", "1", "reminder fee", ()),
    ("late_charges", "charged_too_much", _CREDITED, "1", "2026-000001", ("open_amount_differs",)),
    ("drafts", "late_charges_differ", _UNPLACED, "2", "30.00", ()),
)

__all__ = ["BROKEN", "LATE_CHARGES"]
