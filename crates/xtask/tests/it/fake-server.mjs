#!/usr/bin/env node
// Behaves as `pentaprism serve` does towards whoever starts it: listens, gets ready, and stops when it is asked to.
import { createServer } from 'node:http';

if (process.env.FAKE_PROBLEM) {
  console.error(process.env.FAKE_PROBLEM);
  process.exit(1);
}

const [host, port] = process.env.PENTAPRISM__CONSOLE__LISTEN.split(':');
const begun = Date.now();
createServer((request, response) => {
  const ready = request.url === '/healthz' || Date.now() - begun > 200;
  response.writeHead(ready ? 200 : 503).end();
}).listen(Number(port), host);

console.error(`database: ${process.env.DATABASE_URL ?? 'its own'}`);
process.on('SIGINT', () => process.exit(7));
