-- Brings the block-range indexes of usage up to date, so that a stretch of time reads only its own blocks: ranges added.
select brin_summarize_new_values('usage_record_no') + brin_summarize_new_values('usage_record_started') as ranges;
