/**
 * Who took part in the records of an export: by network, address, and the people to whom the address belonged at the
 * time. An address that changed hands is as many parties as it had owners.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Directory } from '../../core/directory/fold.ts';
import { standingOf } from '../../core/directory/standing.ts';
import type { Party } from '../../core/event.ts';
import type { EventRecord } from '../../core/record.ts';

export interface PersonFacts {
  readonly network: string;
  readonly address: string;
  /** HR ids of those whose address it was, ascending; empty: nobody's, or the directory is empty. */
  readonly owners: readonly string[];
  readonly external: boolean;
  /** As the sources show them. */
  readonly names: readonly string[];
  /** Records that he wrote; the others name him. */
  readonly sent: number;
  readonly first: string;
  readonly last: string;
}

interface Kept {
  readonly id: number;
  readonly names: Set<string>;
  sent: number;
  first: string;
  last: string;
}

const SCHEMA = `
CREATE TABLE party (id INTEGER PRIMARY KEY, network TEXT, address TEXT, owners TEXT, external INTEGER, names TEXT, sent INTEGER,
  first TEXT, last TEXT, UNIQUE (network, address, owners));
`;
/** Parties kept in memory before they are written. */
const MOST_KEPT = 10_000;
/** A hostile source could name one address a million times. */
const MOST_NAMES = 20;

export class Parties {
  readonly #db: DatabaseSync;
  readonly #directory: Directory;
  readonly #kept = new Map<string, Kept>();
  readonly #find: StatementSync;
  readonly #write: StatementSync;

  constructor(db: DatabaseSync, directory: Directory) {
    this.#db = db;
    this.#directory = directory;
    db.exec(SCHEMA);
    this.#find = db.prepare(
      `INSERT INTO party (network, address, owners, external, names, sent, first, last) VALUES (?, ?, ?, ?, '[]', 0, ?, ?)
       ON CONFLICT DO UPDATE SET sent = sent RETURNING id, names, sent, first, last`,
    );
    this.#write = db.prepare('UPDATE party SET names = ?, sent = ?, first = ?, last = ? WHERE id = ?');
  }

  /** Notes everybody whom a record names; answers the sender's number. */
  add(record: EventRecord): number | null {
    const { network, sender, at } = record;
    const number = sender === undefined ? null : this.#note(network, sender, at.instant, 1);
    for (const party of othersIn(record)) this.#note(network, party, at.instant, 0);
    return number;
  }

  #note(network: string, { address, name = '' }: Party, instant: string, sent: number): number {
    const standing = standingOf(this.#directory, network, address, instant);
    const owners = JSON.stringify(standing?.is === 'firm' ? standing.owners.map(({ id }) => id) : []);
    const key = `${network}\n${address}\n${owners}`;
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      if (this.#kept.size >= MOST_KEPT) this.flush();
      const external = standing?.is === 'external' ? 1 : 0;
      const row = this.#find.get(network, address, owners, external, instant, instant);
      kept = {
        id: Number(row?.id),
        names: new Set(JSON.parse(String(row?.names)) as string[]),
        sent: Number(row?.sent),
        first: String(row?.first),
        last: String(row?.last),
      };
      this.#kept.set(key, kept);
    }
    kept.sent += sent;
    if (instant < kept.first) kept.first = instant;
    if (instant > kept.last) kept.last = instant;
    if (name !== '' && kept.names.size < MOST_NAMES) kept.names.add(name);
    return kept.id;
  }

  /** Writes what is only in memory. */
  flush(): void {
    for (const { id, names, sent, first, last } of this.#kept.values())
      this.#write.run(JSON.stringify([...names]), sent, first, last, id);
    this.#kept.clear();
  }

  /** People of the directory first, each with his addresses together, then everybody else. */
  *all(): Generator<PersonFacts> {
    const rows = this.#db
      .prepare("SELECT * FROM party ORDER BY owners = '[]', owners, external, network, address")
      .iterate();
    for (const row of rows) {
      yield {
        network: String(row.network),
        address: String(row.address),
        owners: JSON.parse(String(row.owners)) as string[],
        external: row.external === 1,
        names: JSON.parse(String(row.names)) as string[],
        sent: Number(row.sent),
        first: String(row.first),
        last: String(row.last),
      };
    }
  }
}

function othersIn(record: EventRecord): readonly Party[] {
  const { actor, recipients = [] } = record;
  const listed =
    record.kind === 'roster'
      ? record.payload.members
      : record.kind === 'invite'
        ? record.payload.invited
        : [];
  return [...(actor === undefined ? [] : [actor]), ...recipients, ...listed];
}
