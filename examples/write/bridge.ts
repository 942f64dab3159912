import { digest } from '../story/chance.ts';
import { epoch } from '../story/clock.ts';
import { who } from '../story/people.ts';
import type { Line, Scene } from '../story/read.ts';
import type { TranscriptFile } from './file.ts';

/** Networks of the firm's offices that a capture bridge follows, and their zones. */
const OFFICES: { readonly [place: string]: { readonly network: string; readonly zone: string } } = {
  seoul: { network: 'kakaotalk', zone: 'Asia/Seoul' },
  bangkok: { network: 'line', zone: 'Asia/Bangkok' },
  dubai: { network: 'sms', zone: 'Asia/Dubai' },
  'tel-aviv': { network: 'telegram', zone: 'Asia/Jerusalem' },
};

/** What a capture bridge writes: Holdfast's own NDJSON (`docs/formats.md`), one event a line. */
export function bridgeFiles(scenes: readonly Scene[]): TranscriptFile[] {
  return scenes.map((scene) => ({
    path: `bridge-offices/${scene.place}-${scene.date}.ndjson`,
    content: scene.lines.map((line) => `${JSON.stringify(event(line, scene))}\n`).join(''),
  }));
}

function event(line: Line, scene: Scene) {
  const office = OFFICES[scene.place];
  if (office === undefined) throw new Error(`The bridge has no office in ${scene.place}.`);
  const people = [...new Set(scene.lines.map(({ who: key }) => key))];
  const party = (key: string) => ({ address: who(key).mail, name: who(key).name });
  return {
    id: messageId(scene, line.time),
    network: office.network,
    conversation: { kind: 'direct', members: people.map(party) },
    from: party(line.who),
    to: people.filter((key) => key !== line.who).map(party),
    at: `${scene.date}T${line.time}`,
    zone: office.zone,
    ...said(line, scene),
  };
}

const messageId = (scene: Scene, time: string): string =>
  `${epoch(scene.place, scene.date, time)}-${digest(`${scene.place} ${time}`).slice(0, 6)}`;

function said(line: Line, scene: Scene) {
  const idOf = (label: string): string => {
    const found = scene.lines.find((one) => 'label' in one && one.label === label);
    if (found === undefined) throw new Error(`No message of this scene is called ${label}.`);
    return messageId(scene, found.time);
  };
  switch (line.type) {
    case 'says':
      return { text: line.text, ...(line.inReplyTo !== undefined && { replyTo: idOf(line.inReplyTo) }) };
    case 'reacts':
      return { kind: 'reaction', target: idOf(line.target), emoji: line.emoji, change: 'added' };
    case 'unreacts':
      return { kind: 'reaction', target: idOf(line.target), emoji: line.emoji, change: 'removed' };
    default:
      throw new Error(`Nobody can do this over the bridge: ${line.type}`);
  }
}
