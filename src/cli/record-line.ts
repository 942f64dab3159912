import type { SearchLine } from '../search/line.ts';
import { printable } from './io.ts';

/** A record as a person reads it: a heading, and what was said. */
export function recordLine(line: SearchLine, mark = ''): string[] {
  const sender =
    line.sender === null
      ? '(no sender)'
      : line.sender.name === undefined
        ? line.sender.address
        : `${line.sender.name} <${line.sender.address}>`;
  const to = line.recipients.map(({ address }) => address).join(', ');
  const where = line.conversation.name ?? line.conversation.id;
  const marks = [
    ...(line.uncertain ? ['~'] : []),
    ...(line.zoneSource === 'assumed' ? ['zone assumed'] : []),
    ...(line.state === 'edited' || line.state === 'deleted' ? [line.state] : []),
    ...(line.kind === 'message' ? [] : [line.kind]),
    ...((line.holds?.length ?? 0) > 0 ? [`held: ${line.holds?.join(', ')}`] : []),
  ];
  const said =
    line.text ??
    line.said ??
    line.attachments
      .map(({ name, reference }) => `file: ${name ?? reference ?? 'without a name'}`)
      .join(', ');
  return [
    printable(
      `${mark}${`${line.log}/${line.leaf}`.padEnd(10)} ${line.at}  ${line.network}  ${where}${marks.length > 0 ? `  [${marks.join(', ')}]` : ''}`,
    ),
    printable(`${mark}           ${sender}${to === '' ? '' : ` → ${to}`}: ${said}`),
  ];
}
