-- Keeps what a person decided, whether it counts or not.
insert into run_decision (run_id, decision_no, ask_no, decision, decided_by, comment, excluded, drafts_hash, decided_at, channel, counts, why_not)
select
    :run_id, coalesce(max(decision_no), 0) + 1, cast(:ask_no as integer), :decision, :decided_by, :comment, cast(:excluded as text[]),
    :drafts_hash, coalesce(cast(:given_at as timestamptz), now()), :channel, :why_not = '', :why_not
from run_decision
where run_id = :run_id;
