-- From where a password was last chosen by a link: the throttle knows the account's owner there for a while, where they have no session yet.

alter table user_account add column reset_from inet, add column reset_at timestamptz;
