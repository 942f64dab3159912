import { isoOf, loginOf, nameOf, type Said, seconds, type Transcript, timeOf } from './transcript.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** `03/04/2024` */
const usDate = (at: number): string => isoOf(at).replace(/^(\d{4})-(\d{2})-(\d{2}).*$/u, '$2/$3/$1');
const HEADING = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A daily file of Instant Bloomberg: every message names its person in full. */
export const bloomberg: Transcript = {
  kind: 'xml',
  path: 'f848135.ib.240304.xml',
  head: `${HEADING}<FileDump>\n<Version>1.9</Version>\n<Conversation Perspective="HARBOUR DESK" RoomType="P">\n<RoomID>PCHAT-0x1000002A3B4C5</RoomID>\n<StartTime>03/04/2024 06:00:00</StartTime>\n<StartTimeUTC>1709532000</StartTimeUTC>\n`,
  between: '\n',
  tail: '\n<EndTime>03/05/2024 06:00:00</EndTime>\n<EndTimeUTC>1709618400</EndTimeUTC>\n</Conversation>\n</FileDump>\n',
  entry: ({ who, at, text }: Said) => {
    const [first = '', last = ''] = nameOf(who).toUpperCase().split(' ');
    return `<Message InteractionType="N">\n<User>\n<LoginName>${last}${who}</LoginName>\n<FirstName>${first}</FirstName>\n<LastName>${last}</LastName>\n<UUID>${7_000_001 + who}</UUID>\n<FirmNumber>848135</FirmNumber>\n<AccountNumber>30123456</AccountNumber>\n<CompanyName>HARBOUR SECURITIES</CompanyName>\n<EmailAddress>${last}${who}@BLOOMBERG.EXAMPLE</EmailAddress>\n<CorporateEmailAddress>${loginOf(who)}@harbour.example</CorporateEmailAddress>\n</User>\n<DateTime>${usDate(at)} ${timeOf(at)}</DateTime>\n<DateTimeUTC>${seconds(at)}</DateTimeUTC>\n<Content>${escaped(text)}</Content>\n<ConversationID>PCHAT-0x1000002A3B4C5</ConversationID>\n</Message>`;
  },
};

/** FileDump as an IM gateway writes it. */
export const filedump: Transcript = {
  kind: 'xml',
  path: 'FileDump_20240304.xml',
  head: `${HEADING}<FileDump>\n<Conversation Perspective="desk">\n<RoomID>desk-7</RoomID>\n<StartTimeUTC>1709532000</StartTimeUTC>\n`,
  between: '\n',
  tail: '\n<EndTimeUTC>1709618400</EndTimeUTC>\n</Conversation>\n</FileDump>\n',
  entry: ({ who, at, text }: Said) =>
    `<Message>\n<LoginName>${loginOf(who)}</LoginName>\n<CorporateEmailID>${loginOf(who)}@harbour.example</CorporateEmailID>\n<FirmNumber>100</FirmNumber>\n<DateTimeUTC>${seconds(at)}</DateTimeUTC>\n<Content>${escaped(text)}</Content>\n</Message>`,
};

/** The history of Windows Live Messenger: one line, day before month. */
export const msn: Transcript = {
  kind: 'xml',
  path: 'alice_b2450688751/History/bob_h4092013818.xml',
  head: `<?xml version="1.0"?>\n<?xml-stylesheet type='text/xsl' href='MessageLog.xsl'?>\n<Log FirstSessionID="1" LastSessionID="400">`,
  between: '',
  tail: '</Log>',
  entry: ({ who, at, text, index }: Said) => {
    const [from, to] = who % 2 === 0 ? [0, 1] : [1, 0];
    return `<Message Date="${isoOf(at).replace(/^(\d{4})-(\d{2})-(\d{2}).*$/u, '$3/$2/$1')}" Time="${timeOf(at)}" DateTime="${isoOf(at)}" SessionID="${1 + Math.floor(index / 50)}"><From><User FriendlyName="${nameOf(from)}"/></From><To><User FriendlyName="${nameOf(to)}"/></To><Text Style="font-family:Segoe UI; color:#000000; ">${escaped(text)}</Text></Message>`;
  },
};

/** SMS Backup & Restore: one element a line. */
export const sms: Transcript = {
  kind: 'xml',
  path: 'sms-20240304.xml',
  head: `<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<!--File Created By SMS Backup & Restore v10.20.002 on 04/03/2024 23:00:00-->\n<smses backup_set="5f0c" backup_date="1709593200000" type="full">\n`,
  between: '\n',
  tail: '\n</smses>',
  entry: ({ who, at, text }: Said) =>
    `  <sms protocol="0" address="+4420794600${10 + who}" date="${at}" type="${1 + (at % 2)}" subject="null" body="${escaped(text)}" toa="null" sc_toa="null" service_center="+447700900000" read="1" status="-1" locked="0" date_sent="${at - 1000}" sub_id="1" readable_date="${timeOf(at)}" contact_name="${nameOf(who)}" />`,
};
