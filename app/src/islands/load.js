const hydrate = async () => {
  const bundle = await import("{js}");
  await bundle.default({ module_or_path: "{wasm}" });
  bundle.hydrate();
  for (const island of document.querySelectorAll("leptos-island")) bundle[island.dataset.component](island);
  document.documentElement.dataset.hydrated = "";
};
"requestIdleCallback" in window ? requestIdleCallback(hydrate, { timeout: 500 }) : setTimeout(hydrate, 1);
