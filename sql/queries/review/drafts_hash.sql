-- A hash of what the documents of a run bill: payer, terms, lines and amounts. Drafts made again with the same content have the same hash.
select encode(sha256(convert_to(coalesce(string_agg(document.hash, ' ' order by document.hash), ''), 'UTF8')), 'hex')
from (
    select encode(sha256(convert_to(
        jsonb_build_array(
            invoice.kind, invoice.payer_id, invoice.payment_days, invoice.net, invoice.vat, invoice.gross, invoice.credits_invoice_id, invoice.reason
        )::text || coalesce((
            select string_agg(shown.line, ' ' order by shown.line)
            from (
                select jsonb_build_array(
                    contract_id, end_client_id, line_id, product, description, charge, from_day, to_day, quantity, unit_price, net,
                    vat_category, vat_rate, clause, note, credits_line_seq
                )::text as line
                from invoice_line
                where invoice_line.invoice_id = invoice.invoice_id
            ) as shown
        ), ''), 'UTF8')), 'hex') as hash
    from invoice
    where invoice.run_id = :run_id
) as document;
