/** Queries over the tables that a database has: versions differ in their columns. */
import { type Tables, textColumn } from '../../reading/sqlite-units.ts';

const MAX_NAMES = 500_000;

/** A row of messages with its chat, the member of a group who wrote it, and its file; undefined where none can be told. */
export function messages(db: Tables): string | undefined {
  const has = (table: string, column: string): boolean => db.tables.get(table)?.has(column) === true;
  if (!has('ZWAMESSAGE', 'ZMESSAGEDATE') || !has('ZWAMESSAGE', 'ZCHATSESSION')) return undefined;
  const joins: string[] = [];
  const columns = ['m.*', 'm.Z_PK AS number'];
  if (has('ZWACHATSESSION', 'ZCONTACTJID')) {
    joins.push('LEFT JOIN ZWACHATSESSION c ON c.Z_PK = m.ZCHATSESSION');
    columns.push('c.ZCONTACTJID AS chat_jid');
    if (has('ZWACHATSESSION', 'ZPARTNERNAME')) columns.push('c.ZPARTNERNAME AS chat_name');
  }
  if (has('ZWAGROUPMEMBER', 'ZMEMBERJID') && has('ZWAMESSAGE', 'ZGROUPMEMBER')) {
    joins.push('LEFT JOIN ZWAGROUPMEMBER g ON g.Z_PK = m.ZGROUPMEMBER');
    columns.push('g.ZMEMBERJID AS member_jid');
  }
  if (has('ZWAMEDIAITEM', 'Z_PK') && has('ZWAMESSAGE', 'ZMEDIAITEM')) {
    joins.push('LEFT JOIN ZWAMEDIAITEM a ON a.Z_PK = m.ZMEDIAITEM');
    for (const [column, name] of MEDIA_COLUMNS)
      if (has('ZWAMEDIAITEM', column)) columns.push(`a.${column} AS ${name}`);
  }
  return `SELECT ${columns.join(', ')} FROM ZWAMESSAGE m ${joins.join(' ')} ORDER BY m.Z_PK`;
}

const MEDIA_COLUMNS = [
  ['ZMEDIALOCALPATH', 'file_path'],
  ['ZMEDIAURL', 'file_url'],
  ['ZFILESIZE', 'file_size'],
  ['ZTITLE', 'caption'],
  ['ZVCARDSTRING', 'media_type'],
  ['ZVCARDNAME', 'media_name'],
  ['ZLATITUDE', 'latitude'],
  ['ZLONGITUDE', 'longitude'],
] as const;

/** Addresses and the names under which the phone knows them. */
export function names(db: Tables): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const read = (table: string, jid: string, ...shown: readonly string[]): void => {
    const columns = db.tables.get(table);
    if (columns?.has(jid) !== true) return;
    const known = shown.filter((each) => columns.has(each));
    if (known.length === 0) return;
    for (const row of db.facts(`SELECT ${[jid, ...known].join(', ')} FROM ${table} LIMIT ${MAX_NAMES}`)) {
      const address = textColumn(row, jid)?.toLowerCase();
      const name = known.map((each) => textColumn(row, each)).find((each) => each !== undefined);
      if (address !== undefined && name !== undefined && !found.has(address)) found.set(address, name);
    }
  };
  read('ZWAGROUPMEMBER', 'ZMEMBERJID', 'ZCONTACTNAME', 'ZFIRSTNAME');
  read('ZWACHATSESSION', 'ZCONTACTJID', 'ZPARTNERNAME');
  read('ZWAPROFILEPUSHNAME', 'ZJID', 'ZPUSHNAME');
  return found;
}
