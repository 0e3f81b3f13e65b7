-- One row: whether the bank statements are booked up to a day, for the accounts that ever had one; which disputes are refused.
with booked as (
    select iban, max(to_day) as to_day from bank_statement where iban = any(cast(:accounts as text[])) group by iban
),
late as (
    select count(*) as accounts from booked where to_day < cast(:statements_to as date)
),
word as (
    select exists (select from dunning_on_word where dunned_on = cast(:on as date)) as given
)
select
    (select case when word.given then 0 else late.accounts end from late, word) as statement_missing,
    (select case when word.given then late.accounts else 0 end from late, word) as on_word,
    (select count(*) from feed_reject where resolved_import is null and path like 'bank/%') as statement_refused,
    (select case when exists (select from booked) then 0 else 1 end) as never_booked,
    (select count(distinct line) from feed_reject where resolved_import is null and path like 'disputes.%' and column_name <> 'invoice_number')
        as dispute_refused,
    (select count(distinct line) from feed_reject where resolved_import is null and path like 'disputes.%' and column_name = 'invoice_number')
        as dispute_unplaced;
