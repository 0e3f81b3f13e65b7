-- The last day before which nothing new is collected: that of the newest file. Null: there is none.
-- returns: date
select max(made_on)
from collection
where accepted;
