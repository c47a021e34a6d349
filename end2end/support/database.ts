// Databases of customers, by a connection of their own.

import pg from "pg";
import { randomUUID } from "node:crypto";
import { databaseWith } from "./environment.ts";

/** A new database, so that journeys that publish all tables do not see each other's. */
export class Database {
  private constructor(readonly url: string) {}

  static async create(schema: string): Promise<Database> {
    const name = `journey_${randomUUID().replaceAll("-", "").slice(0, 16)}`;
    await new Database(databaseWith(() => undefined)).query(`create database ${name}`);
    const made = new Database(databaseWith((url) => (url.pathname = `/${name}`)));
    await made.query(schema);
    return made;
  }

  async query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** The slots and publications that are in it: "1 read, 1 kept, 1 published". */
  async kept(): Promise<string> {
    const slots = "from pg_replication_slots where database = current_database()";
    const [row] = await this.query<{ told: string }>(
      `select format('%s read, %s kept, %s published', (select count(*) ${slots} and active), (select count(*) ${slots}), (select count(*) from pg_publication)) as told`,
    );
    return row?.told ?? "";
  }
}
