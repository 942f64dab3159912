/**
 * The rows of a database in one form, whatever its version: since 2022 messages stand in `message` and name people and
 * chats by number; before, in `messages` with their addresses. Tables: KnugiHK/WhatsApp-Chat-Exporter
 * (`android_handler.py`), frozenspider/chat-history-manager (schema of its tests).
 */
import type { SqliteFile } from '../../reading/sqlite.ts';

const has = (db: SqliteFile, table: string, ...columns: string[]): boolean =>
  columns.every((column) => db.tables.get(table)?.has(column) === true);

export const isNew = (db: SqliteFile): boolean =>
  has(db, 'message', 'chat_row_id', 'key_id') && has(db, 'chat', 'jid_row_id') && has(db, 'jid', 'user');

export const isOld = (db: SqliteFile): boolean => has(db, 'messages', 'key_remote_jid', 'key_id');

/** Addresses by number; a hidden number (`lid`) is that of the telephone number behind it, where that is known. */
export const addresses = (db: SqliteFile): string | undefined =>
  has(db, 'jid', 'user', 'server')
    ? `SELECT _id AS number, coalesce(${has(db, 'jid', 'raw_string') ? 'raw_string, ' : ''}user || '@' || server) AS address FROM jid`
    : undefined;

export const hiddenNumbers = (db: SqliteFile): string | undefined =>
  has(db, 'jid_map', 'lid_row_id', 'jid_row_id')
    ? 'SELECT lid_row_id AS hidden, jid_row_id AS number FROM jid_map'
    : undefined;

/** Columns that hold the number of an address; `participants` holds several. */
export const ADDRESS_COLUMNS = [
  'chat_jid',
  'sender_jid',
  'reader_jid',
  'peer_jid',
  'group_jid',
  'old_number',
  'new_number',
  'owner',
] as const;

/** Several rows a message, taken together once: a hostile schema may have no index. */
const together = (table: string, column: string, as: string, separator: string): string =>
  `LEFT JOIN (SELECT message_row_id, group_concat(${column}, ${separator}) AS ${as} FROM ${table} GROUP BY message_row_id) of_${as} ON of_${as}.message_row_id = m._id`;

/** Columns of tables that say more of a message: table, its number of the message, column → name in the row. */
const BESIDE: readonly (readonly [table: string, columns: Readonly<Record<string, string>>])[] = [
  [
    'message_media',
    {
      file_path: 'file_path',
      file_size: 'file_size',
      file_length: 'file_length',
      mime_type: 'mime_type',
      media_name: 'media_name',
      media_caption: 'media_caption',
      file_hash: 'file_hash',
      media_duration: 'media_duration',
      message_url: 'message_url',
    },
  ],
  ['message_quoted', { key_id: 'quoted_key_id' }],
  ['message_revoked', { revoked_key_id: 'revoked_key_id', revoke_timestamp: 'revoke_timestamp' }],
  ['message_edit_info', { original_key_id: 'original_key_id', edited_timestamp: 'edited_timestamp' }],
  ['message_system', { action_type: 'action_type' }],
  ['message_system_group', { is_me_joined: 'is_me_joined' }],
  ['message_system_number_change', { old_jid_row_id: 'old_number', new_jid_row_id: 'new_number' }],
  [
    'message_location',
    {
      latitude: 'latitude',
      longitude: 'longitude',
      place_name: 'place_name',
      place_address: 'place_address',
      url: 'place_url',
    },
  ],
  ['message_forwarded', { forward_score: 'forward_score' }],
];

export function newMessages(db: SqliteFile): string {
  const columns = [
    'm._id AS number, m.*, c.jid_row_id AS chat_jid',
    has(db, 'chat', 'subject') ? 'c.subject AS subject' : 'NULL AS subject',
    has(db, 'message', 'sender_jid_row_id') ? 'm.sender_jid_row_id AS sender_jid' : 'NULL AS sender_jid',
  ];
  const joins = ['LEFT JOIN chat c ON c._id = m.chat_row_id'];
  for (const [i, [table, named]] of BESIDE.entries()) {
    if (!has(db, table, 'message_row_id')) continue;
    joins.push(`LEFT JOIN ${table} t${i} ON t${i}.message_row_id = m._id`);
    for (const [column, name] of Object.entries(named))
      if (has(db, table, column)) columns.push(`t${i}.${column} AS ${name}`);
  }
  if (has(db, 'message_system_chat_participant', 'message_row_id', 'user_jid_row_id')) {
    columns.push('of_participants.participants AS participants');
    joins.push(together('message_system_chat_participant', 'user_jid_row_id', 'participants', "' '"));
  }
  if (has(db, 'message_vcard', 'message_row_id', 'vcard')) {
    columns.push('of_vcard.vcard AS vcard');
    joins.push(together('message_vcard', 'vcard', 'vcard', 'char(10)'));
  }
  return `SELECT ${columns.join(', ')} FROM message m ${joins.join(' ')} ORDER BY m._id`;
}

export function oldMessages(db: SqliteFile): string {
  const quotes = has(db, 'messages_quotes', 'key_id') && has(db, 'messages', 'quoted_row_id');
  const subjects = has(db, 'chat_list', 'key_remote_jid', 'subject');
  return [
    'SELECT m._id AS number, m.*',
    quotes ? ', q.key_id AS quoted_key_id' : '',
    subjects ? ', l.subject AS subject' : '',
    ' FROM messages m',
    quotes ? ' LEFT JOIN messages_quotes q ON q._id = m.quoted_row_id' : '',
    subjects
      ? ' LEFT JOIN (SELECT key_remote_jid, max(subject) AS subject FROM chat_list GROUP BY key_remote_jid) l ON l.key_remote_jid = m.key_remote_jid'
      : '',
    ' ORDER BY m._id',
  ].join('');
}

/** Reactions with the message that they answer. */
export function reactions(db: SqliteFile): string | undefined {
  if (
    !isNew(db) ||
    !has(db, 'message_add_on_reaction', 'reaction') ||
    !has(db, 'message_add_on', 'parent_message_row_id')
  )
    return undefined;
  return `SELECT a._id AS number, a.*, r.reaction AS reaction, r.sender_timestamp AS sender_timestamp, m.key_id AS parent_key_id, a.sender_jid_row_id AS sender_jid, c.jid_row_id AS chat_jid, c.subject AS subject FROM message_add_on a JOIN message_add_on_reaction r ON r.message_add_on_row_id = a._id LEFT JOIN message m ON m._id = a.parent_message_row_id LEFT JOIN chat c ON c._id = m.chat_row_id ORDER BY a._id`;
}

/** Who received and read what the owner wrote. */
export function receipts(db: SqliteFile): string | undefined {
  if (isNew(db) && has(db, 'receipt_user', 'receipt_user_jid_row_id', 'read_timestamp'))
    return `SELECT u._id AS number, u.read_timestamp AS read_timestamp, m.key_id AS key_id, u.receipt_user_jid_row_id AS reader_jid, c.jid_row_id AS chat_jid, c.subject AS subject FROM receipt_user u JOIN message m ON m._id = u.message_row_id LEFT JOIN chat c ON c._id = m.chat_row_id WHERE u.read_timestamp > 0 ORDER BY u._id`;
  if (!isNew(db) && has(db, 'receipts', 'key_id', 'read_device_timestamp'))
    return 'SELECT rowid AS number, read_device_timestamp AS read_timestamp, key_id, remote_resource AS reader_jid, key_remote_jid AS chat_jid, NULL AS subject FROM receipts WHERE read_device_timestamp > 0 ORDER BY rowid';
  return undefined;
}

export function calls(db: SqliteFile): string | undefined {
  if (!has(db, 'call_log', 'call_id', 'jid_row_id')) return undefined;
  const group = has(db, 'call_log', 'group_jid_row_id') ? 'l.group_jid_row_id' : 'NULL';
  return `SELECT l._id AS number, l.*, l.jid_row_id AS peer_jid, ${group} AS group_jid FROM call_log l ORDER BY l._id`;
}

/** The owner: whoever a group says is the one who joined when “I” joined. */
export function owner(db: SqliteFile): string | undefined {
  if (
    !has(db, 'message_system_group', 'is_me_joined') ||
    !has(db, 'message_system_chat_participant', 'user_jid_row_id')
  )
    return undefined;
  return 'SELECT p.one AS owner FROM message_system_group g JOIN (SELECT message_row_id, min(user_jid_row_id) AS one, count(*) AS several FROM message_system_chat_participant GROUP BY message_row_id) p ON p.message_row_id = g.message_row_id WHERE g.is_me_joined = 1 AND p.several = 1 ORDER BY g.message_row_id LIMIT 1';
}
