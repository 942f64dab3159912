/**
 * Public samples of servers, trading networks and gateways, found through HOLDFAST_TEST_SAMPLES as the others are. Most
 * were made from published schemas (their names say so); each account adds up.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readPath, temporaryVault } from './fixtures.ts';

const SAMPLES = process.env.HOLDFAST_TEST_SAMPLES;
const present = SAMPLES !== undefined && existsSync(join(SAMPLES, 'slack'));
const samples = present ? test.each : test.skip.each;

let workshop: Awaited<ReturnType<typeof temporaryVault>>;
beforeAll(async () => {
  workshop = await temporaryVault();
});
afterAll(() => workshop.dispose());

/** Path below the samples → format, events, rejects, exclusions. The page of sources beside them is not counted. */
async function accountOf(path: string): Promise<readonly [string, number, string, number]> {
  const reads = (await readPath(workshop.vault, join(SAMPLES ?? '', path))).filter(
    ({ outcomes }) => !outcomes.every(({ path: file }) => file.endsWith('/SOURCES.md')),
  );
  const outcomes = reads.flatMap((read) => read.outcomes.map(({ outcome }) => outcome));
  return [
    [...new Set(reads.map(({ recognised }) => recognised.name))].sort().join(' '),
    outcomes.filter(({ type }) => type === 'event').length,
    outcomes.flatMap((outcome) => (outcome.type === 'reject' ? [outcome.code] : [])).join(' '),
    outcomes.filter(({ type }) => type === 'excluded').length,
  ];
}

samples([
  ['a daily set of Bloomberg, its attachments held', 'bloomberg', 'bloomberg', 14, '', 4],
  ['rows of Openfire’s archive', 'openfire/SYNTHETIC_ofMessageArchive_rows.sql', 'openfire', 2, '', 3],
  ['Openfire’s audit log', 'openfire/SYNTHETIC_jive.audit-20080229-000.log', 'openfire', 3, '', 0],
  ['rows of ejabberd’s archive', 'ejabberd/TRANSCRIBED_archive_rows.sql', 'ejabberd', 2, '', 0],
  [
    'ejabberd’s logs of packets',
    'ejabberd/SYNTHETIC_mod_logxml_example.com-20140525T115500.xml',
    'ejabberd',
    4,
    '',
    0,
  ],
  [
    'ejabberd’s logs of chats',
    'ejabberd/SYNTHETIC_mod_log_chat_alice@example.com - bob@example.com.log',
    'ejabberd',
    2,
    '',
    0,
  ],
  ['ejabberd’s logs without texts', 'ejabberd/SYNTHETIC_mod_message_log_message.log', 'ejabberd', 3, '', 0],
  ['a list of Prosody', 'prosody/SYNTHETIC_data_example%2ecom_archive_alice.list', 'prosody', 1, '', 0],
  ['Cisco’s message archiver', 'cisco_jabber/SYNTHETIC_message_archiver_rows.sql', 'cisco-jabber', 3, '', 2],
  ['rows of LcsLog', 'ocs_lync_sfb/SYNTHETIC_LcsLog_rows.sql', 'lcslog', 6, '', 8],
  [
    'Persistent Chat’s documented example',
    'ocs_lync_sfb/TRANSCRIBED_persistent_chat_compliance.xml',
    'persistent-chat',
    7,
    '',
    0,
  ],
  ['a conversation of Lync as mail', 'ocs_lync_sfb/SYNTHETIC_conversation.eml', 'gateway-mail', 3, '', 0],
  ['transcripts of Sametime', 'sametime/SYNTHETIC_SametimeTranscripts', 'sametime', 9, '', 1],
  ['Sametime’s contacts, as published', 'sametime/TRANSCRIBED_personfolders.xml', 'sametime', 1, '', 0],
  ['a conversation as mail', 'gateway_eml/SYNTHETIC_im_conversation.eml', 'gateway-mail', 7, '', 0],
  [
    'the same in the envelope of a journal',
    'gateway_eml/SYNTHETIC_exchange_envelope_journal.eml',
    'gateway-mail',
    7,
    '',
    0,
  ],
  ['messages in syslog', 'gateway_eml/SYNTHETIC_syslog_rfc3164_rfc5424.log', 'im-syslog', 2, '', 0],
  [
    'a page of an archive (XEP-0313)',
    'xmpp/xep0313_17_server-returns-two-matching-messages.xml',
    'xmpp',
    2,
    '',
    0,
  ],
  ['a page of a room’s archive', 'xmpp/xep0313_27_server-returns-muc-messages.xml', 'xmpp', 2, '', 0],
  [
    'a collection (XEP-0136)',
    'xmpp/xep0136_44_receiving-the-first-page-of-a-collection.xml',
    'xmpp',
    3,
    '',
    1,
  ],
  [
    'a collection of a room',
    'xmpp/xep0136_28_storing-groupchat-messages-in-a-collection.xml',
    'xmpp',
    3,
    '',
    0,
  ],
  [
    'an account with its archive (XEP-0227)',
    'xmpp/xep0227_12_juliets-exported-message-archive.xml',
    'xmpp',
    2,
    '',
    0,
  ],
  ['a roster', 'xmpp/xep0227_05_the-roster.xml', 'xmpp', 1, '', 0],
  ['block lists', 'xmpp/xep0227_09_privacy-lists.xml', 'xmpp', 1, '', 0],
  ['requests for subscription', 'xmpp/xep0227_10_incoming-subscription-requests.xml', 'xmpp', 2, '', 0],
  [
    'what a moderator took away (XEP-0425)',
    'xmpp/xep0425_08_retracted-groupchat-message-tombstone-in-a-mam-result.xml',
    'xmpp',
    1,
    '',
    0,
  ],
  [
    'a delayed message (XEP-0203)',
    'xmpp/xep0203_01_receiving-a-message-sent-while-offline.xml',
    'xmpp',
    1,
    '',
    0,
  ],
  [
    'a correction that nothing dates (XEP-0308)',
    'xmpp/xep0308_04_user-corrects-the-message-and-sends.xml',
    'xmpp',
    0,
    'time-missing',
    0,
  ],
] as const)('%s', async (_what, path, format, events, rejects, excluded) => {
  expect(await accountOf(path)).toEqual([format, events, rejects, excluded]);
});
