/**
 * Public samples of the formats, found through HOLDFAST_TEST_SAMPLES. They are not part of this repository; without
 * them these tests are skipped by name.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SourceFile } from '../../src/ingest/format.ts';
import { type Read, readPath, temporaryVault } from './fixtures.ts';

const SAMPLES = process.env.HOLDFAST_TEST_SAMPLES;
const present = SAMPLES !== undefined && existsSync(join(SAMPLES, 'slack'));
const sample = present ? test : test.skip;

let workshop: Awaited<ReturnType<typeof temporaryVault>>;
beforeAll(async () => {
  workshop = await temporaryVault();
});
afterAll(() => workshop.dispose());

/** Path below the samples → [events, rejects, exclusions], and the format. */
async function accountOf(
  path: string,
): Promise<{ format: string; events: number; rejects: string[]; excluded: string[] }> {
  const reads: Read[] = await readPath(workshop.vault, join(SAMPLES ?? '', path));
  const outcomes = reads.flatMap((read) => read.outcomes.map(({ outcome }) => outcome));
  return {
    format: [...new Set(reads.map(({ recognised }) => recognised.name))].join(' '),
    events: outcomes.filter(({ type }) => type === 'event').length,
    rejects: outcomes.flatMap((outcome) => (outcome.type === 'reject' ? [outcome.code] : [])),
    excluded: outcomes.flatMap((outcome) => (outcome.type === 'excluded' ? [outcome.reason] : [])),
  };
}

describe('samples of these formats, with accounts that add up', () => {
  sample('a Slack export of a public project', async () => {
    expect(await accountOf('slack/slack-export-viewer_testarchive.zip')).toEqual({
      format: 'slack',
      events: 159,
      rejects: [],
      excluded: ['directory-file', 'directory-file', 'directory-file'],
    });
  });

  sample('the vendor’s import example of 2006, clean and as printed, gives the same messages', async () => {
    const expected = { format: 'filedump', events: 9, rejects: [], excluded: ['room-itself'] };
    expect(await accountOf('actiance_facetime/CLEANED_facetime_import_sample_2006.xml')).toEqual(expected);
    expect(await accountOf('actiance_facetime/TRANSCRIBED_facetime_import_sample_2006.xml')).toEqual(
      expected,
    );
    const ids = async (name: string): Promise<string[]> =>
      (await readPath(workshop.vault, join(SAMPLES ?? '', 'actiance_facetime', name))).flatMap(
        ({ outcomes }) =>
          outcomes.flatMap(({ outcome }) =>
            outcome.type === 'event' && outcome.event.kind === 'message' ? [outcome.event.id] : [],
          ),
      );
    expect(await ids('TRANSCRIBED_facetime_import_sample_2006.xml')).toEqual(
      await ids('CLEANED_facetime_import_sample_2006.xml'),
    );
  });

  sample('Mattermost’s compliance export, with edits and deletions', async () => {
    const none = { rejects: [], excluded: [] };
    expect(await accountOf('mattermost/TEMPLATE_FILLED_actiance_export.xml')).toEqual({
      format: 'filedump',
      events: 15,
      ...none,
    });
    expect(await accountOf('mattermost/SYNTHETIC_actiance_export_edits_deletes.xml')).toEqual({
      format: 'filedump',
      events: 9,
      ...none,
    });
  });

  sample('Teams as Graph’s reference shows it, and as an SDK dumps it', async () => {
    expect(await accountOf('teams/TRANSCRIBED_zulip_fixture_chat_messages.json')).toEqual({
      format: 'teams',
      events: 7,
      rejects: [],
      excluded: [],
    });
    for (const [name, events] of [
      ['channel-list-messages_1', 2],
      ['chat-list-messages_1', 2],
      ['chatmessage-delta_4', 1],
      ['chatmessage-get_3', 1],
      ['chatmessage-list-replies_1', 3],
    ] as const)
      expect([name, await accountOf(`teams/graph-docs/v1.0_${name}.json`)]).toEqual([
        name,
        { format: 'teams', events, rejects: [], excluded: [] },
      ]);
  });

  sample('RSMF of the vendor’s own samples: manifest, zip and mail', async () => {
    expect(await accountOf('rsmf/Sample1_rsmf_manifest.json')).toMatchObject({
      format: 'rsmf',
      events: 1,
      rejects: [],
    });
    expect(await accountOf('rsmf/Sample4_rsmf_manifest.json')).toMatchObject({
      format: 'rsmf',
      events: 1,
      rejects: [],
    });
    expect(await accountOf('rsmf/Sample2_rsmf.zip')).toMatchObject({
      format: 'rsmf',
      events: 1,
      rejects: [],
    });
    const mail = { format: 'rsmf', events: 1, rejects: [], excluded: ['bookkeeping', 'file-unnamed'] };
    expect(await accountOf('rsmf/Sample3_message.eml')).toEqual(mail);
    expect(await accountOf('rsmf/Sample3_sample.rsmf')).toEqual(mail);
  });

  sample('a Matrix room as Element exports it', async () => {
    const name = 'SYNTHETIC_matrix - Desk - Chat Export - 2021-03-03T09-45-00.000Z.json';
    expect(await accountOf(`matrix/${name}`)).toEqual({
      format: 'matrix',
      events: 6,
      rejects: [],
      excluded: [],
    });
  });

  sample('a database of Rocket.Chat, as dumped', async () => {
    expect(await accountOf('rocketchat')).toMatchObject({
      events: 97,
      rejects: ['format-unknown'],
      excluded: ['directory-file', 'directory-file', 'directory-file', 'directory-file'],
    });
  });

  sample('Mattermost’s bulk export and its CSV', async () => {
    expect(await accountOf('mattermost/bulk_export.jsonl')).toMatchObject({ events: 30, rejects: [] });
    expect(await accountOf('mattermost/bulk_export_direct_channel.jsonl')).toMatchObject({
      events: 12,
      rejects: [],
    });
    expect(await accountOf('mattermost/TEMPLATE_FILLED_global_relay.eml')).toMatchObject({
      format: 'mattermost-mail',
      events: 12,
      rejects: [],
    });
    expect(await accountOf('mattermost/TEMPLATE_FILLED_csv_export.csv')).toMatchObject({
      events: 13,
      rejects: [],
    });
  });

  sample('messages of Zulip without anything but a time are told one by one', async () => {
    expect(await accountOf('zulip/messages-000001.json')).toMatchObject({
      format: 'zulip',
      rejects: ['conversation-unknown', 'conversation-unknown'],
    });
  });

  sample('Symphony’s documented events, whose blanks are rejects', async () => {
    expect(await accountOf('symphony/event_MESSAGESUPPRESSED_1.json')).toMatchObject({
      format: 'symphony',
      events: 1,
    });
    expect(await accountOf('symphony/event_USERREQUESTEDTOJOINROOM_1.json')).toMatchObject({
      events: 1,
      rejects: [],
    });
    expect(await accountOf('symphony/event_MESSAGESENT_1.json')).toMatchObject({ rejects: ['time-invalid'] });
  });

  sample('Signal’s export and WeChat’s, as their schemas have them', async () => {
    expect(await accountOf('signal/SYNTHETIC_signal-export')).toMatchObject({
      format: 'signal',
      events: 7,
      rejects: [],
    });
    expect(await accountOf('wechat/SYNTHETIC_MSG0.sql')).toMatchObject({
      format: 'wechat',
      events: 4,
      rejects: [],
    });
    expect(await accountOf('wechat/SYNTHETIC_echotrace_weflow.json')).toMatchObject({
      events: 3,
      rejects: [],
    });
  });

  sample('Persistent Chat through the published stylesheet, which loses every name', async () => {
    expect(await accountOf('ocs_lync_sfb/DERIVED_persistent_chat_filedump.xml')).toMatchObject({
      format: 'filedump',
      events: 8,
      rejects: [],
    });
  });

  sample('Pidgin logs of public projects', async () => {
    expect(await accountOf('pidgin/pidgin2adium_input.html')).toEqual({
      format: 'pidgin',
      events: 2,
      rejects: [],
      excluded: [],
    });
    expect(await accountOf('pidgin/pidgin2adium_bad.html')).toEqual({
      format: 'pidgin',
      events: 0,
      rejects: ['time-missing', 'time-missing'],
      excluded: [],
    });
    expect(await accountOf('pidgin/extracted')).toEqual({
      format: 'pidgin',
      events: 17,
      rejects: [],
      excluded: Array.from({ length: 9 }, () => 'no-entries'),
    });
  });

  sample('Telegram exports of 2020 to 2024', async () => {
    const events = async (name: string): Promise<[number, string[], number]> => {
      const found = await accountOf(`telegram/${name}`);
      expect(found.format).toBe('telegram');
      return [found.events, found.rejects, found.excluded.length];
    };
    expect(await events('telegram_2020-01/result.json')).toEqual([50, [], 8]);
    expect(await events('telegram_2021-05/result.json')).toEqual([3, [], 8]);
    expect(await events('telegram_2021-06_supergroup/result.json')).toEqual([4, [], 0]);
    expect(await events('telegram_2023-01/result.json')).toEqual([6, [], 5]);
    expect(await events('telegram_2023-10_audio-video/result.json')).toEqual([4, [], 5]);
    expect(await events('telegram_2024-01_inline-bot-buttons/result.json')).toEqual([5, [], 0]);
    expect(await events('test_batch_export.json')).toEqual([2, [], 0]);
    // Neither name nor id: no real export is like that.
    expect(await events('test_single_export.json')).toEqual([
      0,
      ['conversation-unknown', 'conversation-unknown'],
      0,
    ]);
  });

  sample('a Skype database of 2013, packed with gzip', async () => {
    expect(await accountOf('skype/skype_main.db.gz')).toEqual({
      format: 'skype-db',
      events: 18,
      rejects: [],
      excluded: ['bookkeeping', 'directory-file', 'directory-file'],
    });
  });

  sample('a database of Apple’s Messages of 2015, whose two texts differ in places', async () => {
    const found = await accountOf('imessage/plaso_imessage_chat.db.gz');
    expect({ ...found, excluded: found.excluded.length }).toEqual({
      format: 'imessage',
      events: 15,
      rejects: [],
      excluded: 226,
    });
  });

  sample('WhatsApp’s tables as a parser’s tests write them, made a database', async () => {
    const path = join(workshop.folder, 'msgstore.db');
    const db = new DatabaseSync(path);
    db.exec(readFileSync(join(SAMPLES ?? '', 'whatsapp/msgstore.sql'), 'utf8'));
    db.close();
    const reads = await readPath(workshop.vault, path);
    const kinds = reads.flatMap(({ outcomes }) =>
      outcomes.map(({ outcome }) => (outcome.type === 'event' ? outcome.event.kind : outcome.type)),
    );
    expect(reads.map(({ recognised }) => recognised.name)).toEqual(['whatsapp-db']);
    expect(kinds).toEqual(['join', 'edit', 'message', 'deletion']);
  });

  sample('an Android database of text messages, and a backup of one', async () => {
    const none = { rejects: [], excluded: [] };
    expect(await accountOf('sms/mmssms.db')).toEqual({ format: 'sms-db', events: 9, ...none });
    expect(await accountOf('sms/SYNTHETIC_sms-20210303.xml')).toEqual({ format: 'sms', events: 4, ...none });
  });

  sample('a Skype export as its viewers describe it', async () => {
    expect(await accountOf('skype/SYNTHETIC_messages.json')).toEqual({
      format: 'skype',
      events: 6,
      rejects: [],
      excluded: [],
    });
  });

  sample('Hangouts in both shapes, and Google Chat, as their readers describe them', async () => {
    const none = { rejects: [], excluded: [] };
    expect(await accountOf('hangouts/SYNTHETIC_Hangouts_new.json')).toEqual({
      format: 'hangouts',
      events: 5,
      ...none,
    });
    expect(await accountOf('hangouts/SYNTHETIC_Hangouts_old.json')).toEqual({
      format: 'hangouts',
      events: 2,
      ...none,
    });
    expect(await accountOf('google_chat/SYNTHETIC_takeout')).toEqual({
      format: 'google-chat',
      events: 4,
      rejects: [],
      excluded: ['directory-file', 'directory-file'],
    });
    // One record by itself, without the folder that names its conversation.
    expect(await accountOf('google_chat/TRANSCRIBED_deleted_message.json')).toMatchObject({
      format: 'google-chat',
    });
  });

  const dates = (count: number): string[] => Array.from({ length: count }, () => 'time-missing');
  const logs: readonly (readonly [
    path: string,
    format: string,
    events: number,
    rejects: readonly string[],
  ])[] = [
    ['adium', 'adium', 0, dates(5)],
    ['aim/TRANSCRIBED_TheirAIMName IM Log', 'aim', 20, []],
    // Only a file’s name has the date of such a log, and these names have none.
    ['aim/sample-conversation.htm', 'aim', 0, dates(31)],
    ['aim/extracted', 'aim', 0, dates(27)],
    ['centerim', 'centerim', 2, []],
    ['icq/SYNTHETIC_qip_123456789.txt', 'qip', 2, []],
    ['irc/xchat.log', 'irc', 11, ['time-invalid']],
    ['irc/xchatscrollback.log', 'irc', 10, ['line-unknown']],
    ['corpora/ubuntu-irc_2006-06-01.train-a.raw.txt', 'irc', 2165, []],
    ['line/SYNTHETIC_line_en.txt', 'line', 3, []],
    ['meebo/SYNTHETIC_farewell', 'meebo', 3, []],
    ['miranda/SYNTHETIC_historypp_export.txt', 'historypp', 2, []],
    ['miranda/SYNTHETIC_textjson_export.json', 'miranda', 3, []],
    ['msn/SYNTHETIC_invitation_join_leave_truncated.xml', 'msn', 6, ['truncated']],
    ['msn/SYNTHETIC_messenger_plus.txt', 'messenger-plus', 4, []],
    ['msn/TRANSCRIBED_wlm_history.xml', 'msn', 6, []],
    ['msn/TRANSCRIBED_wlm_history_missing_text.xml', 'msn', 3, []],
    ['qq/SYNTHETIC_qq_group.txt', 'qq', 3, []],
    ['trillian/extracted', 'trillian', 13, []],
    ['whatsapp/WhatsApp Chat with +123 45 6789.txt', 'whatsapp', 13, []],
    ['whatsapp/test_[mmddyy]_24hrs.txt', 'whatsapp', 9, []],
    ['whatsapp/test_mmddyyyy_12hrs.txt', 'whatsapp', 9, []],
    ['whatsapp/test_yyyymmdd_24hrs.txt', 'whatsapp', 9, []],
    ['yahoo/20040413-venky_dude.dat', 'yahoo', 7, []],
    ['yahoo/SYNTHETIC_Conferences_desk_20070315-alice_trader.dat', 'yahoo', 6, []],
    ['yahoo/SYNTHETIC_Messages_bob_desk_20070315-alice_trader.dat', 'yahoo', 4, []],
  ];
  sample('logs of consumer clients, each by its own format', async () => {
    for (const [path, format, events, rejects] of logs) {
      const account = await accountOf(path);
      // The page that says where the samples come from lies in the same folder.
      const own = account.rejects.filter((code) => code !== 'format-unknown');
      const formats = account.format.split(' ').filter((name) => name !== 'unknown');
      expect([path, formats, account.events, own]).toEqual([path, [format], events, rejects]);
    }
  });

  sample('a log of iChat as its readers describe it', async () => {
    expect(await accountOf('ichat/SYNTHETIC_Bob on 2008-02-29 at 14.00.ichat')).toEqual({
      format: 'ichat',
      events: 5,
      rejects: [],
      excluded: [],
    });
  });

  sample('every other sample is kept too: recognised, or one reject a file', async () => {
    const reads = await readPath(workshop.vault, SAMPLES ?? '');
    const unknown: SourceFile[] = reads.flatMap(({ recognised }) => [...recognised.unknown]);
    expect(unknown.length).toBeGreaterThan(0);
    for (const { outcomes } of reads) expect(outcomes.length).toBeGreaterThan(0);
    const faults = reads.flatMap(({ outcomes }) =>
      outcomes.filter(({ outcome }) => outcome.type === 'reject' && outcome.code === 'format-fault'),
    );
    expect(faults).toEqual([]);
  });
});
