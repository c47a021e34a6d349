// What an application asks of Prisma Client: [name, run]. Each runs on two equal databases, by Accelerate and by the driver itself, in this order;
// what it answers or throws must be the same, and so must the queries that the client tells of, but where a third member is false: a failure is within.
const moment = (text) => new Date(text);

const everything = {
  str: 'Straße "quoted" \\ \u0001 \u{1F600}', strN: null, ch: 'ab', vc: 'varchar', uuid: '0b3f7d6e-7f0a-4d0e-9c1b-1e2d3c4b5a69',
  bit: '101', vbit: '11', inet: '10.0.0.1', xml: '<a>b</a>', bool: true, boolN: false, int: -2147483648, small: 32767, oid: 42,
  big: 9007199254740993n, bigN: -1n, float: 0.1, real: 1.5, dec: '12345678901234567890.123456789', decN: '10.50', money: '12.5',
  json: { b: 1, a: [1.5, null, 'ß', { 2: 'two', 1: 'one' }], n: 1e21 }, jsonN: [{ x: 1 }], bytes: Buffer.from([0, 255, 104, 105]), bytesN: Buffer.from(''),
  dt: moment('2026-01-02T03:04:05.678Z'), dt6: moment('1969-12-31T23:59:59.999Z'), tz: moment('2026-07-01T12:00:00.001Z'),
  date: moment('2024-02-29'), time: moment('1970-01-01T10:20:30.400Z'), timetz: moment('1970-01-01T23:59:59.000Z'),
  color: 'DEEP_BLUE', colorN: 'GREEN', strs: ['a', 'b,c', '"', '', '{x}', 'NULL'], ints: [1, -2], bigs: [1n, 9007199254740993n], floats: [1.5, -0.25],
  decs: ['1.10', '0'], bools: [true, false], jsons: [{ a: 1 }, [2], 'x'], bytesL: [Buffer.from('hi')], dts: [moment('2026-01-01T00:00:00.000Z')],
  dates: [moment('2026-01-01')], uuids: ['0b3f7d6e-7f0a-4d0e-9c1b-1e2d3c4b5a69'], colors: ['RED', 'GREEN'],
};
const small = {
  ...everything, str: '', strN: 'n', boolN: null, int: 0, big: 0n, bigN: null, float: -1e300, real: 0, dec: '0', decN: null, money: '0', json: 'text', jsonN: undefined,
  bytesN: null, colorN: null, strs: [], ints: [], bigs: [], floats: [], decs: [], bools: [], jsons: [], bytesL: [], dts: [], dates: [], uuids: [], colors: [],
};

// Doubles of seventeen digits, the same each time.
const doubles = (() => {
  let state = 42;
  const next = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  return Array.from({ length: 300 }, () => (next() + next() / 2 ** 31) * 10 ** Math.floor(next() * 40 - 20));
})();
const deep = (levels) => levels === 0 ? 'bottom' : [deep(levels - 1)];

// Where texts, numbers and moments of one side are hard to say on the other.
const edges = [
  ['doubles as they are', async (db) => {
    await db.everything.update({ where: { id: 2 }, data: { floats: { set: doubles }, float: doubles[7], json: { doubles } } });
    return db.everything.findMany({ where: { float: doubles[7] }, select: { float: true, floats: true, json: true } });
  }],
  ['doubles of raw queries', (db) => db.$queryRaw`select ${doubles[3]}::float8 as a, ${doubles[4]}::float8 as b, ${doubles[5]} = ${doubles[5]} as c, ${JSON.stringify(doubles)}::jsonb as d`],
  ['the smallest and the largest double', (db) => db.$queryRawUnsafe(`select 5e-324::float8 as a, 1.7976931348623157e308::float8 as b, -2.2250738585072014e-308::float8 as c`)],
  ['decimals that are no numbers', (db) => db.$queryRawUnsafe(`select 'NaN'::numeric as a`)],
  ['many digits', (db) => db.$queryRawUnsafe(`select 1e130::numeric as a, 1e-130::numeric as b, 0.000::numeric as c, 12345678901234567890123456789012345678901234567890::numeric as d`)],
  ['half a character', (db) => db.$queryRaw`select ${'a\ud83db'}::text as a, length(${'\ude00'}::text) as b`, false],
  ['half a character in a filter', (db) => db.user.findMany({ where: { name: { contains: '\ud83d' } } }), false],
  ['half a character in json', (db) => db.everything.update({ where: { id: 2 }, data: { jsonN: { half: 'x\ud83dy' } }, select: { jsonN: true } })],
  ['two columns of one name', (db) => db.$queryRawUnsafe('select 1 as a, 2 as b, 3 as a')],
  ['json of much depth', (db) => db.everything.update({ where: { id: 2 }, data: { json: deep(100) }, select: { json: true } })],
  ['json of more depth', (db) => db.$queryRawUnsafe(`select (repeat('[', 300) || repeat(']', 300))::json as a`)],
  ['numbers of json', (db) => db.$queryRawUnsafe(`select '[1E5, 1.10, 9007199254740993, 1e-7]'::json as a, '[1.10, 9007199254740993, 1e5]'::jsonb as b`)],
  ['keys of json that come twice', (db) => db.$queryRawUnsafe(`select '{"a":1,"b":2,"a":3,"__proto__":4}'::json as a`)],
  ['days before and after our time', (db) => db.$queryRawUnsafe(`select '0044-03-15 BC'::date as a, '0001-01-01'::date as b, '10000-01-01'::date as c, '0044-03-15 BC'::timestamp as d, '12026-05-06 07:08:09'::timestamptz as e`)],
  ['days without an end', (db) => db.$queryRawUnsafe(`select 'infinity'::timestamp as a, '-infinity'::date as b`)],
  ['moments of microseconds', (db) => db.$queryRawUnsafe(`select '2026-01-02 03:04:05.123456'::timestamp as a, '24:00:00'::time as b, '2026-01-02 03:04:05.999999+05:30'::timestamptz as c`)],
  ['other types', (db) => db.$queryRawUnsafe(`select '1 day 2 hours'::interval as a, '{{1,2},{3,4}}'::int[] as b, array[null, 'x']::text[] as c, 'a'::"char" as d, '(1,2)'::point as e, row(1, 'x') as f, '10.0.0.0/8'::cidr as g, '08:00:2b:01:02:03'::macaddr as h, 1::oid as i, 'x'::name as j, null as k`)],
];

export const cases = [
  ['create every type', (db) => db.everything.create({ data: everything })],
  ['create the small values', (db) => db.everything.create({ data: small })],
  ['read every type', (db) => db.everything.findMany({ orderBy: { id: 'asc' } })],
  ...[
    { str: { contains: 'quoted' } }, { str: { startsWith: 'str', mode: 'insensitive' } }, { strN: null }, { NOT: { strN: null } }, { uuid: everything.uuid },
    { big: 9007199254740993n }, { bigN: { lt: 0n } }, { dec: '12345678901234567890.123456789' }, { dec: { gte: 0 } }, { float: 0.1 }, { int: { in: [0, 5] } },
    { dt: moment('2026-01-02T03:04:05.678Z') }, { tz: { gt: moment('2026-01-01T00:00:00Z') } }, { date: moment('2024-02-29') }, { time: moment('1970-01-01T10:20:30.400Z') },
    { bytes: Buffer.from([0, 255, 104, 105]) }, { color: 'DEEP_BLUE' }, { color: { in: ['RED', 'GREEN'] } }, { json: { path: ['b'], equals: 1 } },
    { json: { equals: 'text' } }, { strs: { has: 'b,c' } }, { strs: { hasEvery: ['a', ''] } }, { ints: { isEmpty: true } }, { colors: { hasSome: ['RED'] } },
    { colors: { equals: ['RED', 'GREEN'] } }, { bool: true, OR: [{ int: 0 }, { int: -2147483648 }] },
  ].map((where, at) => [`filter ${at + 1}`, (db) => db.everything.findMany({ where, select: { id: true, str: true }, orderBy: { id: 'asc' } })]),
  ['update every kind of number', (db) => db.everything.update({ where: { id: 2 }, data: { int: { increment: 5 }, big: { decrement: 3n }, dec: { multiply: 2 }, float: { divide: 2 }, small: { set: 3 } } })],
  ['push to and set lists', (db) => db.everything.update({ where: { id: 2 }, data: { strs: { push: ['x', 'y'] }, ints: { set: [3] }, colors: { push: 'RED' }, bytesL: { push: Buffer.from('z') } } })],
  ['null json', (db) => db.everything.update({ where: { id: 2 }, data: { jsonN: { a: null } }, select: { jsonN: true } })],
  ['aggregate types', (db) => db.everything.aggregate({ _sum: { int: true, big: true, dec: true, float: true }, _avg: { int: true, dec: true }, _min: { dt: true, str: true }, _max: { date: true, big: true }, _count: { _all: true, strN: true } })],

  ['create a user', (db) => db.user.create({ data: { email: 'ada@x.io', name: 'Ada', role: 'ADMIN', score: 3 } })],
  ['the same again is refused', (db) => db.user.create({ data: { email: 'ada@x.io' } })],
  ['nested create', (db) => db.user.create({
    data: {
      email: 'bob@x.io', name: 'Bob', manager: { connect: { email: 'ada@x.io' } }, profile: { create: { bio: 'b' } },
      posts: { create: [{ title: 'One', views: 5, rating: '1.5', tags: { create: [{ name: 'red' }, { name: 'blue' }] } }, { title: 'Two', published: true, tags: { connectOrCreate: { where: { name: 'red' }, create: { name: 'red' } } } }] },
    },
    include: { manager: true, profile: true, posts: { orderBy: { title: 'asc' }, include: { tags: { orderBy: { name: 'asc' } } } } },
  })],
  ['createMany', (db) => db.user.createMany({ data: [{ email: 'c@x.io', score: 1 }, { email: 'd@x.io', score: 2 }, { email: 'e@x.io', name: 'E', score: 2 }] })],
  ['createMany and skip', (db) => db.user.createMany({ data: [{ email: 'c@x.io' }, { email: 'f@x.io' }], skipDuplicates: true })],
  ['createManyAndReturn', (db) => db.tag.createManyAndReturn({ data: [{ name: 'green' }, { name: 'grey' }] })],
  ['updateManyAndReturn', (db) => db.user.updateManyAndReturn({ where: { score: 2 }, data: { score: { increment: 10 } }, select: { email: true, score: true } })],
  ['many creates beyond one statement', async (db) => {
    const made = await db.tag.createMany({ data: Array.from({ length: 40000 }, (_, at) => ({ name: `many-${at}` })) });
    return [made, await db.tag.count({ where: { name: { startsWith: 'many-' } } })];
  }],
  ['a list beyond one statement', async (db) => (await db.tag.findMany({ where: { name: { in: Array.from({ length: 40000 }, (_, at) => `many-${at}`) } } })).length],
  ['delete the many', (db) => db.tag.deleteMany({ where: { name: { startsWith: 'many-' } } })],
  ['findUnique', (db) => db.user.findUnique({ where: { email: 'bob@x.io' } })],
  ['findUnique of nobody', (db) => db.user.findUnique({ where: { id: 99999 } })],
  ['findUniqueOrThrow', (db) => db.user.findUniqueOrThrow({ where: { id: 99999 } })],
  ['findFirst', (db) => db.user.findFirst({ where: { name: { not: null } }, orderBy: [{ score: 'desc' }, { id: 'asc' }] })],
  ['findFirstOrThrow', (db) => db.user.findFirstOrThrow({ where: { email: 'nobody' } })],
  ['findUnique in batches', (db) => Promise.all(['ada@x.io', 'bob@x.io', 'nobody'].map((email) => db.user.findUnique({ where: { email } })))],
  ['findMany with relations', (db) => db.user.findMany({ orderBy: { id: 'asc' }, include: { posts: { orderBy: { title: 'desc' } }, reports: true, manager: { select: { email: true } }, profile: true, memberships: true } })],
  ['count of relations', (db) => db.user.findMany({ orderBy: { id: 'asc' }, select: { email: true, _count: { select: { posts: { where: { published: true } }, reports: true } } } })],
  ['omit', (db) => db.user.findMany({ orderBy: { id: 'asc' }, omit: { email: true, role: true } })],
  ['relation filters: some', (db) => db.user.findMany({ where: { posts: { some: { tags: { some: { name: 'red' } } } } }, select: { email: true } })],
  ['relation filters: every and none', (db) => db.user.findMany({ where: { posts: { every: { published: true } }, reports: { none: {} } }, select: { email: true }, orderBy: { id: 'asc' } })],
  ['relation filters: is', (db) => db.user.findMany({ where: { manager: { is: { name: 'Ada' } }, profile: { isNot: null } }, select: { email: true } })],
  ['order by relation', (db) => db.post.findMany({ orderBy: [{ author: { email: 'desc' } }, { title: 'asc' }], select: { title: true } })],
  ['order by count', (db) => db.user.findMany({ orderBy: [{ posts: { _count: 'desc' } }, { id: 'asc' }], select: { email: true } })],
  ['nulls last', (db) => db.user.findMany({ orderBy: [{ name: { sort: 'desc', nulls: 'last' } }, { id: 'asc' }], select: { email: true } })],
  ['take and skip', (db) => db.user.findMany({ orderBy: { id: 'asc' }, take: 2, skip: 1, select: { email: true } })],
  ['take from the end', (db) => db.user.findMany({ orderBy: { id: 'asc' }, take: -2, select: { email: true } })],
  ['cursor', (db) => db.user.findMany({ orderBy: { id: 'asc' }, cursor: { email: 'c@x.io' }, take: 2, select: { email: true } })],
  ['cursor backwards', (db) => db.user.findMany({ orderBy: { id: 'asc' }, cursor: { email: 'd@x.io' }, take: -2, skip: 1, select: { email: true } })],
  ['nested paging', (db) => db.user.findMany({ orderBy: { id: 'asc' }, select: { posts: { orderBy: { title: 'asc' }, take: 1, skip: 1, select: { title: true } } } })],
  ['nested cursor', async (db) => {
    const { id } = await db.post.findFirst({ where: { title: 'One' } });
    return db.user.findMany({ orderBy: { id: 'asc' }, select: { posts: { orderBy: { title: 'asc' }, cursor: { id }, take: 1, select: { title: true } } } });
  }],
  ['distinct', (db) => db.user.findMany({ distinct: ['score'], orderBy: [{ score: 'asc' }, { id: 'asc' }], select: { score: true, email: true } })],
  ['nested distinct', (db) => db.user.findMany({ orderBy: { id: 'asc' }, select: { posts: { distinct: ['published'], orderBy: { title: 'asc' }, select: { title: true } } } })],
  ['count', (db) => db.user.count({ where: { score: { gt: 1 } } })],
  ['count of columns', (db) => db.user.count({ select: { _all: true, name: true } })],
  ['groupBy', (db) => db.user.groupBy({ by: ['role'], _count: true, _sum: { score: true }, _avg: { score: true }, orderBy: { role: 'asc' } })],
  ['groupBy having', (db) => db.user.groupBy({ by: ['score'], _count: { _all: true }, having: { score: { _count: { gt: 1 } } }, orderBy: { score: 'asc' } })],
  ['update', (db) => db.user.update({ where: { email: 'c@x.io' }, data: { name: 'C', score: { multiply: 3 } } })],
  ['update of nobody', (db) => db.user.update({ where: { id: 99999 }, data: { name: 'x' } })],
  ['updateMany', (db) => db.user.updateMany({ where: { name: null }, data: { name: 'nameless' } })],
  ['upsert creates', (db) => db.user.upsert({ where: { email: 'g@x.io' }, create: { email: 'g@x.io', score: 9 }, update: { score: 0 } })],
  ['upsert updates', (db) => db.user.upsert({ where: { email: 'g@x.io' }, create: { email: 'g@x.io' }, update: { score: { increment: 1 } }, include: { posts: true } })],
  ['nested update', (db) => db.user.update({
    where: { email: 'bob@x.io' },
    data: { posts: { update: [{ where: { id: undefined ?? 'none' }, data: { views: 1 } }] } },
  })],
  ['nested updateMany and delete', (db) => db.user.update({
    where: { email: 'bob@x.io' },
    data: { posts: { updateMany: { where: { published: true }, data: { views: { increment: 2 } } }, deleteMany: { title: 'Nothing' } }, profile: { update: { bio: 'new' } } },
    include: { posts: { orderBy: { title: 'asc' } }, profile: true },
  })],
  ['nested upsert', (db) => db.user.update({ where: { email: 'c@x.io' }, data: { profile: { upsert: { create: { bio: 'made' }, update: { bio: 'changed' } } } }, include: { profile: true } })],
  ['connect and disconnect', async (db) => {
    const one = await db.post.findFirst({ where: { title: 'One' } });
    return db.post.update({ where: { id: one.id }, data: { author: { disconnect: true }, tags: { set: [{ name: 'green' }], disconnect: [{ name: 'blue' }] } }, include: { author: true, tags: true } });
  }],
  ['connect back', async (db) => {
    const one = await db.post.findFirst({ where: { title: 'One' } });
    return db.user.update({ where: { email: 'c@x.io' }, data: { posts: { connect: [{ id: one.id }] } }, include: { posts: { include: { tags: true } } } });
  }],
  ['connect to nobody', (db) => db.post.create({ data: { title: 'x', author: { connect: { id: 99999 } } } })],
  ['disconnect what is not connected', (db) => db.user.update({ where: { email: 'd@x.io' }, data: { profile: { disconnect: true } } }).catch((error) => ({ name: error.name })), false],
  ['a required relation', (db) => db.user.delete({ where: { email: 'bob@x.io' } })],
  ['foreign key', (db) => db.profile.create({ data: { bio: 'x', userId: 99999 } })],
  ['delete', (db) => db.user.delete({ where: { email: 'f@x.io' } })],
  ['delete of nobody', (db) => db.user.delete({ where: { id: 99999 } })],
  ['deleteMany', (db) => db.tag.deleteMany({ where: { name: 'grey' } })],
  ['too long for its column', (db) => db.everything.update({ where: { id: 1 }, data: { vc: 'far too long for ten' } })],
  ['out of range', (db) => db.everything.update({ where: { id: 1 }, data: { decN: '99999999999.99' } })],

  ['composite keys', async (db) => {
    const team = await db.team.create({ data: { id: '11111111-1111-4111-8111-111111111111', name: 'Core' } });
    const member = await db.membership.create({ data: { userId: 1, teamId: team.id, since: moment('2026-01-01'), level: 2 }, include: { team: true } });
    const found = await db.membership.findUnique({ where: { userId_teamId: { userId: 1, teamId: team.id } } });
    const changed = await db.membership.update({ where: { userId_teamId: { userId: 1, teamId: team.id } }, data: { level: { increment: 1 } } });
    const paged = await db.membership.findMany({ cursor: { userId_teamId: { userId: 1, teamId: team.id } }, take: 1 });
    return [team, member, found, changed, paged];
  }],
  ['a uuid is made', async (db) => {
    const { id } = await db.team.create({ data: { name: 'Made' } });
    return [/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id), (await db.team.delete({ where: { id } })).name];
  }],
  ['a cuid and its moments are made', async (db) => {
    const post = await db.post.create({ data: { title: 'made' } });
    await db.post.delete({ where: { id: post.id } });
    return [/^c[0-9a-z]{24}$/.test(post.id), Math.abs(post.createdAt - Date.now()) < 60000, post.updatedAt - post.createdAt];
  }],

  ['a batch', (db) => db.$transaction([db.user.count(), db.user.update({ where: { id: 1 }, data: { score: 7 } }), db.user.findUnique({ where: { id: 1 } })])],
  ['a batch that fails', (db) => db.$transaction([db.user.update({ where: { id: 1 }, data: { score: 99 } }), db.user.create({ data: { email: 'ada@x.io' } })])],
  ['nothing of it stays', (db) => db.user.findUnique({ where: { id: 1 }, select: { score: true } })],
  ['a batch with a level', (db) => db.$transaction([db.user.count(), db.user.count()], { isolationLevel: 'Serializable' })],
  ['an interactive transaction', (db) => db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: 1 }, data: { score: { increment: 1 } } });
    const inside = await tx.user.findUnique({ where: { id: 1 } });
    const outside = await db.user.findUnique({ where: { id: 1 } });
    return [inside.score, outside.score];
  })],
  ['one that is rolled back', (db) => db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: 1 }, data: { score: 1000 } });
    throw new Error('back');
  })],
  ['after it', (db) => db.user.findUnique({ where: { id: 1 }, select: { score: true } })],
  ['one that takes too long', (db) => db.$transaction(async (tx) => {
    await tx.user.count();
    await new Promise((done) => setTimeout(done, 400));
    return tx.user.count();
  }, { timeout: 100 }).catch((error) => ({ code: error.code, expired: /expired transaction|Transaction not found|already closed/i.test(error.message) })), false],
  ['one with a level', (db) => db.$transaction((tx) => tx.$queryRaw`select current_setting('transaction_isolation') as level`, { isolationLevel: 'RepeatableRead' })],
  ['a failure inside', (db) => db.$transaction(async (tx) => {
    await tx.user.create({ data: { email: 'ada@x.io' } });
  })],

  ['queryRaw of every type', (db) => db.$queryRaw`select * from "Everything" order by id`],
  ['queryRaw of expressions', (db) => db.$queryRaw`select 1 as a, 2::bigint as b, 1.50::numeric as c, true as d, null as e, 'x' as f, 1.5::float8 as g, array[1,2] as h, array['a',null] as i, '{"a": [1, 2]}'::jsonb as j, '2026-01-02 03:04:05.678901'::timestamp as k, '2026-01-02 03:04:05+02'::timestamptz as l, '10:11:12'::time as m, '\\x6869'::bytea as n, '0b3f7d6e-7f0a-4d0e-9c1b-1e2d3c4b5a69'::uuid as o, array[1.5,2]::numeric[] as p`],
  ['queryRaw with parameters', (db) => db.$queryRaw`select ${1}::int as a, ${'x'}::text as b, ${9007199254740993n}::bigint as c, ${moment('2026-01-02T03:04:05.678Z')}::timestamp as d, ${['a', 'b']}::text[] as e, ${null}::text as f, ${1.5}::float8 as g, ${true}::boolean as h, ${{ a: 1 }}::jsonb as i, ${Buffer.from('hi')}::bytea as j`],
  ['queryRawUnsafe', (db) => db.$queryRawUnsafe('select email from users where id = $1', 1)],
  ['executeRaw', (db) => db.$executeRaw`update users set score = score + 1 where id < ${3}`],
  ['executeRawUnsafe', (db) => db.$executeRawUnsafe('update users set score = 0 where id = $1', 2)],
  ['a table that is not there', (db) => db.$queryRaw`select * from nothing`],
  ['a syntax error', (db) => db.$executeRaw`selec 1`],
  ['a type that is not known', (db) => db.$queryRaw`select '1 day'::interval as i`],
  ['a division by zero', (db) => db.$queryRaw`select 1 / 0`],
  ['nothing to return', (db) => db.$queryRaw`select 1 where false`],
  ...edges,
];
