import { firmOf } from '../../../src/core/directory/tenures.ts';
import { holds } from '../../../src/core/search/holds.ts';
import type { Plan } from '../../../src/core/search/plan.ts';
import { FARTHEST, timeRange } from '../../../src/core/search/time-range.ts';
import {
  isNarrow,
  partsOf,
  withoutAddresses,
} from '../../../src/engines/distributed/elasticsearch-windows.ts';
import fc from '../../property.ts';
import { wide } from '../../search/wide-directory.ts';

const DAY = 86_400_000;
const { directory, documents } = wide(1_500, 300, 3);
const firm = firmOf(
  directory,
  [...directory.custodians.values()].flatMap(({ addresses }) => addresses.map(({ address }) => address)),
);

/** What goes out of the firm, or not in. */
function planned(certain: boolean): Plan {
  const address = (role: 'sender' | 'to', side: 'inside' | 'outside', sure: boolean): Plan => ({
    op: 'address',
    role,
    tenures: firm?.[side] ?? [],
    certain: sure,
  });
  return {
    op: 'and',
    parts: [
      { op: 'has', feature: 'sender' },
      { op: 'or', parts: [address('sender', 'inside', certain), address('to', 'outside', certain)] },
      { op: 'not', part: address('to', 'inside', !certain) },
    ],
  };
}

const conditionsOf = (plan: Plan): number => {
  switch (plan.op) {
    case 'address':
      return plan.tenures.length;
    case 'and':
    case 'or':
      return plan.parts.reduce((sum, part) => sum + conditionsOf(part), 0);
    case 'not':
      return conditionsOf(plan.part);
    default:
      return 0;
  }
};

const instants = documents.map(({ at }) => Date.parse(at.instant)).sort((a, b) => a - b);
const ALL = { from: instants[0] ?? 0, to: (instants.at(-1) ?? 0) + 1 };

test.each([false, true])(
  'a plan over thousands of periods is asked in parts that find the same (certain: %s)',
  (certain) => {
    const plan = planned(certain);
    expect([isNarrow(plan), conditionsOf(plan) > 1_500]).toEqual([false, true]);
    const parts = [...partsOf(plan, ALL, 'ascending')];
    let end = ALL.from;
    for (const { plan: part, within } of parts) {
      expect(within.from).toBe(end);
      end = within.to;
      expect(conditionsOf(part) <= 200 || within.to - within.from <= DAY).toBe(true);
      const here = documents.filter(
        ({ at }) => Date.parse(at.instant) >= within.from && Date.parse(at.instant) < within.to,
      );
      expect(here.map((document) => holds(part, document))).toEqual(
        here.map((document) => holds(plan, document)),
      );
    }
    expect(end).toBe(ALL.to);
    expect(parts.length).toBeLessThan(400);
    expect([...partsOf(plan, ALL, 'descending')]).toEqual(parts.toReversed());
  },
);

test('what is left without the addresses finds no less', () => {
  const plan = planned(false);
  expect(withoutAddresses(plan)).toEqual({ op: 'and', parts: [{ op: 'has', feature: 'sender' }] });
  expect(withoutAddresses({ op: 'not', part: plan })).toEqual({ op: 'and', parts: [] });
});

test('no time lies farther from its instant than a window looks beside itself', () => {
  const moment = fc.record({
    instant: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
      .map((at) => at.toISOString()),
    precision: fc.constantFrom('ms' as const, 's' as const, 'min' as const, 'day' as const),
    zoneSource: fc.constantFrom('stated' as const, 'assumed' as const),
    zone: fc.constantFrom('+18:00', '-18:00', 'Pacific/Kiritimati', 'Pacific/Niue', 'Z', 'Nowhere/Else'),
  });
  fc.assert(
    fc.property(moment, (at) => {
      const { earliest, latest } = timeRange(at);
      expect(Date.parse(at.instant) - earliest).toBeLessThan(FARTHEST);
      expect(latest - Date.parse(at.instant)).toBeLessThan(FARTHEST);
    }),
  );
});
