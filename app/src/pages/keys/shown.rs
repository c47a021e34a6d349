use super::Scope;
use crate::kit::{CodeBlock, Dialog, SecretBox, StoredButton};
use crate::model::key::NewKey;
use leptos::prelude::*;

/// A new key on its one showing, over the list that it now stands in.
#[component]
pub fn NewKeyShown(scope: Scope, new: NewKey) -> impl IntoView {
    view! {
        <Dialog id="key-created" title=format!("API key {} created", new.row.name) open=true kept=true>
            <div class="form">
                <SecretBox id="new-key-secret" name="API key" secret=new.secret.clone()/>
                <CodeBlock label=".env" code=new.env_lines()/>
                <div class="dialog-actions"><StoredButton href=scope.list()>{scope.stored_verb()}</StoredButton></div>
            </div>
        </Dialog>
    }
}
