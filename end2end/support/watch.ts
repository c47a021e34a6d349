// A journey fails on whatever the browser complains about, however well its steps went.

import type { BrowserContext } from "@playwright/test";

export class Watch {
  readonly #complaints: string[] = [];
  readonly #expected: RegExp[] = [];

  /** A complaint that belongs to the journey: the status of a page that is meant to be missing. */
  expect(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  /** The browser reports a page that answers 404 as an error; here it is meant to. */
  expectStatus(status: number): void {
    this.expect(new RegExp(`status of ${status} `));
  }

  async follow(context: BrowserContext, scripts: boolean): Promise<void> {
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.#complain(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => {
      // What a browser throws by itself has a name and no stack.
      const { name, message, stack } = error.error();
      this.#complain(`page error: ${stack || `${name}: ${message}`} (${error.page()?.url()})`);
    });
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "unknown";
      // Whoever leaves a page gives up what it was still fetching.
      if (reason !== "net::ERR_ABORTED") this.#complain(`request failed: ${request.method()} ${request.url()}: ${reason}`);
    });
    context.on("response", (response) => {
      if (response.status() >= 500) this.#complain(`response: ${response.status()} of ${response.request().method()} ${response.url()}`);
    });
    if (!scripts) return;
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`content policy: ${event.effectiveDirective} refused ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
      });
    });
  }

  /** What the browser complained about and nobody expected. */
  complaints(): string[] {
    return this.#complaints.filter((complaint) => !this.#expected.some((pattern) => pattern.test(complaint)));
  }

  #complain(text: string): void {
    this.#complaints.push(text);
  }
}
