-- Tells the planner what an import brought. Without it a first month is joined record by record, in minutes instead of seconds.
analyze party, contract, line, order_line, product, price, pack, rate, inventory_snapshot, inventory_element, usage_record;
