use crate::audit::Entry;
use crate::identity::passwords::Password;
use crate::identity::store::{NewUser, claim_operator, insert_user};
use crate::operator::require;
use crate::{Actor, Ctx, Error};
use kernel::problem::Fields;
use kernel::{Email, Name, Problem, UserId};
use secrecy::SecretString;
use serde_json::json;

/// What the form, or the command line, asks.
#[derive(Debug)]
pub struct CreateUserInput {
    pub name: String,
    pub email: String,
    pub password: SecretString,
    pub operator: bool,
}

/// Makes an account that can sign in at once, whatever the sign-up policy says. The first account of a server is an operator's in any case.
pub async fn create(ctx: &Ctx, actor: &Actor, input: CreateUserInput) -> Result<UserId, Error> {
    require(actor)?;
    let mut fields = Fields::default();
    let name = fields.check("name", input.name.parse::<Name>());
    let email = fields.check("email", input.email.parse::<Email>());
    let password = fields.check("password", Password::parse(&input.password, &[&input.email, &input.name]));
    fields.done()?;
    let (Some(name), Some(email), Some(password)) = (name, email, password) else {
        return Err(Problem::internal().into());
    };
    let hash = ctx.passwords.hash(password, &ctx.rng).await?;
    let mut tx = ctx.db.begin().await?;
    let operator = claim_operator(&mut tx, ctx.now()).await? || input.operator;
    let id: UserId = ctx.new_id();
    let new = NewUser { id, email: &email, name: &name, password_hash: &hash, operator, now: ctx.now() };
    insert_user(&mut tx, new).await.map_err(|error| {
        if error.violates("user_account_email_key") {
            Problem::field("email", "There is an account with this address already.").into()
        } else {
            error
        }
    })?;
    let after = Some(json!({ "email": email, "name": name, "operator": operator }));
    Entry { action: "user.create", org: None, target: &id, before: None, after }.record(ctx, &mut tx, actor).await?;
    crate::commit(tx).await?;
    Ok(id)
}
