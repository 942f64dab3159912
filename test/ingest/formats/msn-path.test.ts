import { addressHash, addressNamed, logPath } from '../../../src/ingest/formats/msn/log-path.ts';

// Values of the test of a public reader (dissect.target).
test('the checksum in a file name is that of the address in lower case', () => {
  expect(addressHash('Morpheus@matrix.internal')).toBe(2450688751);
  expect(addressHash('neo@matrix.internal')).toBe(4092013818);
});

test('an address is named where its checksum proves it, and the name stays as it is where none fits', () => {
  expect(addressNamed('neo4092013818', ['neo@matrix.internal'])).toBe('neo@matrix.internal');
  expect(addressNamed(`bob7${addressHash('bob7@hotmail.com')}`, [])).toBe('bob7@hotmail.com');
  expect(addressNamed('neo4092013818', [])).toBe('neo4092013818');
});

test('the folder above the history is the account, and the file the other side', () => {
  expect(
    logPath('/a/neo4092013818/History/morpheus2450688751 - Archive (1).xml', 'neo@matrix.internal'),
  ).toEqual({
    account: 'neo@matrix.internal',
    peer: 'morpheus2450688751',
  });
});
