//! `pentaprism user`

use crate::boot::config::Config;
use crate::boot::parts::Parts;
use clap::{Args, Subcommand};
use control::mail::links;
use control::operator::users::create::CreateUserInput;
use control::operator::users::{create, list, reset_link, set_operator};
use control::{Actor, Ctx};
use secrecy::{ExposeSecret, SecretString};

#[derive(Debug, Subcommand)]
pub enum User {
    /// Make an account; prints its password unless one comes on standard input.
    Create(Create),
    /// Make an account an operator of this server.
    GrantOperator { email: String },
    /// Print a link by which the account chooses a new password.
    ResetLink { email: String },
}

#[derive(Debug, Args)]
pub struct Create {
    email: String,
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    operator: bool,
    /// Read the password from the first line of standard input.
    #[arg(long)]
    password_stdin: bool,
}

impl User {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let parts = Parts::for_command(config).await?;
        let done = self.apply(&parts.ctx).await;
        parts.stop().await;
        println!("{}", done?);
        Ok(())
    }

    async fn apply(self, ctx: &Ctx) -> anyhow::Result<String> {
        let actor = Actor::command_line();
        Ok(match self {
            Self::Create(create) => create.apply(ctx, &actor).await?,
            Self::GrantOperator { email } => {
                let user = list::by_email(ctx, &actor, &email).await?;
                set_operator::set_operator(ctx, &actor, user.id, true).await?;
                format!("{} is an operator now.", user.email)
            }
            Self::ResetLink { email } => {
                let user = list::by_email(ctx, &actor, &email).await?;
                let token = reset_link::reset_link(ctx, &actor, user.id).await?;
                links::reset_password(&ctx.rules.public_url, token.expose_secret())
            }
        })
    }
}

impl Create {
    async fn apply(self, ctx: &Ctx, actor: &Actor) -> anyhow::Result<String> {
        let (password, told) = if self.password_stdin {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line)?;
            (line.trim_end_matches(['\r', '\n']).to_owned(), String::new())
        } else {
            let password = ctx.rng.base62(20);
            (password.clone(), format!(" Its password is {password}"))
        };
        let name = self.name.unwrap_or_else(|| self.email.split('@').next().unwrap_or_default().to_owned());
        let input = CreateUserInput {
            name,
            email: self.email.clone(),
            password: SecretString::from(password),
            operator: self.operator,
        };
        create::create(ctx, actor, input).await?;
        Ok(format!("Made the account {}.{told}", self.email))
    }
}
