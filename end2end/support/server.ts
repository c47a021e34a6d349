// A server of a journey's own, whose database may be held up without anybody else feeling it.

import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BINARY, DATABASE, databaseWith } from "./environment.ts";

export class OwnServer {
  private constructor(
    readonly console: string,
    private readonly database: string,
    private readonly folder: string,
    private readonly process: ChildProcess,
  ) {}

  /** Ready to serve, with a database of its own beside `DATABASE`. */
  static async start(): Promise<OwnServer> {
    const name = `own_${randomUUID().replaceAll("-", "")}`;
    await sql(DATABASE, `create database ${name};`);
    const database = databaseWith((url) => (url.pathname = `/${name}`));
    const folder = mkdtempSync(join(tmpdir(), "own-server-"));
    const listen = `127.0.0.1:${await freePort()}`;
    const env = {
      PATH: process.env["PATH"],
      DATABASE_URL: database,
      PENTAPRISM__CONSOLE__LISTEN: listen,
      PENTAPRISM__DATA__LISTEN: `127.0.0.1:${await freePort()}`,
      PENTAPRISM__METRICS__LISTEN: `127.0.0.1:${await freePort()}`,
      PENTAPRISM__STORAGE__DATA_DIR: join(folder, "data"),
      // So that what is late here is what the journey holds up.
      PENTAPRISM__CONSOLE__PAGE_WAIT_MS: "5000",
    };
    // Whatever ends this process, the server ends with it.
    const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", BINARY, "serve"], { cwd: folder, env, stdio: "ignore" });
    const server = new OwnServer(`http://${listen}`, database, folder, child);
    for (let tries = 0; tries < 600; tries++) {
      const ready = await fetch(`${server.console}/readyz`).catch(() => undefined);
      if (ready?.status === 200) return server;
      await sleep(50);
    }
    await server.stop();
    throw new Error("the server does not get ready");
  }

  /** Whoever needs this table waits, until what is answered is called. */
  async lock(table: string): Promise<() => Promise<void>> {
    const holder = spawn("psql", ["--no-psqlrc", "--quiet", this.database], { stdio: ["pipe", "pipe", "inherit"] });
    holder.stdin.write(`begin; lock table ${table};\n\\echo locked\n`);
    await once(holder.stdout, "data");
    return async () => {
      holder.stdin.end();
      await once(holder, "close");
    };
  }

  async sql(statement: string): Promise<void> {
    await sql(this.database, statement);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      this.process.kill("SIGTERM");
      await once(this.process, "close");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function sql(database: string, statement: string): Promise<void> {
  const psql = spawn("psql", ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", statement, database], { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = (await once(psql, "close")) as [number | null];
  if (code !== 0) throw new Error(`psql refused: ${statement}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
