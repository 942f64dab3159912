import { shownAct } from '../../../src/core/control/listed-act.ts';
import type { Act } from '../../../src/core/record.ts';

const act = (action: string, details: Act['details']): Act => ({
  id: '0'.repeat(32),
  action,
  actor: 'account:lena',
  at: '2026-01-02T03:04:05.000Z',
  details,
});
const officer = { texts: true, holds: true };

test('without the permission to read texts none shows, not inside a list either', () => {
  const details = {
    account: 'bob',
    roles: ['legal'],
    records: 3,
    query: 'insider',
    matter: 'Project Falcon',
    terms: ['insider', { of: 'insider' }],
  };
  const search = act('searched', details);
  expect(shownAct(search, officer)?.details).toEqual(details);
  expect(shownAct(search, { ...officer, texts: false })?.details).toEqual({
    account: 'bob',
    roles: ['legal'],
    records: 3,
  });
});

test.each([
  act('hold.place', {}),
  act('holds-listed', {}),
  act('exported', { hold: 'h' }),
  act('job-ended', { kind: 'hold-coverage' }),
])('$action $details shows to those who may read holds alone', (one) => {
  expect(shownAct(one, officer)).toBeDefined();
  expect(shownAct(one, { ...officer, holds: false })).toBeUndefined();
});
