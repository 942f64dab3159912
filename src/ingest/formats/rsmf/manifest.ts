/** Participants and conversations of a manifest: read first, since events may stand before them. */
import type { Attachment, Conversation, Party } from '../../../core/event.ts';
import { directConversation } from '../../../core/ids.ts';
import type { Holding, SourceFile } from '../../format.ts';
import { isObject, type JsonObject, parseJson, tooMuch } from '../../reading/json.ts';
import { jsonParts } from '../../reading/json-parts.ts';
import { objectsOf, textOf } from '../../reading/json-units.ts';
import { networkFor } from '../../reading/network-name.ts';
import { Ordinals } from '../../reading/ordinals.ts';
import { party } from '../../reading/party.ts';
import { decode, openText } from '../../reading/text.ts';
import { ZoneClock } from '../../reading/time.ts';

/** Ids shorter than this count from one in every manifest. */
const SHORT = 6;

export interface RsmfConversation {
  readonly network: string;
  readonly conversation: Conversation;
  /** Whose device or account it was collected from. */
  readonly perspective?: string;
  /** The platform is not stated: the network comes from the settings, or is unknown. */
  /** Where the network was found, if anywhere. */
  readonly networkFrom: 'header' | 'setting' | 'path' | undefined;
  readonly extra: JsonObject;
}

/** An id as text: manifests in the wild write numbers too. */
export const idOf = (value: unknown): string | undefined =>
  textOf(value) ?? (typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined);

export class RsmfManifest {
  readonly file: SourceFile;
  readonly clock: ZoneClock;
  readonly ordinals = new Ordinals();
  readonly #beside: ReadonlyMap<string, SourceFile>;
  readonly #participants = new Map<string, JsonObject>();
  readonly #conversations = new Map<string, JsonObject>();
  readonly #named = new Set<string>();

  private constructor(file: SourceFile, beside: ReadonlyMap<string, SourceFile>) {
    this.file = file;
    this.#beside = beside;
    this.clock = new ZoneClock(file.settings.zone ?? '+00:00');
  }

  static async read(file: SourceFile, beside: ReadonlyMap<string, SourceFile>): Promise<RsmfManifest> {
    const manifest = new RsmfManifest(file, beside);
    const stream = await openText(file);
    const lists: Readonly<Record<string, Map<string, JsonObject>>> = {
      participants: manifest.#participants,
      conversations: manifest.#conversations,
    };
    for await (const parts of jsonParts(stream, (path) => (path.length === 0 ? 'inside' : 'units')))
      for (const part of parts) {
        if (part.type !== 'unit' || part.bytes === undefined || part.problem !== undefined) continue;
        const list = lists[part.path[0] ?? ''];
        const text = list === undefined ? '' : decode(stream, part.bytes, []);
        if (list === undefined || tooMuch(text) !== undefined) continue;
        const value = parsed(text);
        const id = isObject(value) ? idOf(value.id) : undefined;
        if (isObject(value) && id !== undefined && !list.has(id)) list.set(id, value);
      }
    return manifest;
  }

  /** A participant by id: his account, else his mail address, else what the source calls him. */
  person(network: string, id: string): Party {
    const known = this.#participants.get(id);
    const name = textOf(known?.display);
    const address =
      textOf(known?.account_id) ?? textOf(known?.email) ?? (id.length < SHORT ? (name ?? id) : id);
    return party(network, address, name);
  }

  conversation(id: string): RsmfConversation {
    const known = this.#conversations.get(id) ?? {};
    const platform = textOf(known.platform)
      ?.toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/gu, '-')
      .replaceAll(/^[-._]+|-+$/gu, '')
      .slice(0, 64);
    const stated = platform !== undefined && platform !== '';
    const { network, from } = networkFor(stated ? platform : undefined, this.file);
    const members = Array.isArray(known.participants)
      ? known.participants.flatMap((each) => idOf(each) ?? []).map((each) => this.person(network, each))
      : [];
    const name = textOf(known.display);
    const direct = known.type === 'direct';
    const own = id.length < SHORT ? `${name ?? ''}/${id}` : id;
    const custodian = idOf(known.custodian);
    const rest = Object.fromEntries(
      Object.entries(known).filter(([key]) => key === 'custom' || !KNOWN.has(key)),
    );
    return {
      network,
      networkFrom: from,
      conversation: {
        id: direct && members.length === 2 ? directConversation(members.map(({ address }) => address)) : own,
        kind: direct ? (members.length > 2 ? 'group' : 'direct') : 'room',
        ...(name !== undefined && { name }),
      },
      ...(custodian !== undefined && { perspective: this.person(network, custodian).address }),
      extra: rest,
    };
  }

  /** Attachments of an event, with the bytes of those that lie beside the manifest. */
  files(list: unknown): { attachments: Attachment[]; holdings: Holding[] } {
    const attachments: Attachment[] = [];
    const holdings: Holding[] = [];
    for (const each of objectsOf(list)) {
      const id = idOf(each.id);
      const name = textOf(each.display) ?? id;
      const { size } = each;
      const bytes = id === undefined ? undefined : this.#beside.get(id);
      if (id !== undefined && bytes !== undefined) {
        this.#named.add(id);
        holdings.push({ attachment: attachments.length, open: () => bytes.open() });
      }
      attachments.push({
        ...(name !== undefined && { name }),
        ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && { size }),
        ...(id !== undefined && { reference: id }),
        state: 'missing',
      });
    }
    return { attachments, holdings };
  }

  /** An event named this file: as an attachment, or as a picture of somebody. */
  isNamed(name: string): boolean {
    return this.#named.has(name);
  }
}

const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'display',
  'platform',
  'type',
  'participants',
  'custodian',
  'icon',
]);

function parsed(text: string): unknown {
  try {
    return parseJson(text, []);
  } catch {
    return undefined;
  }
}
