// What Accelerate alone can do: [name, run, what it answers].
import { isDeepStrictEqual } from 'node:util';

export const only = [
  ['an answer is kept for its time', async (db) => {
    const ask = (ttl) => db.tag.findMany({ orderBy: { id: 'asc' }, cacheStrategy: { ttl, tags: ['kept'] } }).withAccelerateInfo();
    const [first, second] = [await ask(60), await ask(60)];
    await db.tag.create({ data: { name: 'unseen' } });
    const third = await ask(60);
    return [[first, second, third].map(({ info }) => info.cacheStatus), isDeepStrictEqual(first.data, third.data), Math.abs(third.info.lastModified - Date.now()) < 60000];
  }, [['miss', 'ttl', 'ttl'], true, true]],
  ['a tag ends it', async (db) => {
    const ask = () => db.tag.findMany({ orderBy: { id: 'asc' }, cacheStrategy: { ttl: 60, tags: ['kept'] } }).withAccelerateInfo();
    await db.$accelerate.invalidate({ tags: ['other'] });
    const before = await ask();
    await db.$accelerate.invalidate({ tags: ['kept'] });
    const after = await ask();
    return [before.info.cacheStatus, after.info.cacheStatus, after.data.some(({ name }) => name === 'unseen')];
  }, ['ttl', 'miss', true]],
  ['all of them end', async (db) => {
    await db.$accelerate.invalidateAll();
    return (await db.tag.findMany({ orderBy: { id: 'asc' }, cacheStrategy: { ttl: 60 } }).withAccelerateInfo()).info.cacheStatus;
  }, 'miss'],
  ['an old one is told while it is asked for anew', async (db) => {
    const ask = () => db.user.count({ cacheStrategy: { ttl: 1, swr: 60 } }).withAccelerateInfo();
    await ask();
    await new Promise((done) => setTimeout(done, 1100));
    const stale = await ask();
    await new Promise((done) => setTimeout(done, 300));
    return [stale.info.cacheStatus, (await ask()).info.cacheStatus];
  }, ['swr', 'ttl']],
  ['who asks for nothing is told nothing old', async (db) => {
    const { info } = await db.user.count().withAccelerateInfo();
    return [info.cacheStatus, info.region, info.requestId.length > 8];
  }, ['none', 'us_east_1', true]],
  ['what JSON cannot say is null, as by the official executor', async (db) => {
    const [found] = await db.$queryRawUnsafe(`select 'NaN'::float8 as a, 'Infinity'::float8 as b, '-Infinity'::float4 as c, '-0'::float8 as d, '[1e400, -0]'::json as e`);
    return found;
  }, { a: null, b: null, c: null, d: 0, e: [null, 0] }],
  ['writes are never kept', async (db) => {
    const score = async () => (await db.user.update({ where: { id: 1 }, data: { score: { increment: 1 } } })).score;
    return (await score()) - (await score());
  }, -1],
];
