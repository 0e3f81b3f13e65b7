-- One row per table the close needs and the feed never gave.
select name || '.csv' as file, 'no row of it was ever accepted' as reason
from (values
    ('parties', exists (select from party)), ('contracts', exists (select from contract)), ('order_lines', exists (select from order_line)),
    ('products', exists (select from product)), ('prices', exists (select from price)),
    ('rates', exists (select from rate) or not exists (select from usage_record))
) as needed (name, is_there)
where not is_there
limit 20;
