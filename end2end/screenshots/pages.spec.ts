import type { Page } from "@playwright/test";
import { CONSOLE } from "../support/environment.ts";
import { awake } from "../support/console.ts";
import { PAGES, label, type Scene, type Viewer } from "../support/scene.ts";
import { test } from "../support/test.ts";

/** States of a page that need a press or two. */
const PRESSED: [string, (scene: Scene) => string, (page: Page) => Promise<void>][] = [
  ["dialog new key", (scene) => `/projects/${scene.project}/settings/keys`, async (page) => page.getByRole("link", { name: "New API Key" }).click()],
  [
    "dialog failed",
    (scene) => `/orgs/${scene.org}`,
    async (page) => {
      await page.getByRole("link", { name: "Create project" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Create project" }).click();
      await page.getByRole("alert").waitFor();
    },
  ],
  [
    "key shown",
    (scene) => `/projects/${scene.emptyProject}/settings/keys/new`,
    async (page) => {
      await page.getByLabel("Name").fill("production");
      await page.getByRole("button", { name: "Create API Key" }).click();
      await page.getByRole("group", { name: "API key" }).waitFor();
    },
  ],
  ["dialog delete", (scene) => `/projects/${scene.project}/settings`, async (page) => page.getByRole("link", { name: "Delete project" }).click()],
  ["account menu", (scene) => `/orgs/${scene.org}`, async (page) => page.getByRole("banner").getByLabel(/^Account of /).click()],
  [
    "toast",
    (scene) => `/resources/${scene.resource}`,
    async (page) => {
      await page.getByRole("button", { name: "Test connection" }).click();
      await page.getByRole("status").filter({ hasText: "Connected" }).waitFor();
    },
  ],
  [
    "palette",
    (scene) => `/projects/${scene.project}`,
    async (page) => {
      await awake(page);
      await page.keyboard.press("Control+k");
      await page.waitForTimeout(700);
    },
  ],
  ["404", () => "/no-such-page", async () => undefined],
];

for (const width of [1280, 390]) {
  for (const theme of ["light", "dark"]) {
    test(`${width} px, ${theme}`, async ({ open, scene, watch }) => {
      watch.expectStatus(404);
      const pages = new Map<Viewer, Page>();
      const visit = async (viewer: Viewer): Promise<Page> => {
        const known = pages.get(viewer);
        if (known) return known;
        const state = scene.states[viewer];
        const context = await open({ viewport: { width, height: 844 }, ...(state && { storageState: state }) });
        await context.addCookies([{ name: "theme", value: theme, url: CONSOLE }]);
        const page = await context.newPage();
        pages.set(viewer, page);
        return page;
      };
      const picture = (name: string): string => `results/screenshots/${width}-${theme}/${name.replace(/[^a-z0-9]+/gi, "-")}.png`;
      for (const row of PAGES) {
        const page = await visit(row.as ?? "operator");
        await page.goto(row.path(scene));
        await awake(page);
        await page.screenshot({ path: picture(label(row)), fullPage: true, animations: "disabled" });
      }
      const page = await visit("operator");
      page.on("dialog", (dialog) => dialog.accept());
      for (const [name, path, press] of PRESSED) {
        await page.goto(path(scene));
        await press(page);
        await page.screenshot({ path: picture(`state ${name}`), animations: "disabled" });
      }
    });
  }
}
