/// Fields of forms whose value is a secret: never kept for a failed form, never logged.
pub const SECRET_FIELDS: [&str; 6] =
    ["password", "new_password", "current_password", "connection_string", "code", "token"];
