import { type Directory, EMPTY_DIRECTORY } from '../../../src/core/directory/fold.ts';
import { standingOf } from '../../../src/core/directory/standing.ts';
import { directoryOf } from './directories.ts';

const directory: Directory = directoryOf(
  [
    { id: 'E1', addresses: [{ network: 'aim', address: 'joedesk', from: null, to: '2010-12-31' }] },
    { id: 'E2', addresses: [{ network: 'aim', address: 'joedesk', from: '2011-01-01', to: null }] },
    { id: 'E3', addresses: [{ network: null, address: 'desk@firm.example', shared: true }] },
    { id: 'E4', addresses: [{ network: null, address: 'desk@firm.example', shared: true }] },
  ],
  ['firm.example'],
);
const at = (address: string, instant = '2012-01-01T00:00:00.000Z', network = 'aim') => {
  const standing = standingOf(directory, network, address, instant);
  return standing?.is === 'firm' ? standing.owners.map(({ id }) => id) : standing?.is;
};

test('whose an address is goes by the day of the record', () => {
  expect(at('joedesk', '2010-12-31T23:59:59.999Z')).toEqual(['E1']);
  expect(at('joedesk', '2011-01-01T00:00:00.000Z')).toEqual(['E2']);
});

test('an address that is shared is that of all who share it', () => {
  expect(at('desk@firm.example', undefined, 'xmpp')).toEqual(['E3', 'E4']);
});

test('an address of the firm that is nobody’s is unknown, every other one external, as direction: reads it', () => {
  expect(at('new@mail.firm.example')).toBe('unknown');
  expect(at('client@other.example')).toBe('external');
  expect(at('clientjoe')).toBe('external');
});

test('an empty directory can say nothing', () => {
  expect(standingOf(EMPTY_DIRECTORY, 'aim', 'x@other.example', '2012-01-01T00:00:00.000Z')).toBeUndefined();
});
