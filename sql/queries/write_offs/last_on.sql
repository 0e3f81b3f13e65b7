-- The last day on which something of an invoice was given up or taken back.
-- returns: date
select max(written_off_on) from write_off where invoice_id = :invoice_id;
