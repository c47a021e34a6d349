-- Finds the sign-ins of a user that wait for their code.
create index session_waiting on session ((data -> 'second_factor_of' ->> 'user')) where data ? 'second_factor_of';
