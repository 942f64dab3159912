import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMATS } from '../../src/ingest/formats/index.ts';
import { sourceSystems } from '../../src/ingest/sources.ts';
import { ROOT } from '../architecture/sources.ts';
import { holdfast } from '../cli/command-line.ts';
import { fixturesOf } from './fixtures.ts';

/** What the product promises to read, family by family: a product, and what its name in the registry must hold. */
const PROMISED: { readonly [family: string]: readonly (string | RegExp)[] } = {
  Consumer: [
    /AIM.*Windows/u,
    /AIM.*Mac/u,
    'Yahoo! Messenger',
    'MSN Messenger',
    'Messenger Plus!',
    'Google Talk',
    /Gmail/u,
    'Hangouts',
    'Google Chat',
    /Skype.*(?:main\.db|classic|database)|^Skype/u,
    /Skype.*JSON|Skype.*export/u,
    'ICQ',
    'QIP',
    'iChat',
    'iMessage',
    /WhatsApp.*Android/u,
    /WhatsApp.*(?:iOS|iPhone)/u,
    /WhatsApp.*msgstore/u,
    'Telegram',
    'Signal',
    'Discord',
    'WeChat',
    'QQ',
    'LINE',
    'SMS Backup & Restore',
    /Android.*(?:SMS|mmssms)/u,
    /X-?[Cc]hat/u,
    'irssi',
    /[Ww]ee[Cc]hat/u,
  ],
  'Meta-clients': [
    /Trillian.*XML/u,
    /Trillian.*text/u,
    'Meebo',
    /Miranda.*dbx|Miranda.*database/u,
    /Miranda.*JSON/u,
    /Miranda.*History\+\+|History\+\+/u,
    'Adium',
    'Pidgin',
    'CenterIM',
    'Empathy',
    'Psi',
    'Kopete',
  ],
  Enterprise: [
    /Sametime/u,
    'Jabber XCP',
    'Cisco Jabber',
    'XMPP',
    'Openfire',
    'ejabberd',
    'Prosody',
    /LCS|Live Communications/u,
    /OCS 2007/u,
    /Lync/u,
    /Skype for Business/u,
    'Persistent Chat',
    /Conversation History/u,
    'Teams',
    'Slack export',
    /Slack.*Discovery/u,
    /Mattermost.*Actiance/u,
    /Mattermost.*CSV/u,
    /Mattermost.*Global Relay/u,
    /Mattermost.*bulk/u,
    'Rocket.Chat',
    'Zulip',
    'Matrix',
    'Symphony',
    'RSMF',
  ],
  Financial: [
    /Bloomberg IB/u,
    /Bloomberg MSG/u,
    'FaceTime',
    'Actiance',
    'Reuters',
    /LSEG/u,
    'Pivot',
    'Markit',
    'ICE Chat',
  ],
  'Gateways and hosted': [
    'Akonix',
    /IMlogic|Symantec IM Manager/u,
    'MessageLabs',
    'Verizon',
    'USA.NET',
    'Bantu',
    'Effusia',
    'Cymphonix',
    'Barracuda',
  ],
};

const systems = sourceSystems();
const has = (promise: string | RegExp): boolean =>
  systems.some(({ system: { name } }) =>
    typeof promise === 'string' ? name.includes(promise) : promise.test(name),
  );

test.each(Object.entries(PROMISED))(
  'every promised product of the family %s is in the registry',
  (_, promised) => {
    expect(promised.filter((promise) => !has(promise)).map(String)).toEqual([]);
  },
);

test('every product has a family, and is listed once a format', () => {
  expect(systems.filter(({ family }) => family === 'Other').map(({ format }) => format.name)).toEqual([
    'ndjson',
  ]);
  const keys = systems.map(({ system, format }) => `${format.name} ${system.name}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a format that claims more than synthetic files has fixtures, and every format says what it reads', () => {
  for (const format of FORMATS) {
    expect([format.name, format.systems.length > 0]).toEqual([format.name, true]);
    expect([format.name, fixturesOf(format.name).length > 0]).toEqual([format.name, true]);
  }
});

test('docs/sources.md and holdfast formats list every product with how far it was proven', async () => {
  const document = readFileSync(join(ROOT, 'docs/sources.md'), 'utf8');
  const { out } = await holdfast(['formats']);
  const { out: json } = await holdfast(['formats', '--json']);
  for (const { system, format } of systems) {
    expect(document).toContain(`| ${system.name} | [\`${format.name}\`]`);
    expect(out.join('\n')).toContain(`${system.name}: ${format.name} (${system.proven})`);
  }
  expect(json).toHaveLength(FORMATS.length);
});
