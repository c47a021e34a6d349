// Pictures of every page for a review of the design; no part of the tests.

import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

export default defineConfig({ ...journeys, testDir: "screenshots", outputDir: "results/screenshots-run", timeout: 300_000 });
