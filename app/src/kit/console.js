// Makes the server's HTML quicker to use. Everything below has a plain way behind it: a link, a form, a <details>.
(() => {
  const root = document.documentElement;
  const on = (type, run, options) => document.addEventListener(type, run, options);
  const closest = (event, selector) => event.target instanceof Element && event.target.closest(selector);

  // Dialogs. A link with data-dialog opens the dialog of that id instead of the page that holds the same form.
  const openers = new WeakMap();
  const open = (dialog, opener) => {
    if (dialog.matches(":modal")) return;
    dialog.removeAttribute("open"); // the server renders it open after a failed post; showModal wants it closed
    openers.set(dialog, opener);
    dialog.showModal();
  };
  const upgrade = () => {
    for (const dialog of document.querySelectorAll("dialog[data-modal]")) {
      const opener = document.querySelector(`[data-dialog="${dialog.id}"]`);
      dialog.removeAttribute("data-modal");
      open(dialog, opener);
      dialog.querySelector("[data-focus], .secret-box button")?.focus();
    }
  };
  on("click", (event) => {
    const opener = closest(event, "[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (!dialog || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    opener.closest("details.menu")?.removeAttribute("open");
    open(dialog, opener);
  });
  let pressed = null;
  on("pointerdown", (event) => (pressed = event.target));
  // A dialog that shows a secret once is left by its own button alone: one press of Escape must not lose it, nor another dialog cover it.
  const kept = () => document.querySelector("dialog:modal [data-stored]");
  const keep = (event) => {
    if (!kept()) return false;
    event.preventDefault();
    kept().focus();
    return true;
  };
  on("cancel", keep, true);
  on("click", (event) => {
    // A press that starts and ends on the dialog element itself is on its backdrop.
    if (event.target instanceof HTMLDialogElement && pressed === event.target && event.target.matches(":modal") && !keep(event)) event.target.close();
  });
  on("close", (event) => {
    const opener = openers.get(event.target);
    const menu = opener?.closest("details.menu");
    (menu ? menu.querySelector("summary") : opener)?.focus();
  }, true);

  // Menus close on a press elsewhere, on Escape, and when the focus leaves them.
  const menus = () => document.querySelectorAll("details.menu[open]");
  on("click", (event) => menus().forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open")));
  on("focusin", (event) => menus().forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open")));
  on("keydown", (event) => {
    if (event.key === "Escape" && keep(event)) return;
    if (event.key === "Escape") {
      menus().forEach((menu) => { menu.removeAttribute("open"); menu.querySelector("summary").focus(); });
    } else if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey) {
      const palette = document.getElementById("palette");
      if (!palette || keep(event)) return;
      event.preventDefault();
      palette.open ? palette.close() : open(palette, document.activeElement);
    }
  });

  // A form that is on its way shows it on its button, and is not sent twice.
  on("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    // A page that was fetched ahead would hide what the form changes: without the rules the browser drops it.
    document.querySelector("script[type=speculationrules]")?.remove();
    if (event.defaultPrevented) return;
    if (form.dataset.pending !== undefined) return event.preventDefault();
    form.dataset.pending = "";
    (event.submitter ?? form.querySelector("[data-submit]"))?.setAttribute("aria-busy", "true");
    root.dataset.navigating = "";
    // Whoever stops a slow answer stays on the page, and no event tells of it.
    setTimeout(settle, 10000);
  });
  on("click", (event) => {
    const link = closest(event, "a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    root.dataset.navigating = "";
  });
  const settle = () => {
    delete root.dataset.navigating;
    for (const form of document.querySelectorAll("form[data-pending]")) delete form.dataset.pending;
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  };
  // A transition that the browser skips (a download, a page of another kind) is no error.
  for (const type of ["pageswap", "pagereveal"]) {
    addEventListener(type, ({ viewTransition: fade }) => [fade?.ready, fade?.finished].forEach((part) => part?.catch(() => {})));
  }
  addEventListener("pageshow", settle);
  addEventListener("pagehide", settle);

  // What depends on the visitor's machine: the zone of full times, the name of a key, the width of a table.
  const zone = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
  const local = () => {
    for (const key of document.querySelectorAll("[data-mac]")) if (/Mac|iPhone|iPad/.test(navigator.platform)) key.textContent = key.dataset.mac;
    // A table that fits needs no stop of its own on the way of the Tab key.
    for (const frame of document.querySelectorAll(".table-frame")) if (frame.scrollWidth <= frame.clientWidth) frame.removeAttribute("tabindex");
    for (const time of document.querySelectorAll("time.moment")) time.title = zone.format(new Date(time.dateTime));
  };

  // A toast that arrives with the page is no change to a screen reader: it is put in anew. It goes when it has been read and nobody holds it.
  const announce = () => {
    for (const region of document.querySelectorAll(".toasts")) {
      setTimeout(() => region.replaceChildren(...region.childNodes), 100);
      const held = () => region.matches(":hover, :focus-within");
      const fold = () => (held() ? setTimeout(fold, 2000) : region.querySelector("details")?.removeAttribute("open"));
      setTimeout(fold, 10000);
    }
    if (!document.querySelector("dialog:modal")) document.querySelector("main [data-focus]")?.focus({ preventScroll: false });
  };

  const ready = () => { upgrade(); local(); announce(); };
  document.readyState === "loading" ? on("DOMContentLoaded", ready) : ready();
})();
