-- One row per issued invoice, debit note or credit note of the numbers given, with who pays it by its name of now. EUR including VAT.
-- returns: tasks.disputes.Disputed
select invoice.number, invoice.kind, invoice.payer_id, coalesce(party.name, '') as name, invoice.issued_on, invoice.gross
from invoice
left join party on party.party_id = invoice.payer_id and party.superseded_import is null
where invoice.number = any(cast(:numbers as text[]));
