//! Icons: Lucide, from one sprite that stands once in the body.

use leptos::prelude::*;

macro_rules! glyphs {
    ($($variant:ident $name:literal;)*) => {
        /// An icon that the sprite holds. `style/icons.txt` lists the same names for the build.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Glyph {
            $($variant,)*
        }

        impl Glyph {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Lucide's name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            const fn href(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!("#i-", $name),)*
                }
            }
        }
    };
}

glyphs! {
    Activity "activity";
    ArrowLeft "arrow-left";
    ArrowRight "arrow-right";
    ArrowUpRight "arrow-up-right";
    Ban "ban";
    BookOpen "book-open";
    Building2 "building-2";
    Calendar "calendar";
    Check "check";
    ChevronDown "chevron-down";
    ChevronLeft "chevron-left";
    ChevronRight "chevron-right";
    ChevronsUpDown "chevrons-up-down";
    Circle "circle";
    CircleAlert "circle-alert";
    CircleCheck "circle-check";
    CircleDashed "circle-dashed";
    CircleQuestionMark "circle-question-mark";
    CircleX "circle-x";
    Clock "clock";
    Code "code";
    Copy "copy";
    Database "database";
    Download "download";
    Ellipsis "ellipsis";
    ExternalLink "external-link";
    Eye "eye";
    FileText "file-text";
    Folder "folder";
    Gauge "gauge";
    Globe "globe";
    House "house";
    Info "info";
    KeyRound "key-round";
    Laptop "laptop";
    Layers "layers";
    ListFilter "list-filter";
    Lock "lock";
    LogIn "log-in";
    LogOut "log-out";
    Mail "mail";
    Monitor "monitor";
    Moon "moon";
    Pause "pause";
    Pencil "pencil";
    Play "play";
    Plug "plug";
    Plus "plus";
    Power "power";
    Radio "radio";
    RefreshCw "refresh-cw";
    RotateCw "rotate-cw";
    Search "search";
    Send "send";
    Server "server";
    Settings "settings";
    Shield "shield";
    ShieldAlert "shield-alert";
    ShieldCheck "shield-check";
    Smartphone "smartphone";
    Sun "sun";
    Terminal "terminal";
    Trash2 "trash-2";
    TriangleAlert "triangle-alert";
    User "user";
    UserPlus "user-plus";
    Users "users";
    WifiOff "wifi-off";
    X "x";
    Zap "zap";
}

/// An icon of 16 px in the colour of the text beside it. It says nothing to a screen reader: a name always stands with it.
#[component]
pub fn Icon(
    glyph: Glyph,
    /// More classes, such as `icon-20` or a text colour.
    #[prop(into, optional)]
    class: String,
) -> impl IntoView {
    let class = if class.is_empty() { "icon".to_owned() } else { format!("icon {class}") };
    view! {
        <svg class=class aria-hidden="true" viewBox="0 0 24 24">
            <use href=glyph.href()></use>
        </svg>
    }
}

/// The sprite, once in every page's body: `sprite` is the build's `icons.svg`, whose symbols carry Lucide's names as ids.
#[cfg(feature = "ssr")]
#[component]
pub fn IconSprite(sprite: &'static str) -> impl IntoView {
    // Prefixed here, so that no icon can take the id of a heading or a field.
    static PREFIXED: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let symbols = PREFIXED.get_or_init(|| symbols(sprite).replace("<symbol id=\"", "<symbol id=\"i-"));
    view! { <svg class="sprite" aria-hidden="true" inner_html=symbols.as_str()></svg> }
}

/// What stands between the outer tags of the sprite.
#[cfg(feature = "ssr")]
fn symbols(sprite: &str) -> &str {
    let start = sprite.find("<symbol").unwrap_or(sprite.len());
    let end = sprite.rfind("</symbol>").map_or(start, |at| at + "</symbol>".len());
    &sprite[start..end]
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_build_makes_exactly_these_icons() {
        let listed: Vec<_> = include_str!("../../../style/icons.txt").lines().collect();
        assert_eq!(listed, Glyph::ALL.iter().map(|glyph| glyph.name()).collect::<Vec<_>>());
    }

    #[test]
    fn an_icon_points_into_the_sprite_and_is_silent() {
        let sprite = "<svg><defs><symbol id=\"copy\" viewBox=\"0 0 24 24\"><path/></symbol></defs></svg>";
        let html = crate::kit::testing::html(move || view! { <IconSprite sprite/><Icon glyph=Glyph::Copy/> });
        assert!(html.contains("<symbol id=\"i-copy\""), "{html}");
        assert!(html.contains("<use href=\"#i-copy\">"), "{html}");
        assert_eq!(html.matches("aria-hidden=\"true\"").count(), 2);
    }
}
