import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readPath, temporaryVault } from './fixtures.ts';

/** Logs whose lines have times and whose day nothing says, as they look once somebody has renamed the files. */
const LOGS = [
  [
    'aim',
    'renamed.htm',
    [
      '<B><FONT COLOR="#0000ff" LANG="0">Alice<!-- (11:58:15 PM)--></B></FONT>: still up?<BR>',
      '<B><FONT COLOR="#ff0000" LANG="0">Bob<!-- (12:01:02 AM)--></B></FONT>: yes<BR>',
    ],
  ],
  [
    'adium',
    'Logs/AIM.alice/bob/bob.AdiumHTMLLog',
    [
      '<div class="receive"><span class="timestamp">11:58:15 PM</span> <span class="sender">bob: </span><pre class="message">still up?</pre></div>',
      '<div class="send"><span class="timestamp">12:01:02 AM</span> <span class="sender">alice: </span><pre class="message">yes</pre></div>',
    ],
  ],
  [
    'irc',
    '#desk.log',
    ['23:58 <alice> still up?', '00:01 <bob> yes', '00:02 <alice> good', '00:03 <bob> night'],
  ],
] as const;

test.each(LOGS)(
  '%s: a log that names no day is read with the day that a person states',
  async (_, name, lines) => {
    const { vault, folder, dispose } = await temporaryVault();
    try {
      const path = join(folder, 'in', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${lines.join('\n')}\n`);
      const read = async (settings: object) =>
        (await readPath(vault, join(folder, 'in'), settings)).flatMap(({ outcomes }) =>
          outcomes.map(({ outcome }) => outcome),
        );
      const undated = await read({ network: 'aim' });
      expect(undated.map((one) => ('code' in one ? one.code : one.type))).toEqual(
        lines.map(() => 'time-missing'),
      );
      const dated = await read({ date: '2005-03-04', network: 'aim' });
      const events = dated.flatMap((one) => (one.type === 'event' ? [one.event] : []));
      expect(events).toHaveLength(lines.length);
      expect(events.map(({ at }) => at.wall?.slice(0, 10))).toEqual([
        '2005-03-04',
        ...lines.slice(1).map(() => '2005-03-05'),
      ]);
      for (const { provenance } of events) expect(provenance.facts?.date).toBe('setting');
    } finally {
      await dispose();
    }
  },
);
