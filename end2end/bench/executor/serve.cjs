// The official query plan executor behind a plain HTTP server. DATABASE_URL: its database. Prints its address once it serves.
const { context, trace } = require('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const { BasicTracerProvider } = require('@opentelemetry/sdk-trace-base');
const http = require('node:http');
const qpe = require('@prisma/query-plan-executor');

// It throws without a context manager, a tracer provider and an active logger.
context.setGlobalContextManager(new AsyncLocalStorageContextManager());
trace.setGlobalTracerProvider(new BasicTracerProvider());
const logger = qpe.createConsoleLogger('text', 'error');

(async () => {
  const executor = await qpe.withActiveLogger(logger, () => qpe.Server.create({
    databaseUrl: process.env.DATABASE_URL,
    maxResponseSize: qpe.parseSize('128 MiB'),
    queryTimeout: qpe.parseDuration('PT5M'),
    maxTransactionTimeout: qpe.parseDuration('PT5M'),
    maxTransactionWaitTime: qpe.parseDuration('PT5M'),
  }));
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => qpe.withActiveLogger(logger, async () => {
      const body = Buffer.concat(chunks);
      const answer = await executor.fetch(new Request(`http://localhost${request.url}`, { method: request.method, headers: request.headers, body }));
      const text = Buffer.from(await answer.arrayBuffer());
      response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
    }).catch((error) => response.writeHead(500).end(String(error))));
  });
  server.listen(0, '127.0.0.1', () => console.log(`127.0.0.1:${server.address().port}`));
})();
