import { type SqlPart, sqlParts } from '../../../src/ingest/reading/sql-dump.ts';
import { openText } from '../../../src/ingest/reading/text.ts';
import fc from '../../property.ts';
import { fileOf } from '../bytes.ts';

async function partsOf(text: string, chunks?: readonly number[]): Promise<SqlPart[]> {
  const parts: SqlPart[] = [];
  for await (const batch of sqlParts(await openText(fileOf('dump.sql', Buffer.from(text), chunks))))
    parts.push(...batch);
  return parts;
}

const rowsOf = (parts: readonly SqlPart[]) =>
  parts.map((part) => (part.type === 'row' ? [part.table, part.columns, part.values] : part.code));

describe('a dump as SQL', () => {
  test('MySQL’s: backslashes escape, columns come from CREATE TABLE, tuples stand in one statement', async () => {
    const parts = await partsOf(
      [
        '-- MySQL dump 10.13',
        "CREATE TABLE `a` (`id` int DEFAULT '0', `b` text COMMENT 'x, (y)', PRIMARY KEY (`id`)) ENGINE=InnoDB;",
        String.raw`INSERT INTO \`a\` VALUES (1,'it\'s; (a) \\'),(2,'b''c\nd'),(3,NULL),(4,_binary 'x'),(5,0x6869);`.replaceAll(
          '\\`',
          '`',
        ),
        '/*!40000 ALTER TABLE `a` ENABLE KEYS */;',
      ].join('\n'),
    );
    const columns = ['id', 'b'];
    expect(rowsOf(parts)).toEqual([
      ['a', columns, ['1', "it's; (a) \\"]],
      ['a', columns, ['2', "b'c\nd"]],
      ['a', columns, ['3', null]],
      ['a', columns, ['4', 'x']],
      ['a', columns, ['5', 'hi']],
    ]);
  });

  test('PostgreSQL’s: COPY, casts, E-strings, dollar quotes, joins', async () => {
    const parts = await partsOf(
      'COPY public.a (id, b) FROM stdin;\n1\the\\tllo \\\\N\n2\t\\N\nshort\n\\.\n\n' +
        "INSERT INTO public.a (id, b) VALUES ('3'::integer, E'x\\ny'), (to_number('4', '9'), $q$it's$q$ || chr(10) || 'z');\n" +
        "INSERT INTO a (id, b) VALUES (5, 'a\\b') ON CONFLICT DO NOTHING;",
    );
    expect(rowsOf(parts)).toEqual([
      ['a', ['id', 'b'], ['1', 'he\tllo \\N']],
      ['a', ['id', 'b'], ['2', null]],
      'record-malformed',
      ['a', ['id', 'b'], ['3', 'x\ny']],
      ['a', ['id', 'b'], ['4', "it's\nz"]],
      ['a', ['id', 'b'], ['5', 'a\\b']],
    ]);
  });

  test('SQL Server’s, SQLite’s and HSQLDB’s', async () => {
    const parts = await partsOf(
      [
        "INSERT [dbo].[A] ([Id], [B]) VALUES (CAST(N'2008-06-04T20:15:40.953' AS DateTime), N'it''s')",
        'GO',
        "INSERT [dbo].[A] ([Id], [B]) VALUES (CONVERT(datetime, '2008', 121), 0x00ff)",
        'GO',
        "INSERT INTO b VALUES('x',replace('a\\nb','\\n',char(10)),X'6869',unistr('a\\u000ab'));",
        'CREATE MEMORY TABLE PUBLIC.C(ID BIGINT NOT NULL,B VARCHAR(20))',
        "INSERT INTO C VALUES(1,'caf\\u00e9')",
      ].join('\r\n'),
    );
    expect(rowsOf(parts)).toEqual([
      ['a', ['id', 'b'], ['2008-06-04T20:15:40.953', "it's"]],
      ['a', ['id', 'b'], ['2008', '0x00ff']],
      ['b', undefined, ['x', 'a\nb', 'hi', 'a\nb']],
      ['c', ['id', 'b'], ['1', 'café']],
    ]);
  });

  test('gives back any text that was quoted, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string()), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
        async (rows, chunks) => {
          const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
          const sql = `INSERT INTO a (b, c) VALUES ${rows.map((row) => `(${row.map(quoted).join(', ')})`).join(',\n')};`;
          expect(rowsOf(await partsOf(sql, chunks))).toEqual(
            rows.map((row) => ['a', ['b', 'c'], row.map((text) => text.toWellFormed())]),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test('says where it is cut off, and goes on after a tuple that is none', async () => {
    const parts = await partsOf(
      "INSERT INTO a (b) VALUES (1 2 (), ('x');\nINSERT INTO a (b) VALUES ('y'),('z",
    );
    expect(parts.map(({ type, offset }) => [type, offset])).toEqual([
      ['problem', 25],
      ['row', 66],
      ['problem', 72],
    ]);
  });
});
