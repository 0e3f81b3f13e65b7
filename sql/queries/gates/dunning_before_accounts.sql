-- One row per account whose statements do not reach up to a day, with who let the reminders go all the same.
select iban as account, max(to_day) as statements_up_to, cast(:statements_to as date) as needed_up_to,
    (select accepted_by from dunning_on_word where dunned_on = cast(:on as date)) as on_the_word_of
from bank_statement
where iban = any(cast(:accounts as text[]))
group by iban
having max(to_day) < cast(:statements_to as date)
order by iban
limit 20;
