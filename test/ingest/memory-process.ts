/**
 * Reads a generated input in a process of its own and prints what it came to and the most memory it held, as JSON:
 * `node memory-process.ts CASE MEGABYTES`. The input is a stream; nothing of it touches the disk.
 */
import { Buffer } from 'node:buffer';
import type { SourceFile } from '../../src/ingest/format.ts';
import { parse } from '../../src/ingest/parse.ts';
import { recognise } from '../../src/ingest/recognise.ts';

const MIB = 1024 * 1024;
const CASES: {
  readonly [name: string]: { path: string; format: string; head: string; body: string; tail: string };
} = {
  'one line of NDJSON': {
    path: '/in/a.ndjson',
    format: 'ndjson',
    head: '{"network":"irc","conversation":"c","from":"a","at":"2026-01-05T09:46:00Z","text":"first"}\n{"text":"',
    body: 'x',
    tail: '"}\n{"network":"irc","conversation":"c","from":"a","at":"2026-01-05T09:46:00Z","text":"last"}\n',
  },
  'one message of Slack': {
    path: '/in/general/2026-01-05.json',
    format: 'slack',
    head: '[{"type":"message","user":"U1","ts":"1736150400.000100","text":"first"},{"type":"message","text":"',
    body: 'x',
    tail: '"},{"type":"message","user":"U1","ts":"1736150401.000100","text":"last"}]',
  },
  'brackets without end': {
    path: '/in/general/2026-01-05.json',
    format: 'slack',
    head: '[{"type":"message","user":"U1","ts":"1736150400.000100","text":"first"},',
    body: '[',
    tail: '',
  },
  'one element of XML': {
    path: '/in/a.xml',
    format: 'filedump',
    head: '<FileDump><Conversation Perspective="p"><RoomID>r</RoomID><Message><LoginName>a</LoginName><Content>first</Content><DateTimeUTC>1149708700</DateTimeUTC></Message><Message><Content>',
    body: 'x',
    tail: '</Content></Message><Message><LoginName>a</LoginName><Content>last</Content><DateTimeUTC>1149708701</DateTimeUTC></Message></Conversation></FileDump>',
  },
  'a tag without end': {
    path: '/in/a.xml',
    format: 'filedump',
    head: '<FileDump><Conversation Perspective="p"><RoomID>r</RoomID><Message ',
    body: 'x',
    tail: '',
  },
  'one entry of Pidgin': {
    path: '/in/logs/aim/alice/bob/2026-01-05.094600+0000UTC.txt',
    format: 'pidgin',
    head: 'Conversation with bob at 2026-01-05 09:46:00 on alice (aim)\n(09:46:00) alice: first\n(09:46:01) alice: ',
    body: 'x',
    tail: '\n(09:46:02) alice: last\n',
  },
  'lines that go on': {
    path: '/in/logs/aim/alice/bob/2026-01-05.094600+0000UTC.txt',
    format: 'pidgin',
    head: 'Conversation with bob at 2026-01-05 09:46:00 on alice (aim)\n(09:46:00) alice: first\n',
    body: 'and on and on\n',
    tail: '\n(09:46:02) alice: last\n',
  },
  'a million reactions': {
    path: '/in/general/2026-01-05.json',
    format: 'slack',
    head: '[{"type":"message","user":"U1","ts":"1736150400.000100","text":"first","reactions":[{"name":"x","users":["a"',
    body: ',"a"',
    tail: ']}]},{"type":"message","user":"U1","ts":"1736150401.000100","text":"last"}]',
  },
  'a million elements': {
    path: '/in/a.xml',
    format: 'filedump',
    head: '<FileDump><Conversation Perspective="p"><RoomID>r</RoomID><Message><LoginName>a</LoginName><Content>',
    body: '<a/>',
    tail: '</Content></Message><Message><LoginName>a</LoginName><Content>last</Content><DateTimeUTC>1149708701</DateTimeUTC></Message></Conversation></FileDump>',
  },
  'a million objects': {
    path: '/in/a.ndjson',
    format: 'ndjson',
    head: '{"network":"irc","conversation":"c","from":"a","at":"2026-01-05T09:46:00Z","text":"first","x":[{}',
    body: ',{}',
    tail: ']}\n{"network":"irc","conversation":"c","from":"a","at":"2026-01-05T09:46:00Z","text":"last"}\n',
  },
  'a day of Slack': {
    path: '/in/general/2026-01-05.json',
    format: 'slack',
    head: '[{"type":"message","user":"U1","ts":"1736150400.000100","text":"first"}',
    body: ',{"type":"message","user":"U2","ts":"1736150401.000200","text":"Where is the ten-year trading? <@U1> said *97-12*","reactions":[{"name":"eyes","users":["U1","U3"],"count":2}],"thread_ts":"1736150400.000100","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Where is the ten-year trading?"}]}]}]}',
    tail: ']',
  },
  'a night of Bloomberg': {
    path: '/in/f848135.ib19.190308.xml',
    format: 'bloomberg',
    head: '<?xml version="1.0" encoding="UTF-8"?><FileDump><Version>1.3</Version>',
    body: '<Conversation Perspective="PCHAT" RoomType="C"><RoomID>PCHAT-0x1000000ABCDEF</RoomID><StartTimeUTC>1370372774</StartTimeUTC><ParticipantEntered InteractionType="N" DeviceType="M"><User><LoginName>ASMITH1</LoginName><FirstName>ANNE</FirstName><LastName>SMITH</LastName><UUID>1</UUID><CompanyName>EXAMPLE BANK</CompanyName></User><DateTime>06/04/2013 15:06:14</DateTime><DateTimeUTC>1370372774</DateTimeUTC></ParticipantEntered><Message InteractionType="N"><User><LoginName>ASMITH1</LoginName></User><DateTimeUTC>1370372784</DateTimeUTC><Content><![CDATA[offer 5mm <3.3> & more]]></Content></Message></Conversation>',
    tail: '</FileDump>',
  },
  'messages alike': {
    path: '/in/a.ndjson',
    format: 'ndjson',
    head: '',
    body: '{"network":"irc","conversation":"c","from":"a","at":"2026-01-05T09:46:00Z","text":"same"}\n',
    tail: '',
  },
};

const [, , name = '', megabytes = '1'] = process.argv;
const found = CASES[name];
if (found === undefined) throw new Error(`there is no case “${name}”`);
const { path, format, head, body, tail } = found;
const block = Buffer.from(body.repeat(Math.ceil(MIB / 4 / body.length)));
const blocks = Number(megabytes) * 4;

async function* input(): AsyncIterable<Uint8Array> {
  yield Buffer.from(head);
  for (let i = 0; i < blocks; i++) yield block;
  yield Buffer.from(tail);
}

const file: SourceFile = {
  capture: '0'.repeat(64),
  path,
  size: head.length + blocks * block.length + tail.length,
  settings: { format },
  open: input,
  damage: () => undefined,
};
globalThis.gc?.();
const base = process.memoryUsage.rss();
let most = base;
let events = 0;
const rejects: { [code: string]: number } = {};
const texts: string[] = [];
const recognised = await recognise([file]);
for await (const batch of parse(
  '0'.repeat(64),
  { files: [file], unreadable: [], close: async () => {} },
  recognised,
  () => {},
)) {
  for (const { outcome } of batch) {
    if (outcome.type === 'event') {
      events++;
      if (texts.length < 3) texts.push((outcome.event.text ?? '').slice(0, 20));
    } else if (outcome.type === 'reject') rejects[outcome.code] = (rejects[outcome.code] ?? 0) + 1;
  }
  most = Math.max(most, process.memoryUsage.rss());
}
console.log(JSON.stringify({ events, rejects, texts, grown: Math.round((most - base) / MIB) }));
