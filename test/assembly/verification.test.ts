import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newestActs } from '../../src/archive/read/newest-acts.ts';
import { deployment } from '../../src/assembly/deployment.ts';
import { embeddedFolders } from '../../src/assembly/embedded.ts';
import { systemClock, systemRandom } from '../../src/assembly/system.ts';
import { VERIFIED, verifyOnce } from '../../src/assembly/verification.ts';
import { awaitStreamSealed } from '../../src/cli/wait.ts';
import { embeddedSchema } from '../../src/config/settings.ts';
import { holdfast } from '../cli/command-line.ts';
import { writeMessages } from '../cli/messages.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-standing-'));
const data = join(folder, 'archive');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One standing verification, and the last act that a list then shows, with what was said. */
async function verified(): Promise<{ details: unknown; said: string }> {
  const said: string[] = [];
  const io = {
    out: () => {},
    err: (line: string) => void said.push(line),
    transient: () => {},
    drained: async () => {},
  };
  const caller = { io, cwd: folder, actor: 'os:test@localhost', signal: new AbortController().signal };
  const world = { environment: {}, clock: systemClock, random: systemRandom };
  const settings = embeddedSchema.parse({ mode: 'embedded', data });
  return await deployment(world).withArchive(settings, undefined, caller, async (archive) => {
    await verifyOnce(archive, caller);
    await awaitStreamSealed(archive);
    const { acts } = await newestActs(archive.reader, ['audit'], ({ action }) => action === VERIFIED, 1);
    return { details: acts[0]?.act.details, said: said.join('\n') };
  });
}

test('a service verifies the whole archive by itself, and what that came to is sealed', async () => {
  const messages = writeMessages(folder, 'messages', 'walnut', 5);
  expect((await holdfast(['init', '--data', data])).code).toBe(0);
  expect((await holdfast(['ingest', messages, '--data', data])).code).toBe(0);
  const good = await verified();
  expect(good.details).toMatchObject({ ok: true, faults: 0, codes: [], checked: { events: 5 } });
  expect(good.said).not.toContain('ERROR');

  const { vault } = embeddedFolders(data);
  const [capture] = readdirSync(join(vault, 'captures'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  if (capture === undefined) throw new Error('there is no capture');
  chmodSync(capture, 0o600);
  writeFileSync(capture, readFileSync(capture).fill(0x20, 0, 1));
  const bad = await verified();
  expect(bad.details).toMatchObject({ ok: false, codes: ['capture-damaged'] });
  expect(bad.said).toMatch(/^ERROR: .*capture-damaged/mu);
});
