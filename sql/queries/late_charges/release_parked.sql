-- Takes back what the run charged parked payers for being late, with how it was computed: the next month charges it.
with released as (
    delete from late_charge
    where run_id = :run_id and payer_id in (select parked_payer.payer_id from parked_payer where parked_payer.run_id = :run_id)
    returning run_id, charge_no
)
delete from interest_delay
using released
where interest_delay.run_id = released.run_id and interest_delay.charge_no = released.charge_no;
