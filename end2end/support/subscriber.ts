// A subscriber of Pulse, as far as a journey needs one.

import { randomBytes } from "node:crypto";
import { request } from "node:http";

/** Connects to a named stream, so that it is there, and goes away again. A server that has just made the key may not know it yet. */
export async function openStream(endpoint: string, key: string, model: object, name: string): Promise<void> {
  for (const end = Date.now() + 10_000; ; ) {
    const status = await upgrade(endpoint, key, model, name);
    if (status === 101) return;
    if (Date.now() > end) throw new Error(`a subscriber was answered ${status}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

function upgrade(endpoint: string, key: string, model: object, name: string): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const asked = request(new URL("/stream", endpoint.replace("ws", "http")), {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": randomBytes(16).toString("base64"),
        "prisma-client-version": "7.10.0",
        authorization: `Bearer ${key}`,
        subscription: JSON.stringify(model),
        stream: JSON.stringify({ name }),
      },
    });
    asked.on("upgrade", (answer, socket) => {
      socket.destroy();
      done(answer.statusCode);
    });
    asked.on("response", (answer) => {
      answer.resume();
      done(answer.statusCode);
    });
    asked.on("error", fail);
    asked.end();
  });
}
