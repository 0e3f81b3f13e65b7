-- Books a statement and gives its number in the ledger.
-- returns: bigint
insert into bank_statement (iban, currency, number, from_day, to_day, opening, closing, layout, path, import_no, gap_accepted_by)
values (:iban, 'EUR', cast(:number as integer), :from_day, :to_day, :opening, :closing, :layout, :path, :import_no, :gap_accepted_by)
returning statement_no;
