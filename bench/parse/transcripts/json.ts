import { roomName } from '../../corpus/messages.ts';
import { dateOf, isoOf, loginOf, nameOf, type Said, seconds, type Transcript, timeOf } from './transcript.ts';

/** An element of a list, indented as the system does it. */
const element = (value: unknown, indent: number, depth: number): string =>
  JSON.stringify(value, null, indent).replaceAll(/^/gm, ' '.repeat(indent * depth));

const userId = (who: number): string => `U0${String(1000 + who)}ABCD`;

/** A day file of an export: four spaces, and the blocks that repeat the text. */
export const slack: Transcript = {
  kind: 'json',
  path: 'export/general/2024-03-04.json',
  head: '[\n',
  between: ',\n',
  tail: '\n]\n',
  entry: ({ who, at, text, index }: Said) =>
    element(
      {
        client_msg_id: `5f0c2b1e-0000-4000-8000-${String(index).padStart(12, '0')}`,
        type: 'message',
        text,
        user: userId(who),
        ts: `${seconds(at)}.${String(index % 1_000_000).padStart(6, '0')}`,
        blocks: [
          {
            type: 'rich_text',
            block_id: `b${index}`,
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
          },
        ],
        team: 'T0001HARB',
        user_team: 'T0001HARB',
        source_team: 'T0001HARB',
        user_profile: {
          avatar_hash: 'g1a2b3c4d5e6',
          image_72: 'https://secure.example/avatar/1a2b3c4d5e6f.jpg',
          first_name: nameOf(who).split(' ')[0],
          real_name: nameOf(who),
          display_name: loginOf(who),
          team: 'T0001HARB',
          name: loginOf(who),
          is_restricted: false,
          is_ultra_restricted: false,
        },
      },
      4,
      1,
    ),
};

/** `result.json` of Telegram Desktop: one space. */
export const telegram: Transcript = {
  kind: 'json',
  path: 'ChatExport_2024-03-04/result.json',
  head: '{\n "name": "Harbour desk",\n "type": "private_supergroup",\n "id": 1500500,\n "messages": [\n',
  between: ',\n',
  tail: '\n ]\n}',
  entry: ({ who, at, text, index }: Said) =>
    element(
      {
        id: index + 1,
        type: 'message',
        date: `${dateOf(at)}T${timeOf(at)}`,
        date_unixtime: String(seconds(at)),
        from: nameOf(who),
        from_id: `user${5001 + who}`,
        text,
        text_entities: [{ type: 'plain', text }],
      },
      1,
      2,
    ),
};

/** DiscordChatExporter: two spaces. */
export const discord: Transcript = {
  kind: 'json',
  path: 'Harbour - desk [600].json',
  head: '{\n  "guild": {"id": "500", "name": "Harbour", "iconUrl": ""},\n  "channel": {"id": "600", "type": "GuildTextChat", "categoryId": "590", "category": "Power", "name": "desk", "topic": null},\n  "dateRange": {"after": null, "before": null},\n  "exportedAt": "2024-05-01T10:00:00.1234567+00:00",\n  "messages": [\n',
  between: ',\n',
  tail: '\n  ],\n  "messageCount": 0\n}',
  entry: ({ who, at, text, index }: Said) =>
    element(
      {
        id: String(1_100_000_000_000_000_000n + BigInt(index)),
        type: 'Default',
        timestamp: isoOf(at).replace('Z', '+00:00'),
        timestampEdited: null,
        callEndedTimestamp: null,
        isPinned: false,
        content: text,
        author: {
          id: String(1001 + who),
          name: loginOf(who),
          discriminator: '0000',
          nickname: nameOf(who),
          color: null,
          isBot: false,
          roles: [],
          avatarUrl: 'https://cdn.example/embed/avatars/0.png',
        },
        attachments: [],
        embeds: [],
        stickers: [],
        reactions: [],
        mentions: [],
        inlineEmojis: [],
      },
      2,
      2,
    ),
};

/** Holdfast NDJSON, as the corpus of the other benchmarks is written. */
export const ndjson: Transcript = {
  kind: 'json',
  path: 'part-0001.ndjson',
  head: '',
  between: '\n',
  tail: '\n',
  entry: ({ who, at, text, index }: Said) =>
    JSON.stringify({
      id: `b${index}`,
      network: 'slack',
      conversation: { id: roomName(who), kind: 'room', name: roomName(who) },
      from: { address: `${loginOf(who)}@firm.example`, name: nameOf(who) },
      at: isoOf(at),
      text,
    }),
};

/** A page of Microsoft Graph. */
export const teams: Transcript = {
  kind: 'json',
  path: 'chat.json',
  head: '{"@odata.context": "https://graph.example/v1.0/$metadata#chats/messages", "value": [\n',
  between: ',\n',
  tail: '\n]}',
  entry: ({ who, at, text }: Said) =>
    JSON.stringify({
      id: String(at),
      replyToId: null,
      etag: String(at),
      messageType: 'message',
      createdDateTime: isoOf(at),
      lastModifiedDateTime: isoOf(at),
      lastEditedDateTime: null,
      deletedDateTime: null,
      subject: null,
      summary: null,
      chatId: '19:2da4c29f6d7041eca70b638b43d45437@thread.v2',
      importance: 'normal',
      locale: 'en-us',
      webUrl: null,
      channelIdentity: null,
      policyViolation: null,
      eventDetail: null,
      from: {
        application: null,
        device: null,
        user: {
          '@odata.type': '#microsoft.graph.teamworkUserIdentity',
          id: `11111111-aaaa-4000-8000-00000000000${who}`,
          displayName: nameOf(who),
          userIdentityType: 'aadUser',
          tenantId: '2432b57b-0abd-43db-aa7b-16eadd115d34',
        },
      },
      body: { contentType: 'html', content: `<div><div>${text.replaceAll('&', '&amp;')}</div></div>` },
      attachments: [],
      mentions: [],
      reactions: [],
    }),
};
