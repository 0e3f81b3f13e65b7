-- Notes the line of a debit note that charges something.
update late_charge set debit_note_id = :debit_note_id, line_seq = :line_seq
where run_id = :run_id and charge_no = :charge_no;
