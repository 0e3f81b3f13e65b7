-- Adds a version for each row of rates on its way in that is new or has changed; one in force already stays as it is.
insert into rate (deck, prefix, valid_from, version, valid_import,
    destination, destination_group, per_minute_micro, setup_micro, first_increment, next_increment)
select n.deck, n.prefix, n.valid_from, coalesce((select max(v.version) from rate v where v.deck = n.deck and v.prefix = n.prefix and v.valid_from = n.valid_from), 0) + 1, cast(:import_no as integer),
    n.destination, n.destination_group, cast(n.per_minute * 1000000 as bigint), cast(n.setup * 1000000 as bigint), n.first_increment,
    n.next_increment
from incoming_rates n
where not exists (select 1 from rate v where v.deck = n.deck and v.prefix = n.prefix and v.valid_from = n.valid_from and v.superseded_import is null)
order by n.deck, n.prefix, n.valid_from;
