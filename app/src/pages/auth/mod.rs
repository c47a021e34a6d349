//! Before the login.

mod check_mail;
mod forgot_password;
mod reset_password;
mod second_factor;
mod sign_in;
mod sign_up;
mod verify_email;

pub use check_mail::CheckMailPage;
pub use forgot_password::ForgotPasswordPage;
pub use reset_password::ResetPasswordPage;
pub use second_factor::SecondFactorPage;
pub use sign_in::SignInPage;
pub use sign_up::SignUpPage;
pub use verify_email::VerifyEmailPage;
