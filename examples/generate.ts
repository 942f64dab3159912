/**
 * Writes `examples/transcripts` from the story: `node examples/generate.ts`. Every run gives the same bytes; a test holds
 * the committed files to that.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readScenes, type Scene } from './story/read.ts';
import { routine } from './story/routine.ts';
import { bridgeFiles } from './write/bridge.ts';
import type { TranscriptFile } from './write/file.ts';
import { facetimeExports, mattermostExports } from './write/filedump.ts';
import { pidginLogs } from './write/pidgin.ts';
import { slackExport } from './write/slack.ts';
import { zipped } from './write/zip.ts';

export const TRANSCRIPTS = join(dirname(fileURLToPath(import.meta.url)), 'transcripts');

/** A copy of the export that stopped in the middle of being written. */
const DAMAGED = 'slack-export-equities/random/2016-04-13.json';

/** Every transcript of the story, as files below `examples/transcripts`. */
export async function transcripts(): Promise<TranscriptFile[]> {
  const story = readScenes(new URL('story/story.txt', import.meta.url));
  const scenes = [...story, ...routine(story), ...secondCopies(story)];
  const on = (network: string): Scene[] => scenes.filter((scene) => scene.network.split('/')[0] === network);
  const pidgin = pidginLogs(on('pidgin'));
  const files = [
    ...slackExport(on('slack')),
    ...mattermostExports(on('mattermost')),
    ...facetimeExports(on('facetime')),
    ...bridgeFiles(on('bridge')),
    ...pidgin.filter(({ path }) => !path.startsWith('pidgin-oksana/')),
    await zipped(
      'laptop-of-oksana.zip',
      pidgin.filter(({ path }) => path.startsWith('pidgin-oksana/')),
    ),
  ];
  return files.map((file) => (file.path === DAMAGED ? cut(file) : file));
}

/** Yael keeps a log of the room, too: the same messages once more, from where she came in. */
function secondCopies(story: readonly Scene[]): Scene[] {
  return story
    .filter(({ place }) => place === 'nikos>#osprey-credit')
    .map((scene) => ({ ...scene, place: scene.place.replace('nikos', 'yael'), lines: after(scene, 'yael') }));
}

function after(scene: Scene, who: string) {
  const from = scene.lines.findIndex((line) => line.who === who && line.type === 'joins');
  return scene.lines.slice(from);
}

function cut(file: TranscriptFile): TranscriptFile {
  return { ...file, content: file.content.slice(0, Math.floor(file.content.length * 0.6)) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await transcripts();
  rmSync(TRANSCRIPTS, { recursive: true, force: true });
  for (const { path, content } of files) {
    mkdirSync(dirname(join(TRANSCRIPTS, path)), { recursive: true });
    writeFileSync(join(TRANSCRIPTS, path), content);
  }
  console.log(`${files.length} files below ${TRANSCRIPTS}`);
}
