import { defineConfig } from "@playwright/test";
import { CHROMIUM, CONSOLE } from "./support/environment.ts";

// Nobody on the way: no first run, no updates, no calls home.
const ARGS = [
  "--no-sandbox",
  "--headless",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-quic",
  "--no-first-run",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "journeys",
  globalSetup: "./support/operator.ts",
  outputDir: "results/journeys",
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: "line",
  use: {
    baseURL: CONSOLE,
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    launchOptions: { executablePath: CHROMIUM, args: ARGS },
    locale: "en-GB",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
  },
});
