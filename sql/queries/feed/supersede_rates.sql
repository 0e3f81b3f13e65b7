-- Ends the version in force of each row of rates that the file on its way in gives with other content.
update rate c set superseded_import = cast(:import_no as integer)
from incoming_rates n
where c.deck = n.deck and c.prefix = n.prefix and c.valid_from = n.valid_from and c.superseded_import is null
  and (c.destination, c.destination_group, c.per_minute_micro, c.setup_micro, c.first_increment, c.next_increment)
      is distinct from
      (n.destination, n.destination_group, cast(n.per_minute * 1000000 as bigint), cast(n.setup * 1000000 as bigint), n.first_increment,
       n.next_increment);
