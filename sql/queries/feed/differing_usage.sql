-- One row per record on its way in whose id is stored with other content: its line in the file, id, what differs.
-- returns: tasks.feed.usage._Differing
select n.file_line, n.usage_id,
    concat_ws(', ',
        case when n.line_no <> u.line_no then 'line_id' end,
        case when n.kind <> u.kind then 'kind' end,
        case when n.outgoing <> u.outgoing then 'direction' end,
        case when n.caller <> u.caller then 'caller' end,
        case when n.callee <> u.callee then 'callee' end,
        case when n.started_at <> u.started_at then 'started_at' end,
        case when n.quantity <> u.quantity then 'quantity' end,
        case when n.visited_country <> u.visited_country then 'visited_country' end) as differs
from incoming_usage n
join usage_record u using (usage_id)
where (n.line_no, n.kind, n.outgoing, n.caller, n.callee, n.started_at, n.quantity, n.visited_country)
   <> (u.line_no, u.kind, u.outgoing, u.caller, u.callee, u.started_at, u.quantity, u.visited_country)
order by n.file_line;
