// What `@prisma/instrumentation` traces of a query: the spans around its statements, through Accelerate as directly. Of a failure the client reads none.
const traced = [
  ['one statement', (db) => db.user.findMany({ orderBy: { id: 'asc' } })],
  ['a relation', (db) => db.user.findMany({ orderBy: { id: 'asc' }, include: { posts: true } })],
  ['nested writes', (db) => db.user.create({ data: { email: 'traced@x.io', posts: { create: { title: 'Traced', tags: { create: { name: 'traced' } } } } } })],
  ['a batch', (db) => db.$transaction([db.user.count(), db.tag.count()])],
  ['an interactive transaction', (db) => db.$transaction(async (tx) => [await tx.user.count(), await tx.tag.count()])],
  ['one that is rolled back', (db) => db.$transaction(async (tx) => {
    await tx.user.count();
    throw new Error('back');
  }).catch(() => null)],
  ['raw words', (db) => db.$queryRaw`select 1`],
];
const steps = /^prisma:(client|accelerate):(db_query|start_transaction|commit_transaction|rollback_transaction)$/;

// [name, directly, by Accelerate] of each.
export async function spans(require, { accelerateUrl, directUrl }) {
  const { context, trace } = require('@opentelemetry/api');
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
  const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');
  const { PrismaInstrumentation } = require('@prisma/instrumentation');
  const { PrismaClient } = require('@prisma/client');
  const { PrismaPg } = require('@prisma/adapter-pg');
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  const instrumentation = new PrismaInstrumentation();
  instrumentation.setTracerProvider(provider);
  instrumentation.enable();
  const direct = new PrismaClient({ adapter: new PrismaPg({ connectionString: directUrl }) });
  const accelerate = new PrismaClient({ accelerateUrl });
  const seen = async (run, db) => {
    exporter.reset();
    await trace.getTracer('suite').startActiveSpan('suite', async (root) => {
      await run(db);
      root.end();
    });
    const all = new Map(exporter.getFinishedSpans().map((span) => [span.spanContext().spanId, span]));
    const step = (span) => steps.exec(span.name)?.[2];
    // The nearest step above; both kinds of client have further spans in between.
    const above = (span) => {
      const parent = all.get(span.parentSpanContext?.spanId);
      return parent && (step(parent) ?? above(parent)) || null;
    };
    const told = [...all.values()].filter(step).map((span) => {
      if (span.spanContext().traceId !== exporter.getFinishedSpans().at(-1).spanContext().traceId) throw new Error('another trace');
      if (!(span.endTime[0] > span.startTime[0] || span.endTime[1] >= span.startTime[1])) throw new Error('it ends before it starts');
      return { step: step(span), within: above(span), kind: span.kind, statement: span.attributes['db.query.text'], system: span.attributes['db.system.name'] };
    });
    return told.map((span) => JSON.stringify(span)).sort();
  };
  const results = [];
  for (const [name, run] of traced) results.push([name, await seen(run, direct), await seen(run, accelerate)]);
  await Promise.allSettled([direct.$disconnect(), accelerate.$disconnect()]);
  return results;
}
