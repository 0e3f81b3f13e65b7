-- What rates are called, by their numbers.
-- returns: tasks.audit.naming.RateName
select rate_no, deck, prefix, destination_group, valid_from
from rate
where rate_no = any(cast(:numbers as integer[]));
