import { readFile } from 'node:fs/promises';
import { databaseInput } from '../../src/ingest/database/postgres.ts';
import { dryRun, type Forecast } from '../../src/ingest/dry-run.ts';
import type { Skipped } from '../../src/ingest/ingest-types.ts';
import { describeWith } from '../engines/index.ts';
import { onPostgres } from '../engines/postgres-server.ts';
import type { Server } from '../engines/server.ts';

const SCHEMA = `
  CREATE TABLE jm (
    to_jid varchar(3071), from_jid varchar(3071), sent_date timestamp, subject varchar(511), thread_id varchar(255),
    msg_type varchar(1), direction varchar(1), body_len int, message_len int, body_string varchar(4000),
    message_string varchar(4000), body_text text, message_text text, history_flag varchar(1)
  );
  CREATE TABLE tc_rooms (room_jid text, creator_jid text);
  CREATE TABLE payroll (secret text);
  CREATE ROLE reader LOGIN;
  GRANT SELECT ON jm TO reader;
  INSERT INTO jm VALUES
    ('ben@oak.example', 'ada@oak.example', '2014-03-05 14:00:01.123', NULL, 't1', 'c', 'O', 5, 0, 'hello', NULL, NULL, NULL, 'N'),
    ('ben@oak.example', 'ada@oak.example', '2014-03-05 14:00:01.223', NULL, 't1', 'c', 'I', 5, 0, 'hello', NULL, NULL, NULL, 'N'),
    ('ada@oak.example', 'ben@oak.example', '2014-03-05 14:00:09', NULL, 't1', 'c', 'I', 5, 0, E'a\\tb\\nc \\\\ \\\\N', NULL, NULL, NULL, 'N');
  INSERT INTO jm
    SELECT 'ben@oak.example', 'ada@oak.example', timestamp '2015-01-01' + i * interval '1 second', NULL, 't2', 'c', 'I',
           5, 0, 'message ' || i, NULL, NULL, NULL, 'N'
      FROM generate_series(1, 1200) AS i;
`;

await describeWith(['ownPostgres'], 'a PostgreSQL database that is in use', ({ ownPostgres }) => {
  let server: Server;
  beforeAll(async () => {
    server = await ownPostgres();
    await onPostgres(server.address, 'postgres', async (client) => {
      await client.query(SCHEMA);
    });
  });
  afterAll(() => server.close());

  const url = (): string => `postgresql://reader:secret@${server.address}/postgres`;

  async function forecasts(skipped: Skipped[]): Promise<Forecast[]> {
    const files: Forecast[] = [];
    await dryRun({
      paths: [url()],
      settings: { zone: 'Europe/London' },
      file: (file) => files.push(file),
      skipped: (each) => skipped.push(each),
      stated: () => {},
    });
    return files;
  }

  test('is read as the tables that a format knows, through a cursor, and nothing else of it', async () => {
    const skipped: Skipped[] = [];
    const [file, ...others] = await forecasts(skipped);
    expect(others).toEqual([]);
    expect(file).toMatchObject({
      name: `postgresql://${server.address}/postgres/public.jm.sql`,
      format: 'cisco-jabber',
      units: 1203,
      events: 1202,
      rejects: {},
      excluded: { 'other-copy': 1 },
      zones: { 'Europe/London (setting)': 1202 },
    });
    expect(skipped).toEqual([
      {
        path: `postgresql://${server.address}/postgres/public.tc_rooms.sql`,
        reason: 'unreadable',
        detail: 'permission',
      },
    ]);
  });

  test('stands in the vault as a dump would, without who signed in', async () => {
    for await (const { files } of databaseInput(url(), () => {})) {
      const [jm] = files;
      const text = await readFile(jm?.raw ?? '', 'utf8');
      expect(text.split('\n').slice(0, 2)).toEqual([
        'COPY "public"."jm" ("to_jid", "from_jid", "sent_date", "subject", "thread_id", "msg_type", "direction", "body_len", "message_len", "body_string", "message_string", "body_text", "message_text", "history_flag") FROM stdin;',
        'ben@oak.example\tada@oak.example\t2014-03-05 14:00:01.123\t\\N\tt1\tc\tO\t5\t0\thello\t\\N\t\\N\t\\N\tN',
      ]);
      expect(text).toContain('\ta\\tb\\nc \\\\ \\\\N\t');
      expect(text.endsWith('\\.\n')).toBe(true);
      expect(`${jm?.path}${text}`).not.toContain('secret');
    }
  });

  test('says in one line that it cannot be read', async () => {
    const read = async (at: string): Promise<void> => {
      for await (const _input of databaseInput(at, () => {}));
    };
    await expect(read(`postgresql://reader@${server.address}/nowhere`)).rejects.toMatchObject({
      code: 'source-away',
    });
    await expect(read('postgresql://reader@127.0.0.1:1/x')).rejects.toMatchObject({ code: 'source-away' });
    await onPostgres(server.address, 'postgres', async (client) => {
      await client.query('CREATE DATABASE bare');
    });
    await expect(read(`postgresql://reader@${server.address}/bare`)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
