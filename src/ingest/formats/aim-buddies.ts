/**
 * Buddy lists that AIM for Windows saved (`.blt`): blocks in braces, a line each. Grammar: the list handlers of the
 * Purple Plugin Pack and gaim2blt.
 */
import type { Json, Party, Repair } from '../../core/event.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { embeddedText } from '../reading/embedded-text.ts';
import { noEntries, rejectFrame } from '../reading/frames.ts';
import { party } from '../reading/party.ts';
import { direct, Scribe } from '../reading/scribe.ts';
import { undated } from '../reading/undated.ts';
import { readWhole } from '../reading/whole.ts';

const NETWORK = 'aim';
const MAX_SIZE = 1024 * 1024;
const MAX_DEPTH = 16;
const MAX_BUDDIES = 100_000;

export const aimBuddies: Format = {
  name: 'aim-buddies',
  title: 'AIM buddy list (.blt)',
  networks: [NETWORK],
  systems: [{ name: 'AIM buddy list (.blt)', proven: 'synthetic only' }],
  unit: 'The file.',
  limits: [
    'A list has no time: it stands at the beginning of 1970, which is marked.',
    'A list larger than 1 MiB is not read.',
  ],
  detect({ text }) {
    const found =
      /^\s*Config\s*\{/u.test(text) && /^\s*Buddy\s*\{/mu.test(text) && /^\s*list\s*\{/mu.test(text);
    return found
      ? { confidence: 0.95, reason: 'blocks Config, User and Buddy in braces, as AIM saves a buddy list' }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) yield [await listFrame(source, file)];
  },
};

/** A line, and the lines in the braces behind it. */
interface Block {
  readonly name: string;
  readonly inside: Block[];
}

async function listFrame(source: Source, file: SourceFile): Promise<Frame> {
  const bytes = await readWhole(file, MAX_SIZE);
  if (bytes === undefined) return rejectFrame(file, { offset: 0, length: file.size }, 'file-too-large');
  const repairs: Repair[] = [];
  const text = embeddedText(file.settings.encoding, bytes)(bytes, repairs);
  const top = blocksIn(text);
  if (top === undefined) return rejectFrame(file, { offset: 0, length: file.size }, 'too-deep');
  const place = { source, file, offset: 0, length: file.size };
  const read = (): Outcome[] => {
    const named = find(top, 'User')?.inside.map(({ name }) => /^screen ?name\s+(.+)$/iu.exec(name)?.[1]);
    const stated = named?.find((each) => each !== undefined);
    const account = stated ?? file.settings.account;
    const owner = account === undefined ? undefined : party(NETWORK, bare(account));
    const { members, groups } = buddiesIn(find(top, 'Buddy'));
    const others = top.filter(({ name }) => !/^(?:Config|User|Buddy)$/iu.test(name));
    const base = new Scribe().write(place, {
      network: NETWORK,
      conversation: owner === undefined ? { id: 'buddies', kind: 'group' } : direct(owner.address),
      at: undated(repairs),
      sender: owner,
      key: ['roster', members.map(({ address }) => address).sort()],
      perspective: owner?.address,
      facts: owner === undefined ? {} : { account: stated === undefined ? 'setting' : 'header' },
      repairs,
      extra: { groups, ...(others.length > 0 && { other: others.map(asJson) }) },
    });
    return [{ type: 'event', event: { ...base, kind: 'roster', payload: { members, basis: 'stated' } } }];
  };
  return top.length === 0 ? noEntries(file) : { ...place, units: 1, read };
}

/** The blocks at the top; undefined where they are nested too deeply. Braces that are never closed end with the file. */
function blocksIn(text: string): Block[] | undefined {
  const top: Block[] = [];
  const open: Block[][] = [top];
  for (const line of text.split(/\r?\n|\r/u)) {
    const trimmed = line.trim();
    if (trimmed === '') continue;
    if (trimmed === '}') {
      if (open.length > 1) open.pop();
      continue;
    }
    const opens = trimmed.endsWith('{');
    const block: Block = { name: (opens ? trimmed.slice(0, -1) : trimmed).trim(), inside: [] };
    open.at(-1)?.push(block);
    if (!opens) continue;
    if (open.length > MAX_DEPTH) return undefined;
    open.push(block.inside);
  }
  return top;
}

const find = (blocks: readonly Block[], name: string): Block | undefined =>
  blocks.find((each) => each.name.toLowerCase() === name.toLowerCase());

const bare = (text: string): string =>
  text
    .trim()
    .replace(/^"(.*)"$/su, '$1')
    .trim();

function buddiesIn(buddy: Block | undefined): { members: Party[]; groups: { [group: string]: Json } } {
  const members: Party[] = [];
  const groups: [string, Json][] = [];
  for (const group of find(buddy?.inside ?? [], 'list')?.inside ?? []) {
    const names: string[] = [];
    for (const each of group.inside) {
      const written = bare(each.name);
      if (written === '' || members.length >= MAX_BUDDIES) continue;
      names.push(written);
      members.push(party(NETWORK, written, aliasOf(each)));
    }
    groups.push([bare(group.name), names]);
  }
  return { members, groups: Object.fromEntries(groups) };
}

/** `AliasKey { "Bob" }`, or `AliasString "Bob"`, with or without an equals sign. */
function aliasOf({ inside }: Block): string | undefined {
  const key = find(inside, 'AliasKey')?.inside[0]?.name;
  const line = inside
    .map(({ name }) => /^AliasString\s*=?\s*(.+)$/iu.exec(name)?.[1])
    .find((each) => each !== undefined);
  const alias = bare(/"([^"]*)"\s*$/u.exec(key ?? line ?? '')?.[1] ?? key ?? line ?? '');
  return alias === '' ? undefined : alias;
}

const asJson = ({ name, inside }: Block): Json =>
  inside.length === 0 ? bare(name) : { [bare(name)]: inside.map(asJson) };
