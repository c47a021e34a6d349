//! The mark: a pentaprism, and the ray that enters it, bends twice and leaves at a right angle.

use leptos::prelude::*;

/// The mark of 24 units. The angles are those of the glass: two faces at 45 degrees turn the ray by 90 whatever way it comes in.
#[component]
pub fn Mark(#[prop(into, optional)] class: String) -> impl IntoView {
    let class = if class.is_empty() { "mark".to_owned() } else { format!("mark {class}") };
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true">
            <defs>
                <linearGradient id="spectrum" x1="1" y1="12.4" x2="11.6" y2="23" gradientUnits="userSpaceOnUse">
                    <stop class="spectrum-1" offset="0"></stop>
                    <stop class="spectrum-2" offset=".35"></stop>
                    <stop class="spectrum-3" offset=".7"></stop>
                    <stop class="spectrum-4" offset="1"></stop>
                </linearGradient>
            </defs>
            <path d="M5 19V5.8L14.15 2 22 9.85 18.2 19Z"></path>
            <path class="mark-ray" d="M1 12.4H20.9L11.6 3.1V23"></path>
        </svg>
    }
}

/// The mark and the name.
#[component]
pub fn Logo() -> impl IntoView {
    view! { <span class="inline-flex items-center gap-2 text-md font-semibold tracking-tight"><Mark/>"Pentaprism"</span> }
}
