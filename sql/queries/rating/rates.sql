-- One row per version of a prefix of a deck.
-- returns: billing.tariff.Rate
select rate_no, deck, prefix, valid_from, destination, destination_group, per_minute_micro, setup_micro, first_increment, next_increment
from rate_at(:import_no)
order by rate_no;
