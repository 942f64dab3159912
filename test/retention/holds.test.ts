import { EMPTY_DIRECTORY } from '../../src/core/directory/fold.ts';
import type { Event, Json } from '../../src/core/event.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import { parseScope } from '../../src/core/holds/read-scope.ts';
import type { Entry } from '../../src/core/record.ts';
import { LANGUAGES } from '../../src/core/search/language.ts';
import {
  BUCKET,
  carriedReceipt,
  messageEvent,
  openWorkshop,
  RECEIPT,
  type Workshop,
} from '../archive/workshop.ts';
import { Desk, DONE } from '../core/control/acts.ts';
import { type Holding, heldBy, holdOn, said, seal } from './judged.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
  await workshop.found();
});
afterEach(() => workshop.dispose());

const changeOf = (message: Event, kind: 'edit' | 'deletion', text: string, at: string): Event =>
  ({
    ...said(text, { at, room: message.conversation.id }),
    id: sha256Hex(`${kind} ${text}`),
    kind,
    target: message.id,
    payload: { earlier: 'captured' },
  }) as Event;

describe('what a hold covers', () => {
  test('is what its scope finds, and no more where it has no words', async () => {
    await seal(workshop, [
      said('one'),
      said('two', { from: 'carol' }),
      said('three', { from: 'bob', room: 'C2' }),
    ]);
    expect(await heldBy(workshop, holdOn(['from:bob']))).toEqual(['one', 'three']);
  });

  test('is all that any of its scopes finds: a hold that is widened keeps what it had', async () => {
    await seal(workshop, [said('one'), said('two', { from: 'carol' }), said('three', { from: 'dave' })]);
    expect(await heldBy(workshop, holdOn(['from:bob', 'from:carol']))).toEqual(['one', 'two']);
  });

  test('is the whole day of the conversation around words, in the zone of the matter', async () => {
    await seal(workshop, [
      said('the merger'),
      said('small talk', { from: 'carol', at: '2025-11-03T03:00:00.000Z' }),
      said('the evening before in New York', { at: '2025-11-03T04:30:00.000Z' }),
      said('the next morning there', { at: '2025-11-04T04:30:00.000Z' }),
      said('another room', { room: 'C2' }),
    ]);
    expect(await heldBy(workshop, holdOn(['merger']))).toEqual([
      'the merger',
      'small talk',
      'the evening before in New York',
    ]);
    expect(await heldBy(workshop, holdOn(['merger'], { zone: 'America/New_York' }))).toEqual([
      'the merger',
      'the next morning there',
    ]);
  });

  test('takes in a record whose day is not sure on each day that it may be of', async () => {
    await seal(workshop, [
      said('the merger'),
      messageEvent('coarse', {
        text: 'some time of the day before',
        conversation: { id: 'C1', kind: 'room' },
        at: { instant: '2025-11-02T20:00:00.000Z', zoneSource: 'assumed', precision: 'min' },
      }),
    ]);
    expect(await heldBy(workshop, holdOn(['merger']))).toHaveLength(2);
  });

  test('takes in conversations that ever named somebody, whoever was present when', async () => {
    await seal(workshop, [
      said('before he came'),
      said('hello', { from: 'carol', at: '2025-11-05T00:00:00.000Z' }),
      said('elsewhere', { room: 'C2' }),
    ]);
    for (const scope of ['participant:carol', 'member:carol'])
      expect(await heldBy(workshop, holdOn([scope]))).toEqual(['before he came', 'hello']);
  });

  test('takes in files, which nobody has read for the words', async () => {
    const attachments = [{ name: 'terms.pdf', state: 'referenced' as const }];
    await seal(workshop, [
      said('see the file', { attachments }),
      said('no file', { room: 'C2' }),
      said('the file of another', { from: 'carol', room: 'C3', attachments }),
    ]);
    expect(await heldBy(workshop, holdOn(['from:bob merger']))).toEqual(['see the file']);
    expect(await heldBy(workshop, holdOn(['from:bob NOT merger']))).toEqual(['see the file', 'no file']);
  });

  test('takes in what could not be read, of its networks and from its first day on', async () => {
    const reject: Entry = {
      type: 'reject',
      reject: {
        receipt: RECEIPT,
        capture: sha256Hex('a capture'),
        path: 'x',
        position: { offset: 0, length: 1 },
        code: 'json-malformed',
      },
      ...BUCKET,
    };
    await workshop.stream.append('m0', [JSON.stringify(reject)]);
    await seal(workshop, [said('one')]);
    await workshop.stream.append('m0', [carriedReceipt(RECEIPT, 1)]);
    await workshop.sealAll();
    const isHeld = async (scope: string) =>
      (await heldBy(workshop, holdOn([scope]))).includes('reject json-malformed');
    // Received on 2026-01-02 from a connector that brought slack.
    expect(await isHeld('from:nobody words')).toBe(true);
    expect(await isHeld('network:slack until:2025')).toBe(true);
    expect(await isHeld('network:bloomberg')).toBe(false);
    expect(await isHeld('since:2026-01-01')).toBe(true);
    expect(await isHeld('since:2026-02')).toBe(false);
    expect(await isHeld('NOT since:2026-02')).toBe(true);
  });

  test('another copy of a held record is held with it', async () => {
    const message = said('one');
    const copy = { ...message, provenance: { ...message.provenance, perspective: 'carol' } };
    await seal(workshop, [message, copy]);
    expect(await heldBy(workshop, holdOn(['from:bob']))).toEqual(['one', 'observation']);
  });
});

describe('a hold cannot be got around', () => {
  const held = said('the merger');

  test('by editing or deleting what it covers, before or after', async () => {
    await seal(workshop, [
      changeOf(held, 'edit', 'nothing to see', '2025-12-03T10:00:00.000Z'),
      held,
      changeOf(held, 'deletion', 'gone', '2026-01-03T10:00:00.000Z'),
    ]);
    expect(await heldBy(workshop, holdOn(['merger']))).toEqual(['nothing to see', 'the merger', 'gone']);
    expect(await heldBy(workshop, holdOn(['from:bob until:2025-11-30']))).toHaveLength(3);
  });

  test('by capturing only the edit: the message that comes later is held as well', async () => {
    await seal(workshop, [changeOf(held, 'edit', 'the merger is off', '2025-12-03T10:00:00.000Z')]);
    await seal(workshop, [said('the merger')]);
    expect(await heldBy(workshop, holdOn(['off']))).toEqual(['the merger is off', 'the merger']);
  });

  test('by importing it again under another class, whole or changed', async () => {
    await seal(workshop, [held]);
    const later = { class: 'short', quarter: '2026Q1' };
    await seal(workshop, [held, { ...held, text: 'harmless' } as Event], later);
    expect(await heldBy(workshop, holdOn(['merger', 'class:sec-17a-4-b-4']))).toEqual([
      'the merger',
      'harmless',
    ]);
    expect(await heldBy(workshop, holdOn(['class:sec-17a-4-b-4']))).toEqual(['the merger', 'harmless']);
  });

  test('by a new version of the query language: what either of them finds is held', async () => {
    const [one] = LANGUAGES.versions.values();
    if (one === undefined) throw new Error('no language');
    // A tokenizer that cuts the last letter off every word.
    const cut = (words: readonly string[]) => words.map((word) => word.slice(0, -1));
    const two = {
      ...one,
      fieldsOf: (document: Parameters<typeof one.fieldsOf>[0]) => {
        const fields = one.fieldsOf(document);
        return { ...fields, tokens: cut(fields.tokens) };
      },
    };
    const languages = { current: 2, versions: new Map([...LANGUAGES.versions, [2, two]]) };
    await seal(workshop, [held, said('mergers', { room: 'C2' }), said('merge', { room: 'C3' })]);
    expect(await heldBy(workshop, holdOn(['merger'], { languages }))).toEqual(['the merger', 'mergers']);
    const now = { current: 2, versions: new Map([[2, two]]) };
    // The version that its writer spoke is gone: nobody knows what he meant, so all is held.
    expect(await heldBy(workshop, holdOn(['merger'], { languages: now }))).toHaveLength(3);
  });

  test('by an index that lags or lost documents: it is not asked', async () => {
    await seal(workshop, [held]);
    expect(await heldBy(workshop, holdOn(['merger']))).toEqual(['the merger']);
  });

  describe('on a custodian', () => {
    const bob = (...addresses: Json[]): Json => ({
      what: 'set',
      custodian: {
        id: 'H1',
        names: ['Bob Example'],
        entity: null,
        desk: null,
        supervisor: null,
        counsel: false,
        employedFrom: null,
        employedTo: null,
        groups: [],
        addresses,
      },
    });
    const address = (text: string, to: string | null = null): Json => ({
      network: 'slack',
      address: text,
      from: null,
      to,
      shared: false,
    });
    /** The directory after these versions, the hold being placed under the first of them. */
    async function versions(...changes: Json[][]): Promise<Holding> {
      const desk = new Desk();
      await desk.bootstrap();
      for (const [expects, all] of changes.entries())
        expect(
          await desk.act('ada', 'directory.change', {
            expects,
            import: String(expects).padStart(32, '0'),
            part: 1,
            parts: 1,
            changes: all,
          }),
        ).toEqual(DONE);
      return { directory: desk.register.directory, since: 1 };
    }

    test.each<[string, Json[]]>([
      ['ending his address in the past', [bob(address('bob', '2001-01-01'))]],
      ['taking his address away', [bob()]],
      ['giving his address to somebody who does not exist', [bob(address('someone'))]],
      ['taking him off the directory', [{ what: 'remove', id: 'H1' }]],
    ])('by %s', async (_, change) => {
      await seal(workshop, [held, said('of another', { from: 'carol' })]);
      const before = await heldBy(workshop, holdOn(['custodian:H1'], await versions([bob(address('bob'))])));
      expect(before).toEqual(['the merger']);
      const after = await versions([bob(address('bob'))], change);
      expect(await heldBy(workshop, holdOn(['custodian:H1'], after))).toEqual(before);
    });

    test('by writing from an address that he gets later', async () => {
      await seal(workshop, [said('from the new address', { from: 'bob2' })]);
      const holding = await versions([bob()], [bob(address('bob2'))]);
      expect(await heldBy(workshop, holdOn(['custodian:H1'], holding))).toEqual(['from the new address']);
    });

    test('by a change of his name: a scope names people by HR id', async () => {
      const { directory } = await versions([bob(address('bob'))]);
      if (directory === undefined) throw new Error('no directory');
      expect(() => parseScope('custodian:"Bob Example"', directory)).toThrow(
        expect.objectContaining({ code: 'bad-query', hint: expect.stringContaining('custodian:H1') }),
      );
      expect(() => parseScope('custodian:H2', directory)).toThrow();
      expect(parseScope('custodian:H1', directory)).toMatchObject({ field: 'custodian' });
    });
  });

  test('by an error: what cannot be judged is held', async () => {
    const [one] = LANGUAGES.versions.values();
    if (one === undefined) throw new Error('no language');
    const failing = {
      ...one,
      judge: () => {
        throw new Error('a fault in the judge');
      },
    };
    await seal(workshop, [held]);
    const languages = { current: 1, versions: new Map([[1, failing]]) };
    expect(await heldBy(workshop, holdOn(['from:nobody'], { languages }))).toEqual(['the merger']);
    expect(await heldBy(workshop, holdOn(['from:(']))).toEqual(['the merger']);
  });

  test.each(['hold:x', 'matter:x', 'tag:x', 'flag:x', 'direction:internal', 'from:bob (NOT hold:x)'])(
    'by a scope %s',
    (scope) => {
      expect(() => parseScope(scope, EMPTY_DIRECTORY)).toThrow();
    },
  );
});
