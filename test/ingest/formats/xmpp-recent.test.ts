import { Recent } from '../../../src/ingest/formats/xmpp/recent.ts';

test('the newest half is always known, and never more than the limit is kept', () => {
  const recent = new Recent(10);
  for (let i = 0; i < 1000; i++) {
    recent.set(String(i), `value ${i}`);
    for (let back = 0; back < 5 && back <= i; back++)
      expect(recent.get(String(i - back))).toBe(`value ${i - back}`);
    expect(recent.get(String(i - 10))).toBeUndefined();
  }
});
